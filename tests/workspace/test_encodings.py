from __future__ import annotations

import pytest
from support.repo import Repo, added_lines, review

from reviewer.fixes.build import Edit, Refused, build
from reviewer.types import Line
from reviewer.workspace.encodings import as_utf8, declared


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        ("# -*- coding: gbk -*-\nx = '你好'\n", "gbk", "gb18030"),
        ("#!/usr/bin/python\n# vim: set fileencoding=gb2312 :\nx = '你好'\n", "gbk", "gb18030"),
        ("# coding=shift_jis\nx = 'こんにちは'\n", "cp932", "cp932"),
        ("<?xml version='1.0' encoding='Big5'?>\n<a>你好</a>\n", "big5", "big5"),
        ('<html><head><META charset="EUC-KR">\n안녕', "euc_kr", "cp949"),
        (
            "<meta charset=windows-1251>привет",
            "cp1251",
            "cp1251",
        ),
        ('@charset "KOI8-R";\na::before { content: "привет" }', "koi8-r", "koi8-r"),
        ("x = 'cześć'\n\n// vim: fenc=latin2 ts=4\n", "iso8859-2", "iso8859-2"),
    ],
)
def test_what_files_declare(text: str, codec: str, expected: str) -> None:
    data = text.encode(codec)
    assert declared(data) == expected
    lines = data.split(b"\n")
    assert b"\n".join(as_utf8(line, expected) for line in lines) == text.encode()


@pytest.mark.parametrize(
    "data",
    [
        "# coding: gbk\nx = '你好'\n".encode(),  # it says so, and is UTF-8
        b"# coding: gbk\nx = 1\n",
        "x = '你好'\n".encode("gbk"),  # says nothing
        "\n\n# coding: gbk\nx = '你好'\n".encode("gbk"),  # too late to count
        b"# coding: gbk\nx = '\xff\xff'\n",  # not what it says
        b"# coding: utf-7\nx = '\xff'\n",
        b"# coding: rot13\nx = '\xff'\n",
        b"# coding: no-such-thing\nx = '\xff'\n",
        "# coding: latin-1\nx = 'é'\n".encode("latin-1"),  # which is how all others are read
    ],
)
def test_what_stays_as_it_is(data: bytes) -> None:
    assert declared(data) is None


def test_a_line_that_does_not_fit_stays_as_it_is() -> None:
    assert as_utf8(b"\xff", "gb18030") == b"\xff"
    assert as_utf8(b"\xc4\xe3", None) == b"\xc4\xe3"


@pytest.mark.fault(
    "lines",
    "a file that declares GBK, Shift-JIS, Big5, EUC-KR, a Windows or an ISO encoding",
    "its lines are shown and quoted in their own letters; its bytes are never written in another",
)
def test_a_declared_encoding_is_shown_and_never_written(repo: Repo) -> None:
    head = "# -*- coding: gbk -*-\n"
    repo.commit({"old name.py": (head + "a = '你'\n" * 9).encode("gbk"), "plain.py": "b = 1\n"})
    repo.git("mv", "old name.py", "g.py")
    repo.write("g.py", (head + "a = '你'\n" * 8 + "a = '好'\n").encode("gbk"))
    repo.write("plain.py", "b = 2\n")
    change = review(repo)
    file = change.files[0]
    assert (file.path, file.old_path) == ("g.py", "old name.py")
    assert added_lines(file) == ["a = '好'".encode()]
    assert file.hunks[0].lines[-2] == Line("removed", 10, None, "a = '你'".encode())
    assert change.read("g.py", "new") == (head + "a = '你'\n" * 8 + "a = '好'\n").encode()
    assert change.read("old name.py", "old") == (head + "a = '你'\n" * 9).encode()
    assert change.read("plain.py", "new") == b"b = 2\n"
    assert change.encodings == {"g.py": "gb18030"}
    edit = Edit("g.py", 10, ("a = '好'",), ("a = '她'",))
    assert build([edit], change) == Refused("g.py is in gb18030, and a fix would be in UTF-8.")
