def fetch_6(settings):
    """Unrelated to stores."""
    return settings.get("key6")
