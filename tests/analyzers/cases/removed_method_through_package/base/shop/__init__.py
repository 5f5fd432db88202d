from shop.user import User
