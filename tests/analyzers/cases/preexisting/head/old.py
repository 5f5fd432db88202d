import os


def f(x=[]):
    try:
        undefined(x)
    except Exception:
        pass
    return x


def g():
    return os.name
