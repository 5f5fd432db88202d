def mean(xs):
    total = 0
    for x in xs:
        total += x
    return total / len(xs)
def mean(xs):
    total = 0
    for x in xs:
        total += x
    return total / len(xs)
def mean(xs):
    total = 0
    for x in xs:
        total += x
    return total / len(xs)
def mean(xs):
    total = 0
    for x in xs[1:]:
        total += x
    return total / len(xs)
