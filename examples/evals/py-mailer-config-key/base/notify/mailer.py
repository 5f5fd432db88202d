from email.message import EmailMessage


def message(config, to, subject, text):
    mail = EmailMessage()
    mail["From"] = config["sender"]
    mail["To"] = to
    mail["Subject"] = f"{config['subject']} {subject}".strip()
    mail.set_content(text)
    return mail
