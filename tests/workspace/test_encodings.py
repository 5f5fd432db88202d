from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo, added_lines, review

from reviewer.fixes.build import Built, Edit, Patched, Refused, build
from reviewer.types import Line
from reviewer.workspace.encodings import Found, agreed, as_utf8, declared, found
from reviewer.workspace.patch import from_patch


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
    "its lines are shown and quoted in their own letters, and its patches are in its encoding",
)
def test_a_declared_encoding_is_shown_and_kept(repo: Repo) -> None:
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
    made = build([Edit("g.py", 10, ("a = '好'",), ("a = '她'",))], change)
    assert isinstance(made, Built)
    assert made.files == (
        Patched(
            "g.py",
            (head + "a = '你'\n" * 8 + "a = '好'\n").encode("gbk"),
            (head + "a = '你'\n" * 8 + "a = '她'\n").encode("gbk"),
            "gb18030",
        ),
    )
    assert "+a = '她'\n".encode("gbk") in made.diff
    assert "+a = '她'\n".encode() in made.shown


JAPANESE = """int pay(int total) {
  // 支払額は負の値にできない
  // 設定ファイルが見つかりません
  return total;
}
"""
CHINESE = "// 支付金额不能为负数\nint pay = 1;  // 端口\n"


@pytest.mark.fault(
    "lines",
    "a file in Shift-JIS, GBK, KOI8-R and the like that declares nothing",
    "its letters tell, and both sides are shown alike; what is unclear stays as it is",
)
def test_an_undeclared_encoding_is_told_by_its_letters(repo: Repo) -> None:
    after = JAPANESE.replace("return total;", "return total;  // 返す")
    repo.commit({"pay.c": JAPANESE.encode("cp932"), "latin.c": "// café\n".encode("latin-1")})
    repo.write("pay.c", after.encode("cp932"))
    repo.write("latin.c", "// très\n".encode("latin-1"))
    change = review(repo)
    by_path = {file.path: file for file in change.files}
    assert added_lines(by_path["pay.c"]) == ["  return total;  // 返す".encode()]
    assert added_lines(by_path["latin.c"]) == ["// très".encode("latin-1")]
    assert change.read("pay.c", "old") == JAPANESE.encode()
    assert change.read("pay.c", "new") == after.encode()
    assert change.encodings == {"pay.c": "cp932"}


def test_the_old_content_decides_then_the_new_then_the_files_of_the_kind() -> None:
    chinese = found(CHINESE.encode("gbk"))
    few = found("// 端口\n".encode("gbk"))
    russian = found("// После трёх попыток сдаться\n".encode("cp1251"))
    plain = found(b"// port\n")
    assert few == Found(None, "// 端口\n".encode("gbk"))
    assert agreed({"a.c": (chinese, few)}) == {"a.c": ("gb18030", "gb18030")}
    assert agreed({"a.c": (few, chinese)}) == {"a.c": ("gb18030", "gb18030")}
    assert agreed({"a.c": (plain, chinese)}) == {"a.c": (None, "gb18030")}
    assert agreed({"a.c": (few, few)}) == {}
    wide = Found("utf-16-le")
    assert agreed({"a.c": (wide, few)}) == {"a.c": ("utf-16-le", None)}
    assert agreed({"a.c": (wide, chinese)}) == {"a.c": ("utf-16-le", "gb18030")}
    both = {"a.c": (chinese, chinese), "b.c": (few, few), "c.py": (few, few)}
    assert agreed(both) == {"a.c": ("gb18030",) * 2, "b.c": ("gb18030",) * 2}
    assert agreed(both | {"d.c": (russian, russian)}) == {
        "a.c": ("gb18030",) * 2,
        "d.c": ("cp1251",) * 2,
    }


def test_quotes_and_dashes_of_windows_are_told_from_control_characters() -> None:
    data = found("// Vérifie “l’opération” – déjà réussie\n".encode("cp1252"))
    assert agreed({"a.c": (data, data)}) == {"a.c": ("cp1252", "cp1252")}
    data = found("// Vérifie l'opération - déjà réussie\n".encode("cp1252"))
    assert agreed({"a.c": (data, data)}) == {}


@pytest.mark.fault(
    "lines",
    "a patch of a file in GBK, Shift-JIS or the like (`--diff`)",
    "its own lines tell the encoding, as a file would",
)
def test_the_lines_of_a_patch_tell_their_encoding() -> None:
    patch = (
        "diff --git a/pay.c b/pay.c\n--- a/pay.c\n+++ b/pay.c\n@@ -1,2 +1,2 @@\n"
        " // 支付金额不能为负数\n-int pay = 1;\n+int pay = 2;  // 端口\n"
    )
    change = from_patch(patch.encode("gbk"), "p.diff", Path("/"))
    assert added_lines(change.files[0]) == ["int pay = 2;  // 端口".encode()]


def test_a_fix_with_letters_that_the_encoding_lacks_is_refused(repo: Repo) -> None:
    repo.commit({"pay.c": JAPANESE.encode("cp932")})
    repo.write("pay.c", JAPANESE.replace("return total", "return  total").encode("cp932"))
    edit = Edit("pay.c", 4, ("  return  total;",), ("  return total;  // 세",))
    assert build([edit], review(repo)) == Refused(
        "pay.c is in cp932, which does not have all the letters of the fix."
    )


@pytest.mark.parametrize("text", ["~", "～", "〜", "\\", "¥"])
def test_what_is_written_reads_the_same_again(repo: Repo, text: str) -> None:
    repo.commit({"pay.c": JAPANESE.encode("cp932")})
    repo.write("pay.c", JAPANESE.replace("return total", "return  total").encode("cp932"))
    new = f"  return total;  // {text}"
    made = build([Edit("pay.c", 4, ("  return  total;",), (new,))], review(repo))
    if isinstance(made, Built):
        assert made.files[0].new == JAPANESE.replace("  return total;", new).encode("cp932")
        assert made.files[0].new.decode("cp932") == JAPANESE.replace("  return total;", new)
    else:
        assert made == Refused("pay.c is in cp932, which does not have all the letters of the fix.")
