import io

import pytest
from support.event_cases import complete, context, finding, load

from reviewer.events import Event
from reviewer.findings import grouped
from reviewer.outputs import OUTPUTS, open_output


def rendered(name: str, run: list[Event], here: str | None) -> str:
    stream = io.StringIO()
    output = open_output(name, stream, color=False, width=80, quiet=False, verbose=False, here=here)
    for event in run:
        output.emit(event)
    output.close()
    return stream.getvalue()


def run(**scope: object) -> list[Event]:
    end = complete(
        outcome="failed",
        unreviewed_files=[{"file_name": "top.py", "reason": "timeout"}],
        unreviewed_file_count=1,
        skipped_files=[{"file_name": "shop/logo.png", "reason": "binary"}],
        findings=1,
        exit_code=3,
    )
    begin = context(working_directory="/home/me/shop")
    begin = begin.model_copy(update={"scope": begin.scope.model_copy(update=scope)})
    return [begin, finding(1), end]


@pytest.mark.fault("output", "plain output in a subdirectory, or from outside", "paths from there")
@pytest.mark.parametrize(
    ("here", "finding_at", "unread"),
    [
        (None, "shop/cart.py", "top.py"),
        ("/home/me/shop", "shop/cart.py", "top.py"),
        ("/home/me/shop/shop", "cart.py", "../top.py"),
        ("/home/me/shop/shop/deep/er", "../../cart.py", "../../../top.py"),
        ("/home/me", "shop/shop/cart.py", "shop/top.py"),
        ("/srv", "../home/me/shop/shop/cart.py", "../home/me/shop/top.py"),
    ],
)
def test_plain_names_files_from_where_the_user_stands(
    here: str | None, finding_at: str, unread: str
) -> None:
    lines = rendered("plain", run(), here).splitlines()
    assert lines[0].startswith(f"{finding_at}:3:1: major: ")
    assert lines[1].startswith(f"{unread}:1:1: error: Not reviewed")
    assert finding_at in rendered("terminal", run(), here)


def test_other_places_are_named_from_there_too() -> None:
    one = grouped(finding(1), [finding(2, file_name="top.py", start_line=9)])
    begin, _, end = run()
    text = rendered("plain", [begin, one, end], "/home/me/shop/shop")
    assert text.splitlines()[0].endswith("(also at ../top.py:9) [000000000001]")


def test_the_own_file_of_a_fix_has_no_heading_from_here_either() -> None:
    example = load("example")
    root = next(event.working_directory for event in example if event.type == "review_context")
    at_the_root = rendered("terminal", example, None)
    below = rendered("terminal", example, f"{root}/shop")
    assert below.count("\n") == at_the_root.count("\n")
    assert below != at_the_root


def test_the_files_of_a_patch_keep_their_names() -> None:
    patch = run(kind="diff", rev="-")
    assert rendered("plain", patch, "/home/me") == rendered("plain", patch, None)


@pytest.mark.parametrize("name", sorted(set(OUTPUTS) - {"plain", "terminal"}))
def test_what_other_programs_read_names_files_from_the_root(name: str) -> None:
    example = load("example")
    assert rendered(name, example, "/home/me/shop/web") == rendered(name, example, None)
