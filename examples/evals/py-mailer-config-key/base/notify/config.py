import configparser


def load(text):
    """Settings of the mailer from an ini text."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    section = parser["mail"] if parser.has_section("mail") else {}
    return {
        "host": section.get("host", "localhost"),
        "port": int(section.get("port", "25")),
        "sender": section.get("sender", "no-reply@localhost"),
        "subject": section.get("subject", ""),
    }
