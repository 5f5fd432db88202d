"""Mails to customers. The transport is a coroutine that takes (sender, recipient, text)."""

from shop import money, settings


def receipt(customer, amount):
    return f"Dear {customer},\n\nthank you. You paid {money.show(amount)} EUR.\n"


async def send_receipt(transport, customer, amount):
    await transport(settings.RECEIPT_SENDER, customer, receipt(customer, amount))


async def print_mail(sender, recipient, text):
    """A transport for the command line."""
    print(f"From: {sender}\nTo: {recipient}\n\n{text}")
