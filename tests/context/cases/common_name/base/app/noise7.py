def fetch_7(settings):
    """Unrelated to stores."""
    return settings.get("key7")
