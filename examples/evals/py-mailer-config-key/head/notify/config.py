import configparser

OLD_NAMES = {"sender": "from_address", "subject": "subject_prefix"}


def load(text):
    """Settings of the mailer from an ini text."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    section = dict(parser["mail"]) if parser.has_section("mail") else {}
    for old, new in OLD_NAMES.items():  # files written before the names changed are still read
        if old in section:
            section.setdefault(new, section.pop(old))
    return {
        "host": section.get("host", "localhost"),
        "port": int(section.get("port", "25")),
        "from_address": section.get("from_address", "no-reply@localhost"),
        "subject_prefix": section.get("subject_prefix", ""),
    }
