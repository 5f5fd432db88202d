import os


def f(values=[]):
    try:
        undefined(values)
    except Exception:
        pass
    return values
