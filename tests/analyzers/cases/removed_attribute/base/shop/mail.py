from shop.user import User


def greet(user: User):
    return f"Dear {user.name}, we wrote to {user.email}."


def test_user():
    return User(name="a", email="b")
