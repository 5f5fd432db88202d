import pytest
from support.analyzed import analyzed, hits

# path: (a test, its second assertion, both, what a skip is put before, the skip)
LANGUAGES = {
    "tests/test_a.py": (
        "def test_one():\n    value = run(1)\n    assert value == 1\n    assert value.ok\n",
        "    assert value.ok\n",
        "    assert value == 1\n    assert value.ok\n",
        "def test_one",
        "@pytest.mark.skip\n",
    ),
    "src/a.test.ts": (
        (
            "test('one', () => {\n  const value = run(1);\n  expect(value.a).toBe(1);\n "
            " expect(value.b).toBe(2);\n});\n"
        ),
        "  expect(value.b).toBe(2);\n",
        "  expect(value.a).toBe(1);\n  expect(value.b).toBe(2);\n",
        "('one'",
        ".skip",
    ),
    "a_test.go": (
        (
            "package a\n\nfunc TestOne(t *testing.T) {\n\tvalue := run(1)\n"
            "\tassert.Equal(t, 1, value.a)\n\trequire.True(t, value.b)\n}\n"
        ),
        "\trequire.True(t, value.b)\n",
        "\tassert.Equal(t, 1, value.a)\n\trequire.True(t, value.b)\n",
        "\tvalue :=",
        "\tt.Skip()\n",
    ),
    "src/test/java/ATest.java": (
        (
            "class ATest {\n  @Test\n  void one() {\n    Value value = run(1);\n"
            "    assertEquals(1, value.a);\n    assertTrue(value.b);\n  }\n}\n"
        ),
        "    assertTrue(value.b);\n",
        "    assertEquals(1, value.a);\n    assertTrue(value.b);\n",
        "  @Test",
        "  @Disabled\n",
    ),
    "tests/a.rs": (
        (
            "#[test]\nfn one() {\n    let value = run(1);\n    assert_eq!(value.a, 1);\n   "
            " assert!(value.b);\n}\n"
        ),
        "    assert!(value.b);\n",
        "    assert_eq!(value.a, 1);\n    assert!(value.b);\n",
        "#[test]",
        "#[ignore]\n",
    ),
}


@pytest.mark.parametrize("path", LANGUAGES)
def test_each_language(path):
    body, one, both, place, skip = LANGUAGES[path]
    skipped = body.replace(place, skip + place)
    assert [
        rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: body.replace(one, "")})
    ] == ["assertion-removed"]
    assert [
        rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: body.replace(both, "")})
    ] == ["test-emptied"]
    assert [rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: skipped})] == [
        "test-skipped"
    ]
    assert [rule for rule, _, _ in hits("weakened_tests", {path: body, "x": "1"}, {"x": "2"})] == [
        "test-deleted"
    ]
    assert hits("weakened_tests", {path: body}, {path: body + "\n"}) == []
    assert hits("weakened_tests", {}, {path: skipped}) == []


PY = (
    "def test_one():\n    assert run(1) == 1\n    assert run(2) == 2\n\n\ndef test_two():\n   "
    " assert run(3)\n"
)
PATH = "tests/test_a.py"


@pytest.mark.parametrize(
    "changed",
    [
        PY.replace("test_one", "test_renamed"),
        PY.replace(
            "    assert run(1) == 1\n    assert run(2) == 2\n",
            "    for n in 1, 2:\n        assert run(n) == n\n",
        ),
        PY.replace("    assert run(1) == 1\n    assert run(2) == 2\n", "    check_both(run)\n"),
        PY.replace(
            "    assert run(1) == 1\n    assert run(2) == 2\n",
            "    assert_equal_all(run, [1, 2])\n",
        ),
        PY.replace("def test_one", "@pytest.mark.skipif(sys.platform == 'win32')\ndef test_one"),
        PY.replace("def test_two", "def test_three():\n    assert 1\n\n\ndef test_two"),
        PY.replace("    assert run(1)", "    # run(0) is not defined\n    assert run(1)"),
    ],
)
def test_tests_that_check_as_much_as_before(changed):
    assert hits("weakened_tests", {PATH: PY}, {PATH: changed}) == []


def test_a_constant_is_no_assertion():
    weaker = PY.replace("assert run(3)", "assert True")
    assert hits("weakened_tests", {PATH: PY}, {PATH: weaker}) == [("test-emptied", PATH, 6)]


def test_a_test_that_moved_to_another_file_is_not_deleted():
    moved = {
        PATH: PY.split("\n\n\n")[0] + "\n",
        "tests/test_b.py": "def test_two():\n    assert run(3)\n",
    }
    assert hits("weakened_tests", {PATH: PY}, moved) == []


def test_a_test_is_deleted_rightly_with_what_it_tests():
    code = "def run(n):\n    return n\n\n\ndef other():\n    pass\n"
    kept = "def other():\n    pass\n"
    assert hits("weakened_tests", {PATH: PY, "a.py": code}, {PATH: "", "a.py": kept}) == []
    assert hits("weakened_tests", {PATH: PY, "a.py": code}, {PATH: "", "a.py": code + "\n"}) == [
        ("test-deleted", PATH, 1),
        ("test-deleted", PATH, 6),
    ]


def test_a_deleted_test_is_shown_where_it_was():
    (hit,) = analyzed("weakened_tests", {PATH: PY}, {PATH: PY.split("\n\n\n")[0] + "\n"}).evidence
    assert (hit.rule, hit.path, hit.side, hit.start, hit.end) == ("test-deleted", PATH, "old", 6, 7)


def test_functions_outside_tests_are_none():
    assert hits("weakened_tests", {"src/a.py": PY}, {"src/a.py": "x = 1\n"}) == []


def test_methods_of_the_same_name_are_not_mixed_up():
    body = (
        "class A:\n    def test_x(self):\n        assert 1 + a\n\n\nclass B:\n    def"
        " test_x(self):\n{}"
    )
    before = {PATH: body.format("        self.assertEqual(1, b)\n")}
    assert hits("weakened_tests", before, {PATH: body.format("        pass\n")}) == []
