from shop import User

print(User('a', 'b').label())
