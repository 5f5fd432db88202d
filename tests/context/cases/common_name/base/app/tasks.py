from app.store import Store


def run_task(name):
    store = Store({"a": "b"})
    return store.get(name).upper()
