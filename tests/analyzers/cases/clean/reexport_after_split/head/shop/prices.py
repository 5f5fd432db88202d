from shop.tax import total

__all__ = ["total"]
