"""What differs between installations."""

import os

DATABASE = os.environ.get("SHOP_DATABASE", "shop.sqlite3")
TAX_RATE = 0.2
RECEIPT_SENDER = "shop@example.com"
PAGE_SIZE = 20
