def fetch_3(settings):
    """Unrelated to stores."""
    return settings.get("key3")
