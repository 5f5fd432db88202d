def collect(item, into=[]):
    into.append(item)
    return into


def first(items):
    return items[0]
