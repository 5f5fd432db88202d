import os
from pathlib import Path

BLOCK = 64 * 1024


def tail(path, count):
    """The last `count` lines of a file, without line ends."""
    if count <= 0:
        return []
    with Path(path).open("rb") as file:
        data = _last_blocks(file, count)
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line.decode("utf-8", "replace") for line in lines[-count:]]


def _last_blocks(file, count):
    """Enough whole blocks from the end to hold `count` lines. The first line of the result may be cut, which is why
    one line end more than `count` is looked for, and another for the one that ends the file."""
    position = file.seek(0, os.SEEK_END)
    blocks, ends = [], 0
    while position > 0 and ends < count + 2:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        block = file.read(size)
        blocks.append(block)
        ends += block.count(b"\n")
    return b"".join(reversed(blocks))


def errors(path, count=200):
    return [line for line in tail(path, count) if " ERROR " in line]
