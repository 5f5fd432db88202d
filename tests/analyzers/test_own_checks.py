"""secrets, conflict, unicode, dataformats, weakened_tests: what they see and what they leave
alone."""

import pytest
from support.analyzed import analyzed, hits
from support.worst_cases import LINES, trees

from reviewer.analyzers.dataformats import why_broken
from reviewer.types import Evidence

TOKEN = "ghp_" + "Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0SaQeUi"
OPEN, BASE, MIDDLE, CLOSE = "<" * 7, "|" * 7, "=" * 7, ">" * 7


def test_a_secret_is_reported_without_being_shown():
    result = analyzed("secrets", {"a.py": "x = 1\n"}, {"a.py": f"x = 1\nTOKEN = '{TOKEN}'\n"})
    assert result.evidence == (
        Evidence(
            source="secrets",
            rule="github-token",
            path="a.py",
            start=2,
            end=2,
            message="A credential is committed here: github token (ghp_…, 40 characters).",
            fix=(
                "Remove it, revoke it at its issuer since it may already have been copied, and read"
                " it from the environment."
            ),
        ),
    )
    assert TOKEN[5:] not in repr(result)


def test_a_secret_that_was_already_there_or_only_moved_is_not_new():
    line = f"TOKEN = '{TOKEN}'\n"
    assert hits("secrets", {"a.py": line}, {"a.py": line + "y = 2\n"}) == []
    assert hits("secrets", {"a.py": line}, {"a.py": f"TOKEN: str = '{TOKEN}'\n"}) == []
    assert hits("secrets", {"a.py": line}, {"a.py": "", "b.py": "# moved\n" + line}) == []


def test_a_key_of_several_lines_is_one_finding_at_its_first():
    body = "\n".join(("Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0Sa" * 2)[:64] for _ in range(3))
    key = "-----BEGIN RSA PRIVATE " + f"KEY-----\n{body}\n-----END RSA PRIVATE " + "KEY-----\n"
    result = analyzed("secrets", {}, {"deploy.pem": "# key\n" + key})
    assert [(hit.rule, hit.start, hit.end) for hit in result.evidence] == [("private-key", 2, 6)]
    assert body[:20] not in repr(result)


@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "docs/a.md", "examples/a.py", "a.env.example", "src/a_test.go"]
)
def test_a_guess_is_not_reported_where_examples_live_but_a_known_format_is(path):
    assert hits("secrets", {}, {path: 'password = "Tr0ub4dor&3x"\n'}) == []
    assert hits("secrets", {}, {path: f"{TOKEN}\n"}) == [("github-token", path, 1)]
    assert hits("secrets", {}, {"src/settings.py": 'password = "Tr0ub4dor&3x"\n'}) == [
        ("password", "src/settings.py", 1)
    ]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("a.c", f"{OPEN} HEAD\na\n{MIDDLE}\nb\n{CLOSE} topic\n", [(1, 5)]),
        ("a.c", f"x\n{OPEN} HEAD\na\n{BASE} 1234\nc\n{MIDDLE}\nb\n{CLOSE} topic\n", [(2, 8)]),
        ("a.md", f"{OPEN} HEAD\na\n{MIDDLE}\nb\n{CLOSE} topic\n", [(1, 5)]),
        ("a.c", f"a\r\n{CLOSE} topic\r\n", [(2, 2)]),
        ("a.c", f"{OPEN} HEAD\na\n", [(1, 1)]),
        ("a.md", f"{CLOSE} quoted\nTitle\n{MIDDLE}\n", []),
        ("a.c", f"Title\n{MIDDLE}\n{CLOSE}{CLOSE}\n{OPEN}x\n  {OPEN} indented\n", []),
        ("a.md", f"{OPEN}<< HEAD\na\n{MIDDLE}==\nb\n{CLOSE}>> topic\n", [(1, 5)]),
        ("a.c", f"{OPEN}<<\n{MIDDLE}\n{CLOSE}>>\n", []),
        ("a.c", f"{OPEN}<< a\n{MIDDLE}==\n{CLOSE} b\n", [(3, 3)]),
        ("a.md", f"{BASE} 1234567\n", [(1, 1)]),
        ("a.md", f"{BASE} merged common ancestors\n", [(1, 1)]),
        ("a.md", f"{BASE} a cell | another\n{BASE}\n{BASE} 123\n", []),
    ],
)
def test_conflict_markers(path, body, expected):
    result = analyzed("conflict", {}, {path: body})
    assert [(hit.start, hit.end) for hit in result.evidence] == expected


