import zlib

from vault.backends.base import Backend


class PackedBackend(Backend):
    """Keeps everything compressed."""

    def __init__(self, level=6):
        self._level = level
        self._items = {}

    def put(self, name, data):
        self._items[name] = zlib.compress(data, self._level)

    def get(self, name):
        return zlib.decompress(self._items[name])

    def usage(self):
        return sum(map(len, self._items.values()))
