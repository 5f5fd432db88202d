a = 1
b = 3
c = a / 0