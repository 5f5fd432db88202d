from contextlib import contextmanager


class _Unset:
    def __repr__(self):
        return "UNSET"


UNSET = _Unset()  # compared with `is`: None is a value that a setting can have


class Settings:
    """Settings by name. Layers are asked from the last to the first."""

    def __init__(self, *layers):
        self.layers = [dict(layer) for layer in layers]

    def get(self, name, default=None):
        value = self._find(name)
        return default if value is UNSET else value

    def require(self, name):
        value = self._find(name)
        if value is UNSET:
            raise KeyError(f"setting {name!r} is not given in any layer")
        return value

    def push(self, layer):
        self.layers.append(dict(layer))

    def pop(self):
        if len(self.layers) == 1:
            raise IndexError("the first layer stays")
        return self.layers.pop()

    @contextmanager
    def override(self, **values):
        """Settings for the length of a `with` block. Values of UNSET are left as they were."""
        self.push({name: value for name, value in values.items() if value is not UNSET})
        try:
            yield self
        finally:
            self.pop()

    def _find(self, name):
        return next((layer[name] for layer in reversed(self.layers) if name in layer), UNSET)
