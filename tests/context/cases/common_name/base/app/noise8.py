def fetch_8(settings):
    """Unrelated to stores."""
    return settings.get("key8")
