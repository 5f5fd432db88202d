def slug(text):
    """Lower case, blanks to dashes."""
    return text.lower().replace(" ", "-")
