class QuotaExceeded(Exception):
    pass


class Store:
    """Nothing more is saved once the backend holds `quota` bytes; None for no limit. A save may go past it once."""

    def __init__(self, backend, quota=None):
        self._backend = backend
        self._quota = quota

    def save(self, name, data):
        if not name or "/" in name:
            raise ValueError(f"bad name {name!r}")
        if self._quota is not None and self._backend.usage() >= self._quota:
            raise QuotaExceeded(f"no room for {name}: all of {self._quota} bytes are used")
        self._backend.put(name, data)

    def load(self, name):
        return self._backend.get(name)
