import os

DEBUG = False
PASSWORD = os.environ['PASSWORD']
API_KEY = "your-api-key-here"
TOKEN_URL = "https://auth.internal/v1/token?x=1a2B"
SECRET_NAME = "prod/db-1/Password9"
DATABASE = "postgres://postgres:postgres@localhost/app"
PASSWORD_HASHER = 'Argon2id-v19'
AWS = 'AKIAIOSFODNN7EXAMPLE'
token = str("token")
