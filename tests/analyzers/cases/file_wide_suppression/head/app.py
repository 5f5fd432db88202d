# ruff: noqa
# flake8: noqa
# type: ignore
SIZE = missing
OTHER = lost  # noqa: F821
int(1, 2, 3)
