def fetch_0(settings):
    """Unrelated to stores."""
    return settings.get("key0")
