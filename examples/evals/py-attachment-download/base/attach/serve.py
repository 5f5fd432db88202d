from attach.paths import NotFound, locate, media_type


def serve(root, name):
    """Status, headers and body of the answer."""
    try:
        path = locate(root, name)
    except NotFound:
        return 404, {}, b""
    with open(path, "rb") as file:
        return 200, {"Content-Type": media_type(path)}, file.read()
