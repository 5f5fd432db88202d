from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo, added_lines, review

from reviewer.fixes.build import Built, Edit, Patched, Refused, build
from reviewer.types import Line, Unreviewed
from reviewer.workspace import Limits
from reviewer.workspace.encodings import Found, agreed, as_text, as_utf8, declared, found, wide
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


WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
KEY = "AKIA" + "Q3EGRZ7MPLX2WK5J"


@pytest.mark.parametrize("codec", WIDE)
def test_text_of_two_or_four_bytes_a_character(codec: str) -> None:
    for text in ("\ufeffx = 1\r\n", "\ufeff你好\n", "\ufeff" + "😀" * 5000):
        assert wide(text.encode(codec)) == codec
        assert as_text(text.encode(codec)) == text.encode()
    assert wide("\ufeff".encode(codec)) == codec
    spoilt = "\ufeff" + "a" * 99 + "\0" + "b" * 99
    assert as_text(spoilt.encode(codec)) == spoilt.encode()


def test_utf_16_without_a_mark_is_known_by_its_zero_bytes() -> None:
    for codec in WIDE[:2]:
        for text in ("[HKEY_CURRENT_USER]\r\n", "grüße, und viel mehr Text: ж\n", "x = 1\n" * 5000):
            assert wide(text.encode(codec)) == codec


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x = 1\n",
        b"a\0" * 7,
        b"\0",
        b"x = 1\n\0",  # a text that was spoilt, which is not hidden by that
        b"a\0" * 20 + b"\1\0\2\0",  # small numbers of two bytes
        b"\xff\xfe" + bytes(range(256)) * 8,
        b"\xff\xfe\0\xd8\0\xd8",
        b"\x7fELF\2\1\1" + bytes(57) + b"\x40" * 64,
        "é€".encode("utf-16-le"),  # neither a mark nor ASCII
        "x = 1\n".encode("utf-32-le"),
    ],
)
def test_what_is_no_text_of_two_bytes_a_character(data: bytes) -> None:
    assert wide(data) is None
    assert as_text(data) == data


@pytest.mark.fault(
    "verdict",
    "text in UTF-16 or UTF-32, with its mark or without, which git calls binary",
    "it is read, compared and reviewed as text; its bytes are never written in another encoding",
)
@pytest.mark.parametrize("codec", WIDE)
def test_utf_16_is_reviewed_as_text(repo: Repo, codec: str) -> None:
    mark = "" if codec == "utf-16-le" else "\ufeff"
    old = mark + "one\r\ntwo\r\nthree\r\n"
    repo.commit({"a.ps1": old.encode(codec), "new name.reg": old.encode()})
    repo.write("a.ps1", old.replace("two", "zwei").encode(codec))
    repo.write("new name.reg", old.replace("two", "zwei").encode(codec))
    repo.write("b.csv", f"{mark}name,price\n".encode(codec))
    change = review(repo)
    assert (change.skipped, change.unreviewed) == ((), ())
    assert [(file.path, added_lines(file)) for file in change.files] == [
        ("a.ps1", [b"zwei\r"]),
        ("b.csv", [f"{mark}name,price".encode()]),
        ("new name.reg", [b"zwei\r"]),
    ]
    assert change.files[0].hunks[0].lines[1] == Line("removed", 2, None, b"two\r")
    assert change.read("a.ps1", "new") == old.replace("two", "zwei").encode()
    assert change.read("a.ps1", "old") == old.encode()
    assert f"{mark}name,price\n".encode() in change.contents()
    assert change.encodings == dict.fromkeys(("a.ps1", "b.csv", "new name.reg"), codec)
    edit = Edit("a.ps1", 2, ("zwei\r",), ("drei\r",))
    assert build([edit], change) == Refused(f"a.ps1 is in {codec}, whose lines no patch can hold.")


def test_utf_16_that_is_skipped_or_too_large(repo: Repo) -> None:
    text = f"\ufeffkey = {KEY}\n".encode("utf-16")
    repo.commit({"x.txt": "x\n", "gone.sql": b"\0\1\2" * 90_000})
    repo.write("x.pb.go", text)
    repo.write("large.sql", text * 9999)
    change = review(repo, limits=Limits(max_file_bytes=100_000))
    assert [file.path for file in change.skipped_lines] == ["x.pb.go"]
    assert KEY.encode() in added_lines(change.skipped_lines[0])[0]
    assert change.unreviewed == (Unreviewed("large.sql", "too_large"),)
    repo.commit()
    change = review(repo, "commit", rev="HEAD", limits=Limits(max_file_bytes=100_000))
    assert change.unreviewed == (Unreviewed("large.sql", "too_large"),)
