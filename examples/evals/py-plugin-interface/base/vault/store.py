class Store:
    def __init__(self, backend):
        self._backend = backend

    def save(self, name, data):
        if not name or "/" in name:
            raise ValueError(f"bad name {name!r}")
        self._backend.put(name, data)

    def load(self, name):
        return self._backend.get(name)
