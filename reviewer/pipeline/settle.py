"""What happens to a finding before it is published: it is judged, and its patch is proved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewer import findings, fixes, memory, text, verify
from reviewer.events import Finding
from reviewer.findings import PassResult, Replacement
from reviewer.models.ask import Thoughtful
from reviewer.pipeline.ask_unit import ask_replacement
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.interview import Interview
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.nearby import Nearby
from reviewer.pipeline.plan import Plan
from reviewer.types import Evidence

PROOFS_AT_ONCE = 2  # each proof runs git, parsers and analyzers
_PUBLISHING = 0.4  # of the time after the end, for what is not published by then


@dataclass
class Settlement:
    """Judges findings and runs the proofs of their patches in the background. A finding that stands
    is published as soon as its patch is proved."""

    plan: Plan
    ledger: Ledger
    precedents: verify.Precedents
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PROOFS_AT_ONCE))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    # What analyzers report, as far as it was published or announced when last looked at.
    _nearby: Nearby = field(default_factory=Nearby)
    _seen: Counter[str] = field(default_factory=Counter)
    # The result of the user's verify command without any patch: it runs once.
    _before: asyncio.Future[Any] | None = None

    async def settle_file(self, interview: Interview, results: Sequence[PassResult]) -> None:
        """Judge the findings of all passes over one file, and publish those that stand: at once, or
        when their patches are proved."""
        known = self._known_near([finding for each in results for finding in each.findings])
        kept, refused = await _judged(
            self.plan, self.ledger, self.precedents, interview, results, known
        )
        self.ledger.release(finding for result in results for finding in result.findings)
        for finding in kept:
            wanted = _replacements(finding, results, refused)
            if finding.id in wanted:
                self.ledger.hold([finding])
                self._start(self._prove(interview, wanted, finding))
            else:
                self.ledger.publish(finding)

    def _known_near(self, findings: Sequence[Finding]) -> list[Finding]:
        """The analyzers' findings on or near the lines of `findings`."""
        lists = {"published": self.ledger.published, "announced": self.ledger.announced}
        for name, known in lists.items():
            new = known[self._seen[name] :]
            self._seen[name] = len(known)
            self._nearby.add(each for each in new if each.source != "model")
        return self._nearby(findings)

    def settle_hit(self, hit: Evidence, finding: Finding) -> None:
        """Publish an analyzer's finding, with a patch if the analyzer has a fix that can be
        proved."""
        self.ledger.hold([finding])
        self.ledger.announce(finding)
        self._start(self._prove_hit(hit, finding))

    async def wait(self) -> None:
        """Wait for all proofs started so far: then their findings are published."""
        tasks, self._tasks = self._tasks, []
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def end(self, clock: Clock) -> None:
        """Cancel the proofs that are still running, and publish as it is what was not judged or
        proved in time, as far as there is time for that. Signals are heard in between."""
        for task in self._tasks:
            task.cancel()
        pending = self.ledger.pending()
        if pending:
            told = text.count(len(pending), "finding")
            self.ledger.warn(f"there was no time to judge or prove {told}, published as found")
        for number, finding in enumerate(pending):
            if not clock.may_go_on(_PUBLISHING):
                self.ledger.leave(pending[number:])
                return
            self.ledger.publish(finding)
            await asyncio.sleep(0)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _prove(
        self,
        interview: Interview,
        wanted: Mapping[str, tuple[PassResult, Replacement]],
        finding: Finding,
    ) -> None:
        """Prove the patch for the finding and all of its places that have a replacement, else the
        one for the finding alone. The replacements are by id, with the passes that gave them."""
        home, own = wanted[finding.id]
        built = self._built([replacement for _, replacement in wanted.values()])
        is_alone = len(wanted) == 1 or isinstance(built, fixes.Refused)

        async def repair(reason: str) -> fixes.Built | fixes.Refused | None:
            if not is_alone:
                return self._built([own])
            other = await ask_replacement(interview, home, finding, reason)
            return self._built([other]) if other else None

        async with self._room:
            proved = await fixes.attach(
                finding,
                self._built([own]) if is_alone else built,
                self.plan.change,
                repair=repair,
                **await self._options(),
            )
            self.ledger.publish(findings.masked(proved, self.plan.masks))

    async def _prove_hit(self, hit: Evidence, finding: Finding) -> None:
        async with self._room:
            built = await asyncio.to_thread(fixes.analyzer_fix, hit, self.plan.change)
            if isinstance(built, fixes.Built):
                finding = await fixes.attach(
                    finding, built, self.plan.change, cause=hit, **await self._options()
                )
        self.ledger.publish(findings.masked(finding, self.plan.masks))

    def _built(self, wanted: Sequence[Replacement]) -> fixes.Built | fixes.Refused:
        edits = [
            fixes.Edit(each.path, each.start, each.old_lines, each.new_lines, each.side)
            for each in wanted
        ]
        return fixes.build(edits, self.plan.change)

    async def _options(self) -> dict[str, Any]:
        """The keyword arguments of `fixes.attach` and `fixes.prove` that all patches share."""
        settings = self.plan.settings
        command, timeout = settings.verify_command, settings.verify_timeout
        if command and self._before is None:
            self._before = asyncio.ensure_future(
                fixes.run_before(self.plan.change, command, timeout)
            )
        return {
            "names": settings.analyzers,
            "verify_command": command,
            "before": await self._before if self._before else None,
            "timeout": timeout,
        }


