from vault.backends.base import Backend


class MemoryBackend(Backend):
    def __init__(self):
        self._items = {}

    def put(self, name, data):
        self._items[name] = bytes(data)

    def get(self, name):
        return self._items[name]
