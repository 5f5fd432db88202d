class Settings:
    """Settings by name. Layers are asked from the last to the first."""

    def __init__(self, *layers):
        self.layers = [dict(layer) for layer in layers]

    def get(self, name, default=None):
        for layer in reversed(self.layers):
            if name in layer:
                return layer[name]
        return default

    def require(self, name):
        for layer in reversed(self.layers):
            if name in layer:
                return layer[name]
        raise KeyError(f"setting {name!r} is not given in any layer")

    def push(self, layer):
        self.layers.append(dict(layer))

    def pop(self):
        if len(self.layers) == 1:
            raise IndexError("the first layer stays")
        return self.layers.pop()
