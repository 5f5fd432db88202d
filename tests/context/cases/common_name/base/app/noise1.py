def fetch_1(settings):
    """Unrelated to stores."""
    return settings.get("key1")
