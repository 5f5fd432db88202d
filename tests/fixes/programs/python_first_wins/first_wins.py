def index(pairs):
    found = {}
    for key, value in pairs:
        found[key] = value
    return found
