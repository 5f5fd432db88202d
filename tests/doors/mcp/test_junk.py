import mcp_types as types
import pytest
from pydantic import ValidationError

from reviewer.doors.mcp.junk import MOST, refusals


def of(line: str) -> list[tuple[object, int]]:
    with pytest.raises(ValidationError) as caught:
        types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    return [(key, code) for key, code, _ in refusals(caught.value)]


@pytest.mark.fault("server", "a line that is no message, over MCP", "a JSON-RPC error, and no hang")
@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("{", [(None, -32700)]),
        ("not JSON", [(None, -32700)]),
        ("[" * 5000, [(None, -32700)]),
        ("", []),
        ("  ", []),
        ("null", []),
        ("7", []),
        ("[]", []),
        ("{}", []),
        ('{"id": 3, "method": "ping"}', [(3, -32600)]),
        ('{"jsonrpc": "1.0", "id": "a", "method": "ping"}', [("a", -32600)]),
        ('{"jsonrpc": "2.0", "id": 4, "method": 7}', [(4, -32600)]),
        ('{"jsonrpc": "2.0", "id": 5, "method": "x", "params": 7}', [(5, -32600)]),
        ('{"jsonrpc": "2.0", "id": true, "method": 7}', []),
        ('{"jsonrpc": "2.0", "method": 7}', []),
        (
            '[{"jsonrpc": "2.0", "id": 1, "method": "a"}, {"id": "b", "method": "c"}, 7]',
            [(1, -32600), ("b", -32600)],
        ),
    ],
)
def test_what_is_no_message_gets_the_error_that_it_can_get(line: str, answers: list) -> None:
    assert of(line) == answers


def test_a_batch_gets_no_more_than_so_many_answers() -> None:
    line = "[" + ",".join(['{"id": 1, "method": "x"}'] * (MOST + 50)) + "]"
    assert len(of(line)) == MOST


def test_other_errors_have_no_answer() -> None:
    assert refusals(ValueError("x")) == []
