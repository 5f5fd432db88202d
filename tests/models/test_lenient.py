import pytest

from reviewer.models.lenient import InvalidReply, closed, load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2,], "b": {"c": 1,},}', {"a": [1, 2], "b": {"c": 1}}),
        ('{"a": [1,, 2]}', {"a": [1, 2]}),
        ('{"a": [, 1]}', {"a": [1]}),
        ('{"a": "x, ]", "b": ",}",}', {"a": "x, ]", "b": ",}"}),
        ('{"a": "tab\there\nand there\x00"}', {"a": "tab\there\nand there\x00"}),
        (r'{"a": "\d+\s", "b": "\\d"}', {"a": r"\d+\s", "b": r"\d"}),
        (r'{"a": "\x1b[0m \u12 \u00e9"}', {"a": r"\x1b[0m \u12 é"}),
        (r'{"a": "\"\d\"", "b": [1,]}', {"a": r'"\d"', "b": [1]}),
    ],
)
def test_a_slip_with_one_reading_is_read(text: str, value: object) -> None:
    assert load(text) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1 "b": 2}', "the reply is not JSON at character 9: Expecting ',' delimiter"),
        ("{'a': 1}", "the reply is not JSON at character 2"),
        ('{"a": "it\\\'s"}', "the reply is not JSON at character 7: Unterminated string"),
        ('{"a": [1 2]}', "the reply is not JSON at character 10"),
        ('{"a": "x" "y"}', "the reply is not JSON at character 11"),
        ('{"a": tru}', "the reply is not JSON at character 7"),
    ],
)
def test_what_has_no_reading_or_two(text: str, problem: str) -> None:
    with pytest.raises(InvalidReply) as caught:
        load(text)
    assert str(caught.value).startswith(problem) or "Invalid \\escape" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"a": [{"b": 1}]', '{"a": [{"b": 1}]}'),
        ('{"a": [{"b": 1}}', '{"a": [{"b": 1}]}'),
        ('{"a": [{"b": 1]}', '{"a": [{"b": 1}]}'),
        ('{"a": [{"b": 1} \n ] \n', '{"a": [{"b": 1}]}'),
        ('{"a": [{"b": 1}', None),  # there may have been more items
        ('{"a": [{"b": 1', None),
        ('{"a": [{"b": 1}]}', None),
        ('{"a": "x]', None),
        ('{"a": [1}, {"b"]', None),
        ("", None),
    ],
)
def test_one_bracket_that_is_missing_at_the_end(text: str, whole: str | None) -> None:
    assert closed(text) == whole
