from app.store import Store


class View:
    def __init__(self, store: Store):
        self.store = store

    def show(self, key):
        value = self.store.get(key)
        return value.title()
