def authenticate(headers, tokens):
    """The user of a request, None when it has no valid token."""
    value = headers.get("Authorization", "")
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return tokens.user_of(token.strip())
