from .core import parse_size
from .models import Item

__all__ = ["Item", "parse_size"]
