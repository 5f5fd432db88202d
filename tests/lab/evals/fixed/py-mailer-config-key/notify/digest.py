from collections import defaultdict
from email.message import EmailMessage


def digests(config, events):
    """One mail per person for all of the day's events, which are (to, text) pairs."""
    by_person = defaultdict(list)
    for to, text in events:
        by_person[to].append(text)
    mails = []
    for to, texts in sorted(by_person.items()):
        mail = EmailMessage()
        mail["From"] = config.get("from_address", "digest@localhost")
        mail["To"] = to
        mail["Subject"] = f"{len(texts)} new events"
        mail.set_content("\n".join(f"- {text}" for text in texts))
        mails.append(mail)
    return mails