@pytest.mark.fault(
    "verdict",
    "conflict markers in prose, longer than usual or as Jujutsu writes them",
    "a finding for each block",
)
@pytest.mark.parametrize(
    "middle", ["%%%%%%% diff from: a\n-a\n+b\n+++++++ c", "------- a\na\n+++++++ b"]
)
def test_the_markers_of_jujutsu(middle):
    body = f"{OPEN} conflict 1 of 1\n{middle}\nx\n{CLOSE} conflict 1 of 1 ends\n"
    result = analyzed("conflict", {}, {"a.md": body})
    assert [(hit.start, hit.end) for hit in result.evidence] == [(1, body.count("\n"))]


def test_an_underlined_heading_that_goes_does_not_hide_a_conflict():
    body = f"{OPEN} HEAD\na\n{MIDDLE}\nb\n{CLOSE} topic\n"
    before = {"a.rst": f"Title\n{MIDDLE}\n", "b.md": "a\n"}
    assert hits("conflict", before, {"a.rst": "Title\n", "b.md": body}) == [
        ("conflict-marker", "b.md", 1)
    ]


def test_a_conflict_marker_that_was_there_is_not_new():
    body = f"{OPEN} HEAD\na\n{MIDDLE}\nb\n{CLOSE} topic\n"
    assert hits("conflict", {"a.c": body}, {"a.c": "x\n" + body}) == []
    assert hits("conflict", {"a.c": body}, {"b.c": body + "y\n"}) == []


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("return; /* \u202e } \u2066 */", ["bidirectional"]),
        ("a\u200bb", ["invisible"]),
        ("x = '\U000e0041\U000e0042'", ["invisible"]),
        ("x = 'a\ufe0fb\U000e0101'", ["invisible"]),
        ("int us\u0435r;", ["confusable"]),
        ("int \u0440assword;", ["confusable"]),
        ("x = 1\u037e", ["confusable"]),
        ("x = '\U0001f469\u200d\U0001f469'", []),
        ("x = '\U0001f3f4\U000e0067\U000e0062\U000e007f'", []),  # a flag is spelt with tags
        ("x = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'", []),  # Persian needs the joiner
        ("x = '\u05d0\u200f'", []),
        ("\u0394x = \u03c3_y + \u03bcs + caf\u00e9 + na\u00efve", []),
        ("// \u043f\u0440\u0438\u0432\u0435\u0442 world", []),
        ("x = '\u0441\u043e\u0440\u043e\u043a'", []),
    ],
)
def test_characters_in_code(line, rules):
    assert [
        rule for rule, _, _ in hits("unicode", {"a.c": "x\n"}, {"a.c": f"x\n{line}\n"})
    ] == rules


def test_prose_may_mix_scripts_but_not_hide_text():
    text = "us\u0435r soft\u00adhyphen \u200eleft\n"
    assert hits("unicode", {}, {"a.md": text}) == []
    assert hits("unicode", {}, {"a.md": "a \u202e b\n"}) == [("bidirectional", "a.md", 1)]


def test_a_byte_order_mark_belongs_to_the_first_line_only():
    assert hits("unicode", {}, {"a.c": "\ufeffint a;\n"}) == []
    assert hits("unicode", {}, {"a.c": "int a;\n\ufeffint b;\n"}) == [("invisible", "a.c", 2)]


def test_other_encodings_are_left_alone():
    assert hits("unicode", {}, {"a.c": b'char *s = "Stra\xdfe\xad";\n'}) == []


