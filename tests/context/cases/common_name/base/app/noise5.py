def fetch_5(settings):
    """Unrelated to stores."""
    return settings.get("key5")