def precedents(
    plan: Plan,
    decisions: memory.Dismissals,
    settled: Callable[[Finding], bool] = lambda finding: False,
) -> verify.Precedents:
    """The earlier dismissals that the judge may see: none when the model does not judge."""
    settings = plan.settings
    if not settings.precedents or settings.effort == "low" or plan.choice.role != "reviewer":
        return verify.Precedents()
    return verify.Precedents.of(decisions.by_id.values(), settled)


def _replacements(
    finding: Finding, results: Sequence[PassResult], refused: Collection[tuple[str, str]]
) -> dict[str, tuple[PassResult, Replacement]]:
    """The replacements for the finding and for its places, by id, with the passes that gave them:
    those given in the finding's own words come before those of others on its line. What was given
    for a candidate that does not stand mends nothing."""
    given = sorted(
        (
            (key != (finding.id, finding.title), key[0], result, replacement)
            for result in results
            for key, replacement in result.replacements.items()
            if key not in refused
        ),
        key=lambda each: each[0],
    )
    found: dict[str, tuple[PassResult, Replacement]] = {}
    for _, id_, result, replacement in given:
        found.setdefault(id_, (result, replacement))
    mended = (finding.id, *(place.id for place in finding.places))
    return {each: found[each] for each in mended if each in found}


async def _judged(
    plan: Plan,
    ledger: Ledger,
    known: verify.Precedents,
    interview: Interview,
    results: Sequence[PassResult],
    published: Sequence[Finding],
) -> tuple[Sequence[Finding], set[tuple[str, str]]]:
    """The findings that neither code nor, with effort above low, the model itself could disprove,
    and the ids and titles of the others. A smoke model's findings are not worth judging."""
    if plan.choice.role == "smoke":
        return findings.merge([finding for result in results for finding in result.findings]), set()
    judged = await verify.judge(
        results,
        plan.change,
        plan.source,
        model=interview.model,
        effort=plan.settings.effort,
        floor=verify.FLOORS[plan.settings.profile],
        redact=plan.redact,
        asker=Thoughtful(interview.asker, plan.thought("verify")),
        evidence=ledger.evidence.get(results[0].unit.file.path, ()),
        published=published,
        precedents=known,
        dismissed=ledger.decisions.dismissed,
    )
    ledger.spend(judged.usage)
    ledger.reject(judged.rejected)
    for problem in judged.problems:
        ledger.warn(f"could not verify some findings: {problem}")
    return judged.published, {(each.finding.id, each.finding.title) for each in judged.rejected}
