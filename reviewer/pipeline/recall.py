"""What a run has from earlier runs, and what it leaves to later ones."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer import analyzers, memory, verify
from reviewer.pipeline import settle
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Plan


@dataclass(frozen=True)
class Past:
    """The memory of a run. `key` stands for all that decides its findings, None where that cannot
    be known; `precedents` are the dismissals that the verifier may be shown."""

    plan: Plan
    store: memory.Store
    session: memory.Session
    precedents: verify.Precedents
    key: str | None

    @classmethod
    def of(cls, plan: Plan, store: memory.Store) -> Past:
        settings, choice = plan.settings, plan.choice
        session = memory.begin(
            store,
            plan.change,
            plan.source,
            memory.ReplyCache(store, settings.cache, also=(settings.endpoint, settings.seed)),
            model=choice.model,
            baseline=plan.baseline,
            engine=choice.engine,
        )
        precedents = settle.precedents(plan, session.dismissals, session.dismissed)
        # What decides the findings besides the change and the settings.
        also = (
            choice.engine,
            choice.model,
            choice.role,
            choice.context_tokens,
            choice.problem,
            analyzers.versions(),
            plan.request.guidelines,
            plan.since.digest if plan.since else "",
            precedents.digest,
        )
        key = memory.run_key(plan.change, settings, *also, tree=plan.change.tree)
        return cls(plan, store, session, precedents, key)

    def recall(self, ledger: Ledger) -> bool:
        """Whether this very run was made before, to its end: then its findings are published again
        and nothing is asked."""
        plan = self.plan
        wanted = self.key and plan.settings.cache == "use" and not plan.request.show_rejected
        known = memory.get_run(self.store, self.key) if self.key and wanted else None
        if known is None:
            return False
        ledger.recalled = True
        for finding in known[0]:
            ledger.publish(finding, aged=False)
        names = plan.settings.analyzers
        used = set(analyzers.ANALYZERS if names is None else names) - analyzers.missing().keys()
        ledger.asked |= {"reviewer", *(f"analyzer:{name}" for name in used)}
        ledger.asked |= {"model"} if plan.choice.role != "none" else set()
        return True

    def units_read(self) -> set[int]:
        """The ordinals of the units that an earlier run has read, where that may count."""
        if self.plan.settings.cache != "use" or self.plan.settings.max_units is None:
            return set()  # all of it is asked again
        return memory.read_before(self.store, self.plan.units, *self._reader())

    def remember(self, ledger: Ledger, clock: Clock) -> Outcome:
        """Tell the memory what the run has seen; what came of the run."""
        settings, replies, seconds = self.plan.settings, self.session.replies, clock.elapsed
        over, writes = clock.over, settings.cache != "off"
        if self.key and writes and ledger.may_be_recalled(over=over):
            tokens = ledger.usage.prompt_tokens + ledger.usage.completion_tokens
            memory.put_run(self.store, self.key, ledger.stood_by, tokens=tokens, seconds=seconds)
        recorded = self.session.record(
            reviewed=ledger.reviewed(),
            sources=ledger.asked,
            complete=ledger.is_whole(over=over),
            seconds=seconds,
            usage=ledger.usage,
            shown={each.id for each in ledger.published},
            present=ledger.withheld(),
            rejected={each.finding.id: f"{each.stage}: {each.reason}" for each in ledger.rejected},
        )
        if self.store.warning:
            ledger.warn(self.store.warning)
        if writes:
            memory.mark_read(self.store, ledger.read, *self._reader())
        return ledger.outcome(
            seconds=clock.elapsed,
            resolved=recorded.resolved,
            hits=len(self.plan.units) if ledger.recalled else replies.hits,
            misses=0 if ledger.recalled else replies.misses,
        )

    def _reader(self) -> tuple[object, ...]:
        """Who reads: a unit that another model has read, or with other effort, is not read."""
        settings, choice = self.plan.settings, self.plan.choice
        return choice.engine, choice.model, settings.endpoint, settings.effort, settings.seed
