def f(a)
    return undefined
