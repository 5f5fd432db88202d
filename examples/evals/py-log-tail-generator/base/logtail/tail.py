from pathlib import Path


def tail(path, count):
    """The last `count` lines of a file, without line ends."""
    if count <= 0:
        return []
    lines = Path(path).read_bytes().split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line.decode("utf-8", "replace") for line in lines[-count:]]


def errors(path, count=200):
    return [line for line in tail(path, count) if " ERROR " in line]
