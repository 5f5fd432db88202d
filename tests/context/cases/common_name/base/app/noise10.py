def fetch_10(settings):
    """Unrelated to stores."""
    return settings.get("key10")
