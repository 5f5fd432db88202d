"""The encoding that a file declares: where it is not UTF-8, its lines are shown as UTF-8.

Only declarations count, and only where the whole file decodes without loss: a guess could turn one
language into another. What declares nothing stays as it is.
"""

from __future__ import annotations

import codecs
import re

_DECLARED = (
    re.compile(rb"\A(?:[^\n]{0,500}\n)?[^\n]{0,200}?coding[:=][ \t]*([-\w.]{3,30})"),  # PEP 263
    re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding=[\"']([-\w.]{3,30})"),
    re.compile(rb"\A@charset[ \t]+\"([-\w.]{3,30})\""),
    re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([-\w.]{3,30})", re.IGNORECASE),
)
_MODELINE = re.compile(rb"\bvim?:[^\n]{0,200}?\b(?:fenc|fileencoding)=([-\w.]{3,30})")
_HEAD, _TAIL = 1024, 512  # bytes in which a declaration is looked for
# In none of them is a line break part of another character, so each line decodes by itself. To the
# right, what the makers of such files write under that name.
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("big5", "big5hkscs", "cp950", "euc_jp", "koi8-r", "koi8-u")},
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **{name: name for name in (f"cp{number}" for number in range(1250, 1259))},
    **{name: name for name in (f"iso8859-{number}" for number in range(2, 17))},
    **{name: name for name in ("cp437", "cp850", "cp852", "cp866", "mac-cyrillic", "tis-620")},
}


def declared(data: bytes) -> str | None:
    """Python's name of the encoding that `data` declares, if it is not UTF-8, and if all of it
    can be read and written back with it."""
    if data.isascii():
        return None
    head = data[:_HEAD]
    found = next((match for each in _DECLARED if (match := each.search(head))), None)
    match = found or _MODELINE.search(data[-_TAIL:])
    codec = _codec(match[1].decode("ascii", "replace")) if match else None
    if codec is None or _reads(data, "utf-8") or not _reads(data, codec):
        return None
    return codec


def as_utf8(data: bytes, codec: str | None) -> bytes:
    """`data` in UTF-8; as it is where that is not possible."""
    if codec is None or data.isascii():
        return data
    try:
        return data.decode(codec).encode("utf-8")
    except UnicodeDecodeError:
        return data


def _codec(name: str) -> str | None:
    try:
        return _CODECS.get(codecs.lookup(name).name)
    except LookupError:
        return None


def _reads(data: bytes, codec: str) -> bool:
    try:
        return data.decode(codec).encode(codec) == data
    except UnicodeError:
        return False
