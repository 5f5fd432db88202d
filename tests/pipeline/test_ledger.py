"""Every rule that decides a verdict, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.change import change
from support.event_cases import finding as published
from support.plans import plan_of

from reviewer.findings import PassResult, combine, grouped, part
from reviewer.messages import Prompt
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.passes import Pass
from reviewer.types import Context, Evidence, Unit, Unreviewed
from reviewer.verify import Rejected

BASE = {"a.py": b"a = 1\n", "b.py": b"b = 1\n"}
HEAD = {"a.py": b"a = 2\n", "b.py": b"b = 2\n"}


class Decided:
    """Findings with these ids were dismissed before."""

    def __init__(self, *ids):
        self.ids, self.judged = ids, []

    def judge(self, found):
        self.judged.append(found.id)
        state = "open" if found.id in self.ids else "new"
        said = "meant so" if found.id in self.ids else None
        return found.model_copy(update={"state": state}), said

    def dismissed(self, found):
        return found.id in self.ids


def ledger(made=None, *, dismissed=(), since=None, warnings=(), role="reviewer", **settings):
    """(the ledger, the events that it sent)."""
    plan = plan_of(made or change(BASE, HEAD), role=role, **settings)
    sent = []
    entered = Ledger(
        replace(plan, since=since, warnings=warnings), sent.append, Decided(*dismissed)
    )
    return entered, sent


def one(number=1, **fields):
    values = {"file_name": "a.py", "start_line": 1, "end_line": fields.get("start_line", 1)}
    return published(id=f"{number:012x}", **values | fields)


def publish_pending(entered):
    for each in entered.pending():
        entered.publish(each)


def passes(entered, *kinds, unit=0):
    units = sorted(entered.plan.units, key=lambda each: each.ordinal)
    return tuple(Pass(kind, units[unit], place) for place, kind in enumerate(kinds))


def result(made, *found):
    return PassResult(made.unit, Context(), Prompt("", "", 1), tuple(found), lens=made.lens)


# Publishing


def test_a_finding_is_published_once_with_its_state():
    entered, sent = ledger()
    entered.publish(one())
    entered.publish(one(title="In other words"))
    assert sent == entered.published == entered.kept == [one()]
    assert entered.held_back == {"duplicate": 1}


@pytest.mark.parametrize(
    ("profile", "path", "lowest", "below"),
    [
        ("chill", "a.py", "minor", "trivial"),
        ("chill", "tests/test_a.py", "minor", "trivial"),
        ("balanced", "a.py", "trivial", "info"),
        ("balanced", "conf/a.toml", "trivial", "info"),
        ("balanced", "tests/test_a.py", "minor", "trivial"),
        ("balanced", "docs/a.md", "minor", "trivial"),
        ("balanced", "dist/a.js", "minor", "trivial"),
        ("assertive", "docs/a.md", "info", None),
    ],
)
def test_the_lowest_severity_of_a_profile_is_published(profile, path, lowest, below):
    entered, sent = ledger(profile=profile)
    entered.publish(one(severity=lowest, file_name=path))
    assert [each.severity for each in sent] == [lowest]
    if below:
        entered.publish(one(2, severity=below, file_name=path))
        assert (len(sent), entered.held_back) == (1, {"below the severity floor": 1})


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"profile": "chill"}, False),
        ({"profile": "balanced"}, True),
        ({"profile": "assertive"}, True),
        ({"profile": "balanced", "min_severity": "trivial"}, False),
        ({"profile": "chill", "min_severity": "info"}, True),
    ],
)
@pytest.mark.parametrize("path", ["a.py", "tests/test_a.py"])
def test_what_was_there_before_is_shown_unless_somebody_wants_less(settings, shown, path):
    entered, sent = ledger(**settings)
    old = one(severity="info", preexisting=True, file_name=path)
    entered.publish(old)
    assert sent == ([old] if shown else [])


def test_min_severity_overrides_the_profile_and_a_smoke_model_has_no_floor():
    assert ledger(min_severity="major")[0].is_shown(one(severity="minor")) is False
    assert ledger(profile="chill", min_severity="info")[0].is_shown(one(severity="info"))
    assert ledger(role="smoke", profile="chill")[0].is_shown(one(severity="info"))
    beside = one(severity="trivial", file_name="tests/test_a.py")
    assert ledger(min_severity="trivial")[0].is_shown(beside)


def test_a_dismissed_finding_is_not_sent_but_kept_for_the_memory():
    entered, sent = ledger(dismissed=[one().id])
    entered.publish(one())
    assert (sent, entered.published, entered.held_back) == ([], [], {"dismissed": 1})
    assert entered.kept == [one(state="open")]
    entered.publish(one())
    assert entered.held_back == {"dismissed": 1, "duplicate": 1}


def test_places_that_are_dismissed_are_not_sent_but_kept_for_the_memory():
    """So that a run that is recalled has them when they were reopened."""
    entered, sent = ledger()
    both = grouped(one(1), [one(2, start_line=2)])
    left = part(both, {f"{2:012x}"}, entered.plan.source).model_copy(update={"state": "open"})
    entered.decisions.judge = lambda found: (left, None)
    entered.publish(both)
    assert (sent, entered.published) == ([left], [left])
    assert entered.kept == [both.model_copy(update={"state": "open"})]


def test_what_is_below_the_floor_is_judged_all_the_same():
    entered, _ = ledger(min_severity="critical")
    entered.publish(one(severity="minor"))
    assert entered.decisions.judged == [one().id]


@pytest.mark.parametrize("is_older", [True, None])
def test_what_is_older_than_the_baseline_commit_is_held_back(is_older):
    since = change({"b.py": b"b = 1\n"}, {"b.py": b"b = 2\n"})  # a.py is as it was
    entered, sent = ledger(since=since)
    entered.publish(one(in_diff=True), is_older=is_older)
    assert (sent, entered.held_back) == ([], {"older than the baseline commit": 1})
    assert not entered.may_be_recalled(over=False)


def test_what_is_known_to_be_new_since_the_baseline_commit_is_published():
    since = change({"b.py": b"b = 1\n"}, {"b.py": b"b = 2\n"})
    entered, sent = ledger(since=since)
    entered.publish(one(in_diff=True), is_older=False)
    assert sent == [one(in_diff=True)]
    assert ledger()[0].may_be_recalled(over=False)


def test_what_is_pending_is_published_as_it_is_and_only_once():
    entered, sent = ledger()
    entered.hold([one(1), one(2), one(3)])
    entered.publish(one(1, title="Proved"))
    entered.release([one(2)])
    publish_pending(entered)
    assert [(each.id, each.title) for each in sent] == [
        (one(1).id, "Proved"),
        (one(3).id, one(3).title),
    ]
    assert (entered.pending(), entered.held_back) == ([], {})


def test_different_defects_on_one_line_are_pending_together_and_judged_apart():
    entered, sent = ledger()
    other = one(1, title="Another defect", severity="critical")
    entered.hold([one(1), other])
    both = combine(one(1), other)
    assert (entered.pending(), "Also here" in both.comment) == ([both], True)
    entered.release([other])
    assert entered.pending() == [one(1)]
    entered.hold([other])
    entered.publish(one(1))
    assert (sent, entered.pending()) == ([one(1)], [])


@pytest.mark.fault(
    "deadline", "a defect on the line of one that is not shown, not judged yet", "it is told"
)
def test_what_is_not_shown_takes_no_other_defect_of_its_line_along():
    entered, sent = ledger(profile="chill")
    trivial, other = one(1, severity="trivial"), one(1, title="Another defect", severity="major")
    entered.hold([trivial, other])
    entered.publish(trivial)
    assert (sent, entered.pending()) == ([], [other])


def test_the_most_severe_is_first_of_what_is_pending():
    entered, _ = ledger()
    severities = ("minor", "critical", "trivial", "major")
    entered.hold(one(number, severity=each) for number, each in enumerate(severities))
    assert [each.severity for each in entered.pending()] == [
        "critical",
        "major",
        "minor",
        "trivial",
    ]


def test_a_file_counts_as_unread_when_there_was_no_time_to_publish_its_findings():
    entered, sent = ledger()
    entered.leave([one(1), one(2)])
    assert (sent, entered.held_back) == ([], {"found too late": 2})
    assert entered.unreviewed() == (Unreviewed("a.py", "timeout"),)


def test_only_findings_that_will_be_published_are_announced():
    entered, _ = ledger(dismissed=[one(2).id], min_severity="major")
    for each in (
        one(1, severity="major"),
        one(2, severity="major"),
        one(3, severity="minor"),
    ):
        entered.announce(each)
    assert entered.announced == [one(1, severity="major")]
    assert entered.decisions.judged == []


def test_rejected_findings_are_counted_by_stage():
    entered, sent = ledger()
    entered.reject([Rejected(one(1), "noise", "praise"), Rejected(one(2), "noise", "praise")])
    entered.reject([Rejected(one(3), "precedent", "dismissed before")])
    assert (sent, entered.held_back) == ([], {"noise": 2, "precedent": 1})
    assert entered.withheld() == {one(3).id}


def test_a_warning_is_said_once():
    entered, _ = ledger(warnings=("from the plan",))
    entered.warn("from the plan")
    entered.warn("slow")
    entered.warn("slow")
    assert entered.warnings == ["from the plan", "slow"]


def test_hints_are_in_the_order_of_the_analyzers_whichever_was_quickest():
    entered, _ = ledger()
    said = [Evidence(name, "rule", "a.py", 1, 1, "said") for name in ("ty", "ruff", "reviewer")]
    entered.add_evidence(said)
    assert [each.source for each in entered.hints("a.py")] == ["reviewer", "ruff", "ty"]
    assert entered.hints("b.py") == []


# Passes


def test_a_file_is_reviewed_when_all_of_its_passes_have_read_it():
    entered, _ = ledger()
    assert entered.reviewed() == ("a.py", "b.py")  # nobody was to read them
    entered.expect(["a.py", "b.py"])
    assert entered.unreviewed() == (Unreviewed("a.py", "timeout"), Unreviewed("b.py", "timeout"))
    first, second = passes(entered, "lens", "lens")
    entered.expect_passes([first, second], [])
    entered.pass_delivered(first, None)
    assert entered.why_unread("a.py") == "timeout"
    entered.pass_delivered(second, None)
    assert (entered.reviewed(), entered.unreviewed()) == (
        ("a.py",),
        (Unreviewed("b.py", "timeout"),),
    )


def test_one_bad_reply_leaves_the_file_unreviewed():
    entered, _ = ledger()
    first, second = passes(entered, "whole", "across")
    entered.expect_passes([first, second], [])
    entered.pass_delivered(first, "bad_reply")
    entered.pass_delivered(second, None)
    assert entered.why_unread("a.py") == "bad_reply"


def test_units_beyond_the_limit_leave_their_file_unreviewed_although_others_are_read():
    entered, _ = ledger()
    (first,) = passes(entered, "whole")
    entered.expect_passes([first], [first.unit])
    entered.pass_delivered(first, None)
    assert entered.why_unread("a.py") == "unit_limit"


def test_the_first_reason_for_an_early_end_counts_and_only_for_what_is_unread():
    entered, _ = ledger()
    a, b = passes(entered, "whole")[0], passes(entered, "whole", unit=1)[0]
    entered.expect_passes([a, b], [])
    entered.pass_delivered(a, None)
    entered.cut_short("model_error")
    entered.cut_short("interrupted")
    assert entered.unreviewed() == (Unreviewed("b.py", "model_error"),)


def test_giving_up_counts_whatever_was_read():
    entered, _ = ledger()
    entered.give_up(["a.py"], "no_model")
    assert (entered.reviewed(), entered.unreviewed()) == (
        ("b.py",),
        (Unreviewed("a.py", "no_model"),),
    )


@pytest.mark.parametrize(
    ("role", "unread"),
    [("reviewer", None), ("smoke", "analyzer_error"), ("none", "analyzer_error")],
)
def test_what_an_analyzer_failed_on_is_unreviewed_unless_a_model_has_read_it(role, unread):
    entered, _ = ledger(role=role)
    entered.gaps.add("ruff", ["a.py", "elsewhere.py"])
    assert (entered.why_unread("a.py"), entered.why_unread("b.py")) == (unread, None)


def test_what_neither_a_model_nor_an_analyzer_has_read_is_the_analyzers_gap():
    entered, _ = ledger(role="none")
    entered.gaps.add("ruff", ["a.py"])
    entered.give_up(["a.py", "b.py"], "model_error")
    assert entered.unreviewed() == (
        Unreviewed("a.py", "analyzer_error"),
        Unreviewed("b.py", "model_error"),
    )


def test_a_model_that_failed_on_it_too_is_the_reason():
    entered, _ = ledger()
    entered.gaps.add("ruff", ["a.py"])
    entered.give_up(["a.py"], "bad_reply")
    assert entered.why_unread("a.py") == "bad_reply"


def test_what_the_change_could_not_show_is_unreviewed_first():
    made = replace(change(BASE, HEAD), unreviewed=(Unreviewed("big.bin", "too_large"),))
    entered, _ = ledger(made)
    entered.give_up(["b.py"], "no_model")
    assert entered.unreviewed() == (
        Unreviewed("big.bin", "too_large"),
        Unreviewed("b.py", "no_model"),
    )


def test_all_results_of_a_unit_come_after_its_last_pass_in_the_order_of_the_passes():
    entered, _ = ledger()
    first, second, beside = passes(entered, "lens", "lens", "across")
    entered.expect_passes([first, second, beside], [])
    entered.add_result(second, result(second, one(2)))
    assert entered.pass_ended(second) == []
    entered.add_result(first, result(first, one(1)))
    assert entered.pass_ended(first) == [result(first, one(1)), result(second, one(2))]
    assert entered.pass_ended(beside) == []


def test_a_unit_is_read_when_every_pass_of_its_own_has_read_it():
    entered, _ = ledger()
    first, second, beside = passes(entered, "lens", "lens", "across")
    entered.expect_passes([first, second, beside], [])
    for each, reason in ((first, None), (beside, "bad_reply"), (second, None)):
        entered.pass_answered(each, reason)
        entered.pass_ended(each)
    assert entered.read == [first.unit]

    entered, _ = ledger()
    entered.expect_passes([first, second], [])
    for each, reason in ((first, "bad_reply"), (second, None)):
        entered.pass_answered(each, reason)
        entered.pass_ended(each)
    assert entered.read == []


def test_after_a_cancelled_pass_nobody_is_asked_to_judge_but_nothing_is_lost():
    entered, sent = ledger()
    (first,) = passes(entered, "whole")
    entered.expect_passes([first], [])
    entered.add_result(first, result(first, one()))
    entered.pass_cancelled(first)
    assert entered.pass_ended(first) == []
    publish_pending(entered)
    assert sent == [one()]


# Lines that several units show


SHARED = change({"a.py": b""}, {"a.py": b"".join(b"x%d = 1\n" % n for n in range(40))})


def two_units():
    """A ledger whose two units both show line 20 of a.py, and a pass over each."""
    entered, sent = ledger(SHARED)
    (file,) = SHARED.files
    (hunk,) = file.hunks
    parts = [
        Unit(file, (replace(hunk, lines=hunk.lines[:20]),), 0),
        Unit(file, (replace(hunk, lines=hunk.lines[19:]),), 1),
    ]
    entered = Ledger(replace(entered.plan, units=tuple(parts)), sent.append, entered.decisions)
    first, second = Pass("whole", parts[0], 0), Pass("whole", parts[1], 1)
    entered.expect_passes([first, second], [])
    return entered, sent, first, second


def test_a_line_belongs_to_the_first_unit_that_shows_it():
    entered, _, first, second = two_units()
    entered.add_result(second, result(second, one(2, start_line=20), one(3, start_line=21)))
    entered.add_result(first, result(first, one(1, start_line=20)))
    assert entered.pass_ended(second) == []  # the file has another pass
    assert entered.pass_ended(first) == [
        result(first, one(1, start_line=20)),
        result(second, one(3, start_line=21)),
    ]
    assert list(entered.deferred()) == [[result(second, one(2, start_line=20))]]


def test_what_only_another_unit_says_of_a_line_comes_last():
    entered, _, first, second = two_units()
    entered.add_result(second, result(second, one(2, start_line=20)))
    assert (entered.pass_ended(first), entered.pass_ended(second)) == ([], [result(second)])
    assert list(entered.deferred()) == [[result(second, one(2, start_line=20))]]


def test_what_was_published_meanwhile_is_not_deferred_any_more():
    entered, _, _first, second = two_units()
    entered.add_result(second, result(second, one(1, start_line=20), one(2, start_line=20)))
    entered.publish(one(1, start_line=20))
    assert list(entered.deferred()) == [[result(second, one(2, start_line=20))]]
    entered.publish(one(2, start_line=20))
    assert list(entered.deferred()) == []


def test_passes_across_files_come_after_all_others_however_quick_they_were():
    entered, _, first, second = two_units()
    beside = Pass("across", first.unit, 2)
    entered.add_result(beside, result(beside, one(3)))
    entered.add_result(second, result(second, one(2, start_line=20)))
    assert list(entered.deferred()) == [
        [result(second, one(2, start_line=20))],
        [result(beside, one(3))],
    ]


def test_what_several_passes_over_a_unit_deferred_is_settled_together():
    entered, _, _, second = two_units()
    again = replace(second, position=2, lens="security")
    entered.add_result(again, result(again, one(3, start_line=20)))
    entered.add_result(second, result(second, one(2, start_line=20)))
    assert list(entered.deferred()) == [
        [result(second, one(2, start_line=20)), result(again, one(3, start_line=20))]
    ]


def test_what_is_deferred_is_pending_unless_it_was_published():
    entered, sent, _, second = two_units()
    entered.publish(one(1, start_line=20))
    entered.add_result(second, result(second, one(1, start_line=20), one(2, start_line=20)))
    publish_pending(entered)
    assert [each.id for each in sent] == [one(1).id, one(2).id]
    assert "duplicate" not in entered.held_back


def test_what_is_deferred_stays_pending_when_another_defect_of_the_line_was_judged():
    entered, _, first, second = two_units()
    mine, later = one(1, start_line=20), one(1, start_line=20, title="Another defect")
    entered.add_result(second, result(second, later))
    entered.add_result(first, result(first, mine))
    entered.release([mine])
    assert entered.pending() == [later]


# What may be remembered


def test_a_complete_run_may_be_recalled():
    entered, _ = ledger()
    assert entered.is_complete(over=False)
    assert entered.may_be_recalled(over=False)


def test_a_run_that_was_stopped_or_out_of_time_is_not_whole():
    entered, _ = ledger()
    assert not entered.is_complete(over=True)
    assert not entered.may_be_recalled(over=True)


def test_a_run_with_anything_unread_is_not_whole():
    entered, _ = ledger()
    entered.give_up(["a.py"], "bad_reply")
    assert not entered.is_complete(over=False)


def test_a_run_with_a_warning_is_complete_but_not_recalled():
    entered, _ = ledger(warnings=("an analyzer gave up",))
    assert entered.is_complete(over=False)
    assert not entered.may_be_recalled(over=False)


def test_what_each_run_warns_of_by_itself_does_not_count():
    entered, _ = ledger(warnings=("the code goes out unencrypted",))
    choice = replace(entered.plan.choice, warning="the code goes out unencrypted")
    entered.plan = replace(entered.plan, choice=choice)
    assert entered.may_be_recalled(over=False)
    entered.warn("an analyzer gave up")
    assert not entered.may_be_recalled(over=False)


def test_what_was_recalled_is_not_remembered_again():
    entered, _ = ledger()
    entered.recalled = True
    assert not entered.may_be_recalled(over=False)


def test_a_run_that_hangs_on_a_precedent_is_not_recalled():
    entered, _ = ledger()
    entered.reject([Rejected(one(), "noise", "praise")])
    assert entered.may_be_recalled(over=False)
    entered.reject([Rejected(one(2), "precedent", "dismissed before")])
    assert not entered.may_be_recalled(over=False)
