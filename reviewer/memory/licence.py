"""Detects a repository's licence from its own text: provenance for training data made from it."""

from __future__ import annotations

import re

from reviewer.types import Read

NAMES = (
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "LICENCE",
    "LICENCE.md",
    "LICENCE.txt",
    "COPYING",
    "COPYING.txt",
)
_HEAD = 4000  # characters that name the licence
_TERM = r"\({0,3}[A-Za-z0-9.+-]{1,60}\){0,3}"
_ID = re.compile(rf"SPDX-License-Identifier:\s*({_TERM}(?: (?:AND|OR|WITH) {_TERM}){{0,5}})")
# The first match wins, so a more specific licence comes before a more general one.
_WORDS = (
    ("gnu affero general public license version 3", "AGPL-3.0"),
    ("gnu lesser general public license version 3", "LGPL-3.0"),
    ("gnu lesser general public license version 2.1", "LGPL-2.1"),
    ("gnu general public license version 3", "GPL-3.0"),
    ("gnu general public license version 2", "GPL-2.0"),
    ("apache license version 2.0", "Apache-2.0"),
    ("mozilla public license version 2.0", "MPL-2.0"),
    ("neither the name of", "BSD-3-Clause"),
    ("redistribution and use in source and binary forms", "BSD-2-Clause"),
    ("permission to use, copy, modify, and/or distribute this software", "ISC"),
    (
        "permission is hereby granted, free of charge, to any person or organization obtaining",
        "BSL-1.0",
    ),
    ("permission is hereby granted, free of charge", "MIT"),
    ("this is free and unencumbered software", "Unlicense"),
)


def licence(read: Read) -> str:
    """The SPDX expression in the licence file, or else the id of its licence (without `-only` or
    `-or-later`, which the text does not specify); "" if unknown."""
    for name in NAMES:
        data = read(name, "new")
        if data is None:
            continue
        head = data[:_HEAD].decode("utf-8", "replace")
        if named := _ID.search(head):
            return named[1]
        plain = re.sub(r"[\s,]+", " ", head.lower())
        return next((known for words, known in _WORDS if re.sub(r",", "", words) in plain), "")
    return ""
