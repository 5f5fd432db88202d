import os
from email.utils import formatdate

from attach.paths import NotFound, locate, media_type

INLINE = ("image/png", "image/jpeg", "text/plain")


def serve(root, name):
    """Status, headers and body of the answer."""
    try:
        path = locate(root, name)
    except NotFound:
        return 404, {}, b""
    kind = media_type(path)
    headers = {
        "Content-Type": kind,
        "Content-Disposition": "inline" if kind.startswith(INLINE) else "attachment",
        "Last-Modified": formatdate(os.path.getmtime(path), usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }
    with open(path, "rb") as file:
        return 200, headers, file.read()
