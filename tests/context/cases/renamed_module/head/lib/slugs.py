def slug(text):
    """Lower case, blanks to dashes."""
    return text.strip().lower().replace(" ", "-")
