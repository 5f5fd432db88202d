def fetch_9(settings):
    """Unrelated to stores."""
    return settings.get("key9")
