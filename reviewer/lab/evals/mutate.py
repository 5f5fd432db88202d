"""Makes cases from the user's own repository: real changes, each with one planted defect that makes
the tests fail. Only defects that the tests catch are kept, so every case has a real defect."""

from __future__ import annotations

import posixpath
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.fixes.lines import compare
from reviewer.lab.evals.candidates import Candidate, candidates, files_now
from reviewer.lab.evals.cases import Case, Defect, Tests, Tree
from reviewer.lab.evals.history import opened, steps
from reviewer.lab.evals.imports.base import defects, slug
from reviewer.lab.evals.mutants import LANGUAGES, OPERATORS, mutated
from reviewer.lab.evals.trial import Bench, Ground, Say
from reviewer.languages import PYTHON, TSX, language_of
from reviewer.text import cut

TRIES = 6  # mutants to try per requested case
# The category of these is debatable, so a finding of any category counts.
_ANY_CATEGORY = {
    "missing-await",
    "dropped-check",
    "removed-call",
    "broadened-exception",
    "missing-copy",
}


@dataclass(frozen=True)
class Options:
    command: str  # run by a shell at the root of a copy; "{python}" stands for this interpreter
    build_command: str = ""  # what fails here is no mutant: a compiler finds such defects
    limit: int = 20
    commits: int = 50
    since: str | None = None
    paths: tuple[str, ...] = ()
    timeout: float = 60.0  # seconds for each run of the command
    seed: int = 0
    clean: int = 0


@dataclass
class OperatorCounts:
    """Outcomes of one operator's mutants. Those whose tests did not finish (`timeout`) and those
    that do not compile (`refused`) count as neither killed nor survived."""

    made: int = 0
    killed: int = 0
    survived: int = 0
    timeout: int = 0
    refused: int = 0
    kept: int = 0

    @property
    def tried(self) -> int:
        return self.killed + self.survived + self.timeout + self.refused


@dataclass
class MutationRun:
    """The cases and counts of a run, filled as it goes, so that an interrupted run keeps them."""

    cases: list[Case] = field(default_factory=list)
    rows: dict[str, OperatorCounts] = field(
        default_factory=lambda: {name: OperatorCounts() for name in OPERATORS}
    )

    def count(self, kind: str) -> int:
        return sum(case.kind == kind for case in self.cases)

    @property
    def tried(self) -> int:
        return sum(row.tried for row in self.rows.values())


def mutate(path: Path, options: Options, made: MutationRun, say: Say) -> None:
    """Fill `made` with up to `limit` cases with a defect and `clean` cases without. The same
    repository, options and test results give the same cases. Raises UsageError if there is nothing
    to mutate, or if the command fails without a mutant."""
    history = opened(path)
    recent = steps(history, options.since, options.commits, options.paths)
    now = files_now(history, recent, options.paths)
    if not now:
        where = " and ".join(options.paths) or (
            f"the changes since {options.since}"
            if options.since
            else f"the last {options.commits} changes"
        )
        names = ", ".join(each.name for each in LANGUAGES if each is not TSX)
        raise UsageError(
            f"no code ({names}) other than tests in {where}; give --paths, an earlier --since or a"
            " higher --commits"
        )
    bench = Bench(history, options.command, options.timeout, say, options.build_command)
    bench.check_head(now)
    work = _MutantQueue(bench, options, made)
    work.try_all([each for step in recent for each in candidates(history, step, step.lines)])
    if not work.is_done():
        work.try_all(candidates(history, None, dict.fromkeys(now)))
    for step in recent:
        ground = bench.ground(step) if made.count("clean") < options.clean else None
        if ground:
            made.cases.append(_clean(bench, ground))


