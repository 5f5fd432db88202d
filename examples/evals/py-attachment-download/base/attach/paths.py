import mimetypes
import os


class NotFound(Exception):
    pass


def locate(root, name):
    """The path of the attachment `name` in the folder `root`."""
    if not name or os.path.basename(name) != name or name.startswith("."):
        raise NotFound(name)
    path = os.path.join(root, name)
    if not os.path.isfile(path):
        raise NotFound(name)
    return path


def media_type(path):
    return mimetypes.guess_type(path)[0] or "application/octet-stream"
