from prefs.settings import Settings


def proxy_of(settings: Settings):
    """The proxy's address. None in the settings means: no proxy, whatever the environment says."""
    value = settings.get("proxy", "")
    if value == "":
        return settings.get("env_proxy")
    return value


def timeout_of(settings: Settings):
    return float(settings.require("timeout"))
