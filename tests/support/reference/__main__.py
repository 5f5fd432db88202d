"""`make docs-reference`: writes what is made from the code."""

from __future__ import annotations

from support.reference import expected

for path, text in expected():
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        print(path)
