from text import clean


def test_lines():
    assert clean.squash_lines("a  b") == ["a b"]
