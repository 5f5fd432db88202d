def f(
    a,
    b=[],
    *c,
):
    try:
        return g(a, b)
    except Exception:
        pass


x = {
    "a": 1,
    "b": 2,
}


def g(*p):
    return p
