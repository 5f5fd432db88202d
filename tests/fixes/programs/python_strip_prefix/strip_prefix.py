def unprefixed(name, prefix):
    if name.startswith(prefix):
        name = name.lstrip(prefix)
    return name