def test_characters_that_were_there_are_not_new():
    assert hits("unicode", {"a.c": "a\u200bb\n"}, {"a.c": "if (x) {\n  a\u200bb\n}\n"}) == []


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("a.json", '{"a": 1,\n "b" 2}', [("broken-json", 2)]),
        ("a.json", '{\n// note\n"a": "//x", /* y */\n}\n', []),
        ("a.json", b'{"a": "\xff"}', [("broken-json", 1)]),
        ("a.json", "[1,,2]", [("broken-json", 1)]),
        ("a.json", "", []),
        ("a.json", b'\xef\xbb\xbf{"a": NaN}', []),
        ("a.json", "[" * 100_000, []),
        ("a.json", "1" * 5000, []),
        (".eslintrc.json", "{a: 1}", []),
        ("a.json", '{"a": {"b": 1},\n "a": 2}', [("duplicate-key", 2)]),
        ("a.json", '[{"a": 1}, {"a": 2}]', []),
        ("tests/fixtures/x.json", "{", []),
        ("invalid-config.json", "{", []),
        ("tsconfig.json", '{\n  // a\n  "a": [1, 2,], /* b, */\n  "c": 1 , // d\n}\n', []),
        ("tsconfig.json", '{"a": 1, /* never ends }', [("broken-json", 1)]),
        ("a.json", '{"a": 1} /*/', [("broken-json", 1)]),
        ("a.json", "[1,,]", [("broken-json", 1)]),
        ("a.code-workspace", '{"folders": [{"path": "."},], // x\n}', []),
        (".devcontainer/devcontainer.json", '// x\n{"image": "a" /* b */}\n', []),
        ("a.json", "/* long */" * 30_000 + '{"a": 1,}', []),
        ("package.json", '{"//": "one", "//": "two"}', []),
        ("a.jsonl", '{"a": 1}\n\n{"a": 2}\n', []),
        ("a.ndjson", '{"a": 1}\n{"a": \n', [("broken-json", 2)]),
        ("a.toml", 'a = 1\nb = "x', [("broken-toml", 2)]),
        ("a.toml", 'a = 1\nb = """x\n\n\n', [("broken-toml", 2)]),
        ("a.toml", b"\xef\xbb\xbfa = 1\n", []),
        ("a.toml", "a = 1\n\x0cb = 2\n", [("broken-toml", 2)]),
        ("a.toml", "a = 1\rb = 2\n\nc = \n", [("broken-toml", 1)]),
        ("a.toml", "a = 1\n[t]\nb = 2\n[t]\n", [("broken-toml", 4)]),
        ("a.toml", b"a = '\xff'", [("broken-toml", 1)]),
        ("a.toml", "a = 1\n", []),
    ],
)
def test_data_formats(path, body, expected):
    assert [(rule, line) for rule, _, line in hits("dataformats", {}, {path: body})] == expected


def test_data_that_was_broken_stays_unmentioned():
    assert (
        hits("dataformats", {"a.json": "{", "b.toml": "="}, {"a.json": "{{", "b.toml": "=="}) == []
    )
    assert hits("dataformats", {"a.json": '{"a":1,"a":2}'}, {"a.json": '{"a":1,"a":3}'}) == []
    assert hits(
        "dataformats", {"a.json": '{"a":1,"a":2}'}, {"a.json": '{"a":1,"a":3,"b":1,"b":1}'}
    ) == [("duplicate-key", "a.json", 1)]


def test_comments_that_never_end_take_no_longer():
    assert hits("dataformats", {}, {"a.json": "/*" * 90_000}) == [("broken-json", "a.json", 1)]


@pytest.mark.parametrize(("name", "path", "line"), LINES.values(), ids=LINES)
def test_hostile_lines_are_read_to_the_end(name, path, line):
    """Quadratic patterns would run into the analyzer's time limit here, and a stack overflow into a
    problem."""
    for base, head in trees(path, line):
        result = analyzed(name, base, head)
        assert (result.analyzer, result.problem) == (name, None)


def test_variation_selectors_in_a_row_hide_text():
    assert hits("unicode", {}, {"a.js": "x = '\u2764\ufe0f'\n"}) == []
    assert hits("unicode", {}, {"a.js": "x = 'a\ufe01\ufe02\ufe03'\n"}) == [
        ("invisible", "a.js", 1)
    ]


@pytest.mark.fault(
    "syntax",
    "TOML 1.1: line breaks in inline tables, `\\e` and `\\x`, times without seconds",
    "it is valid, in reports and in proofs of patches",
)
@pytest.mark.parametrize(
    "body",
    [
        '[dependencies]\nw = {\n  version = "0.61",  # why\n  features = ["x"],\n}\n',
        'a = "\\e[0m \\x41"\n',
        "t = 07:32\nd = 1979-05-27 07:32Z\n",
    ],
)
def test_toml_1_1_is_valid(body):
    assert hits("dataformats", {}, {"Cargo.toml": body}) == []
    assert why_broken(body.encode(), "Cargo.toml") is None


def test_lines_of_json_are_no_broken_json():
    assert hits("dataformats", {}, {"a.json": '{"a": 1}\n{"a": 2}\n'}) == []
    assert hits("dataformats", {}, {"a.json": '{"a": 1}\n}\n'}) == [("broken-json", "a.json", 2)]
