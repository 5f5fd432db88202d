"""No field of a finding shows a credential of the change."""

from __future__ import annotations

from support.memory import finding

from reviewer.events import CommitPlace, Patch, Quote
from reviewer.findings.masking import masked
from reviewer.secrets import Masks

VALUE = "kJ8x2LmQ" + "z7RtVw4"
MASKS = Masks.of([f"DB_PASSWORD={VALUE}\n"])


def told(value, patch):
    words = f"it is {value}"
    place = {"start_line": 1, "end_line": 1}
    return finding(
        1,
        title=words,
        comment=words,
        failure_scenario=words,
        codegen_instructions=words,
        suggestions=[words],
        evidence=[Quote(file_name="a.py", quote=words, why=words, **place)],
        commit=CommitPlace(id="1" * 40, subject=words, **place),
        patch=patch and Patch(diff=patch, verification="applies", checks=[]),
    )


def test_every_text_is_masked_and_a_patch_that_shows_one_is_left_out():
    shown = told(VALUE, f"+{VALUE}\n")
    assert masked(shown, MASKS) == told("[REDACTED:password]", None)


def test_a_finding_without_a_credential_stays_as_it_is():
    plain = told("nothing", "+1\n")
    assert masked(plain, MASKS) == plain
