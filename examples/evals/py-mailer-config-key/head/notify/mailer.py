from email.message import EmailMessage


def message(config, to, subject, text):
    mail = EmailMessage()
    mail["From"] = config["from_address"]
    mail["To"] = to
    mail["Subject"] = f"{config['subject_prefix']} {subject}".strip()
    mail.set_content(text)
    return mail
