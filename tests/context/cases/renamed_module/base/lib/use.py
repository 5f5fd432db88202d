from lib.helpers import slug


def page(title):
    return f"/{slug(title)}"
