class Item:
    def __init__(self, name):
        self._name = name

    @property
    def name(self):
        return self._name

    def __eq__(self, other):
        return self._name == other._name


def fresh(items):
    for item in list(items):
        if item.name == "":
            items.remove(item)
    return items
