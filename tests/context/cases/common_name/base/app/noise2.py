def fetch_2(settings):
    """Unrelated to stores."""
    return settings.get("key2")
