"""Turns a cart into orders: stock first, then the database, then the mail."""

from shop import notify, orders, pricing, settings


async def place_order(cart, inventory, connection, transport, day, currency=settings.CURRENCY, coupons=()):
    """The amount to pay, in cents of `currency`. Raises OutOfStock and leaves everything as it was."""
    lines = cart.lines()
    if not lines:
        raise ValueError("the cart is empty")
    inventory.reserve(lines)
    try:
        orders.save(
            connection,
            [
                orders.Order(day, cart.customer, line.product.sku, line.quantity, pricing.line_price(line))
                for line in lines
            ],
        )
    except Exception:
        inventory.release(lines)
        raise
    amount = pricing.total(lines, settings.TAX_RATE, currency, coupons)
    notify.send_receipt(transport, cart.customer, amount)
    return amount
