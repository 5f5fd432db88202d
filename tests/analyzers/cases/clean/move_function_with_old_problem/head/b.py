SIZE = 1



def f(x=[]):
    try:
        undefined(x)
    except Exception:
        pass
    return x
