from text.clean import squash_lines


def report(text):
    return "\n".join(squash_lines(text))
