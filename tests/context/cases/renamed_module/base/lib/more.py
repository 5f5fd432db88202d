from . import helpers


def anchor(title):
    return "#" + helpers.slug(title)
