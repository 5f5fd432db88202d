def fetch_11(settings):
    """Unrelated to stores."""
    return settings.get("key11")
