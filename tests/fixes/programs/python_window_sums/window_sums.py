def sums(values, width):
    out = []
    for at in range(len(values) - width):
        out.append(sum(values[at : at + width]))
    return out
