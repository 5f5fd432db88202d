"""What differs between installations."""

import os

DATABASE = os.environ.get("SHOP_DATABASE", "shop.sqlite3")
TAX_RATE = 0.2
CURRENCY = os.environ.get("SHOP_CURRENCY", "EUR")
EXPORT_BUCKET = "shop-exports"
EXPORT_KEY_ID = "@FAKE_KEY@"
PAGE_SIZE = 20
