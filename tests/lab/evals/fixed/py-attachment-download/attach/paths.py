import mimetypes
import os


class NotFound(Exception):
    pass


def locate(root, name):
    """The path of the attachment `name`, which may stand in a folder below `root`, links resolved.

    Whatever leads out of `root`, hidden files and what is no regular file are not found.
    """
    if not name or "\0" in name or os.path.isabs(name):
        raise NotFound(name)
    if any(part.startswith(".") and part not in (".", "..") for part in name.split("/")):
        raise NotFound(name)
    top = os.path.realpath(root)
    path = os.path.realpath(os.path.join(top, name))
    if os.path.commonpath([top, path]) != top:
        raise NotFound(name)
    if not os.path.isfile(path):
        raise NotFound(name)
    return path


def media_type(path):
    return mimetypes.guess_type(path)[0] or "application/octet-stream"
