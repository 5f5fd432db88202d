import pytest

from reviewer.languages.arity import taken


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ("(a, b) {", (2, 2)),
        ("() {", (0, 0)),
        ("(void);", (0, 0)),
        ("<T>(a: Map<string, T>, b = [1, 2]) {", (1, 2)),
        ("(a?: number, b?: string)", (0, 2)),
        ("(&self, a: &'a str)", (1, 1)),
        ("(f: (a: A, b: B) => C)", (1, 1)),
        (" = async (a, b) => 1", (2, 2)),
        (": function (a) {", (1, 1)),
        ("(a /* , b */, c = ')')", (1, 2)),
        ("(a, ...b)", None),
        ("(int a, params int[] b)", None),
        ("(a: Int)(implicit b: B)", None),
        ("(this string a, int b)", None),
        ("(this: Cart, a: number)", (1, 1)),
        (" = 3", None),
        ("(a, b", None),
    ],
)
def test_how_many_arguments_a_definition_takes(after, count):
    assert taken(after) == count
