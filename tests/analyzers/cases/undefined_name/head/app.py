def load(text):
    return json.loads(text)


def save(value):
    return dumps(value)
