import time
from collections import OrderedDict


class Cache:
    """Values for `lifetime` seconds, the `size` that were used last."""

    def __init__(self, size, lifetime, clock=time.monotonic):
        self._size = size
        self._lifetime = lifetime
        self._clock = clock
        self._entries = OrderedDict()

    def get(self, key):
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        if self._clock() >= until:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key, value):
        self._entries[key] = (value, self._clock() + self._lifetime)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)
