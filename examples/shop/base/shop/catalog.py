"""What the shop sells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    price: int  # cents, without tax


PRODUCTS = {
    product.sku: product
    for product in (
        Product("mug", "Mug, 300 ml", 950),
        Product("pen", "Ballpoint pen", 180),
        Product("book", "Notebook, ruled", 640),
        Product("bag", "Cotton bag", 1200),
    )
}


def find(sku):
    """The product with this number. Raises KeyError with a readable message."""
    try:
        return PRODUCTS[sku]
    except KeyError:
        raise KeyError(f"no product {sku!r}; there are {', '.join(sorted(PRODUCTS))}") from None
