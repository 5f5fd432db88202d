class Item:
    def __init__(self, name):
        self._name = name

    @property
    def name(self):
        return self.name

    def __eq__(self, other):
        self._name == other._name


def fresh(items):
    for item in items:
        if item.name == "" or "none":
            items.remove(item)
    return items