class _MutantQueue:
    """Tries mutants in an order set by the seed, always from the operator and the file with the
    fewest cases so far, until there are enough."""

    def __init__(self, bench: Bench, options: Options, made: MutationRun) -> None:
        self.bench, self.options, self.made = bench, options, made
        self.random = random.Random(options.seed)  # noqa: S311 - reproducible, not secret
        self.files: Counter[str] = Counter()
        self.counted: set[tuple[str, str, bytes, bytes]] = set()
        self.tried: set[tuple[str, str, bytes, bytes]] = set()
        self.taken: set[tuple[str, bytes]] = set()  # lines that have a case: one defect each
        self.ids: set[str] = set()

    def try_all(self, candidates: Iterable[Candidate]) -> None:
        waiting: dict[str, list[Candidate]] = {}
        for each in candidates:
            self.made.rows[each.mutant.operator].made += each.key not in self.counted
            self.counted.add(each.key)
            waiting.setdefault(each.mutant.operator, []).append(each)
        for group in waiting.values():
            self.random.shuffle(group)
        while waiting and not self.is_done():
            self._try(self._pop_next(waiting))

    def is_done(self) -> bool:
        limit = self.options.limit
        return self.made.count("defect") >= limit or self.made.tried >= TRIES * limit

    def _pop_next(self, waiting: dict[str, list[Candidate]]) -> Candidate:
        rows = self.made.rows
        name = min(
            waiting, key=lambda name: (rows[name].kept, rows[name].tried, OPERATORS.index(name))
        )
        group = waiting[name]
        # A change that was tried before needs no further run without a mutant.
        chosen = group.pop(min(range(len(group)), key=lambda at: self._cost(group[at])))
        if not group:
            del waiting[name]
        return chosen

    def _cost(self, each: Candidate) -> tuple[int, bool]:
        return self.files[each.path], not self.bench.is_known(each.step)

    def _try(self, each: Candidate) -> None:
        mutant, row = each.mutant, self.made.rows[each.mutant.operator]
        if (
            each.key in self.tried
            or (each.path, each.lines) in self.taken
            or self._id(each) in self.ids
        ):
            return
        ground = self.bench.ground(each.step)
        if ground is None:
            return
        language = language_of(each.path) or PYTHON
        head = mutated(each.data, mutant, language)
        wrong = (
            defects(
                each.path,
                each.data.decode("utf-8"),
                head.decode("utf-8"),
                description=mutant.what,
                category=None if mutant.operator in _ANY_CATEGORY else "functional_correctness",
            )
            if head
            else ()
        )
        if not head or not _in_change(ground, each.path, head, wrong):
            return
        code = {**ground.new.code, each.path: head.decode("utf-8")}
        outcome = self.bench.outcome(code, ground.new.tests)
        self.tried.add(each.key)
        setattr(row, outcome, getattr(row, outcome) + 1)
        if outcome == "killed":
            self.taken.add((each.path, each.lines))
            self.ids.add(self._id(each))
            self.files[each.path] += 1
            row.kept += 1
            self.made.cases.append(self._case(each, ground, code, wrong))
        done = self.made.count("defect")
        self.bench.say(
            f"{done}/{self.options.limit} {each.path}:{mutant.first} {mutant.operator}: {outcome}"
        )

    def _case(
        self, each: Candidate, ground: Ground, code: dict[str, str], wrong: tuple[Defect, ...]
    ) -> Case:
        tests = ground.tests
        if (
            tests is not None
            and tests != ground.new.tests
            and self.bench.outcome(code, tests) != "killed"
        ):
            tests = None
        return Case(
            id=self._id(each),
            kind="defect",
            language=_language(each.path),
            title=each.mutant.what,
            defects=wrong,
            source=Tree(base=ground.old.code, head=code),
            tests=_tests(self.bench, tests),
            tags=("mutant", each.mutant.operator, "in-change" if each.step else "bare"),
            provenance=f"{self.bench.history.name} {self._commit(each)}, mutated",
        )

    def _commit(self, each: Candidate) -> str:
        return each.step.commit if each.step else self.bench.history.head

    def _id(self, each: Candidate) -> str:
        stem = slug(posixpath.splitext(each.path)[0])[-50:].strip("-")
        return f"{_id(self.bench.history.name, self._commit(each))}-{stem}-{each.mutant.first}-{each.mutant.operator}"  # noqa: E501


def _in_change(ground: Ground, path: str, head: bytes, wrong: Iterable[Defect]) -> bool:
    """Whether the change still shows the defect: a mutant that restores a line to its old text is
    not part of the change."""
    if path not in ground.new.code:
        return False  # the file did not fit
    before = ground.old.code.get(path, "").encode("utf-8")
    changed: set[int] = set()
    moved = 0
    for splice in compare(before, head):
        first = splice.start + moved + 1
        changed.update(range(first, first + len(splice.new)))
        moved += len(splice.new) - (splice.end - splice.start)
    if ground.step is None:
        return True  # the mutant is the change
    return all(
        (
            {each.start_line, each.end_line} & changed
            if each.deletion
            else changed.issuperset(range(each.start_line, each.end_line + 1))
        )
        for each in wrong
    )


def _clean(bench: Bench, ground: Ground) -> Case:
    """The real change, unmodified."""
    assert ground.step is not None
    return Case(
        id=f"{_id(bench.history.name, ground.step.commit)}-clean",
        kind="clean",
        language=_language(min(ground.step.lines)),
        title=cut(ground.step.subject, 300),
        source=Tree(base=ground.old.code, head=ground.new.code),
        tests=_tests(bench, ground.new.tests),
        tags=("change",),
        provenance=f"{bench.history.name} {ground.step.commit}",
    )


def _tests(bench: Bench, tests: Mapping[str, str] | None) -> Tests | None:
    return (
        None
        if tests is None
        else Tests(command=bench.words, files=dict(tests), timeout=bench.timeout)
    )


def _language(path: str) -> str:
    found = language_of(path)
    return found.name if found else ""


def _id(name: str, made: str) -> str:
    return f"{slug(name)[:40].strip('-') or 'repository'}-{made[:10]}"
