def f(:
    pass


print(undefined)
