def fetch_4(settings):
    """Unrelated to stores."""
    return settings.get("key4")
