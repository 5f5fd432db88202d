"""The results of passes that wait to be judged: by file those of its own passes, and last what no
unit of the file answers for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from reviewer import findings
from reviewer.events import Finding
from reviewer.findings import PassResult
from reviewer.pipeline.passes import Pass
from reviewer.types import Side


@dataclass
class Results:
    """`first_unit` is, by (path, side, line), the first unit that shows the line."""

    first_unit: Mapping[tuple[str, Side, int | None], int]
    # Without passes across files: not ended yet, and without a complete answer.
    _to_come: Counter[str] = field(default_factory=Counter)  # by path
    _of_unit: Counter[int] = field(default_factory=Counter)
    _unread: Counter[int] = field(default_factory=Counter)  # by unit
    _waiting: dict[str, list[tuple[int, int, PassResult]]] = field(default_factory=dict)  # by path
    _deferred: list[tuple[bool, int, int, PassResult]] = field(default_factory=list)

    def expect(self, passes: Sequence[Pass]) -> None:
        own = [pass_.unit for pass_ in passes if not pass_.is_across]
        self._to_come = Counter(unit.file.path for unit in own)
        self._of_unit = Counter(unit.ordinal for unit in own)
        self._unread = Counter(self._of_unit)

    def add(
        self, pass_: Pass, result: PassResult
    ) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Enter the result of a pass. Returns the findings that its unit answers for, and the
        others, which are deferred."""
        mine, path = pass_.unit.ordinal, pass_.unit.file.path

        def is_own(finding: Finding) -> bool:
            place = (findings.path_of(finding), finding.side, finding.start_line)
            return not pass_.is_across and self.first_unit.get(place) == mine

        own = tuple(filter(is_own, result.findings))
        others = tuple(finding for finding in result.findings if not is_own(finding))
        if others:
            deferred = replace(result, findings=others)
            self._deferred.append((pass_.is_across, mine, pass_.position, deferred))
        if not pass_.is_across:
            waiting = self._waiting.setdefault(path, [])
            waiting.append((mine, pass_.position, replace(result, findings=own)))
        return own, others

    def answered(self, pass_: Pass) -> None:
        """The pass has read its whole unit."""
        if not pass_.is_across:
            self._unread[pass_.unit.ordinal] -= 1

    def drop(self, pass_: Pass) -> None:
        self._waiting.pop(pass_.unit.file.path, None)

    def ended(self, pass_: Pass) -> tuple[list[PassResult], bool]:
        """After the last pass over a file, the results of all of them; and, after the last pass
        over a unit, whether all of them have read it."""
        if pass_.is_across:
            return [], False
        mine, path = pass_.unit.ordinal, pass_.unit.file.path
        self._of_unit[mine] -= 1
        self._to_come[path] -= 1
        is_read = not self._of_unit[mine] and not self._unread[mine]
        if self._to_come[path]:
            return [], is_read
        ended = sorted(self._waiting.pop(path, []), key=lambda item: item[:2])
        return [result for *_, result in ended], is_read

    def deferred(self, known: Collection[str]) -> Iterator[list[PassResult]]:
        """The deferred results, by unit, without the findings whose ids are known by then."""
        waiting = sorted(self._deferred, key=lambda item: item[:3])
        for _, same_unit in groupby(waiting, key=lambda item: item[:2]):
            results = [
                replace(
                    result,
                    findings=tuple(item for item in result.findings if item.id not in known),
                )
                for *_, result in same_unit
            ]
            if any(result.findings for result in results):
                yield results
