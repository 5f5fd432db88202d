"""The state of a running review: the sum of its events, and the line that shows its progress or its
end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewer.doors.tui.model import Item, Line
from reviewer.events import Complete, Error, Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.findings import told_once
from reviewer.outputs.collected import NO_END
from reviewer.outputs.page import Page, clean, inline
from reviewer.outputs.progress import BEGINNING, DOING, clock_time
from reviewer.outputs.summary_text import conclusion, failure, summary
from reviewer.outputs.wording import against, engine, time_left, units_done, verdict
from reviewer.text import count, cut


@dataclass(frozen=True, slots=True)
class Live:
    """`over` is set when nothing runs any more; without an `end` the run then ended without a
    result."""

    context: ReviewContext | None = None
    findings: tuple[Finding, ...] = ()
    doing: str = BEGINNING
    beat: Heartbeat | None = None  # the last one
    end: Complete | Error | None = None
    over: bool = False
    stopping: bool = False

    def after(self, event: Event) -> Live:
        match event:
            case ReviewContext():
                return replace(self, context=event)
            case Status():
                return replace(self, doing=DOING[event.status])
            case Heartbeat():
                return replace(self, beat=event)
            case Finding():
                return replace(self, findings=(*self.findings, event))
            case Complete() | Error():
                return replace(self, end=event, findings=tuple(told_once(self.findings)))

    def status(self, seconds: float) -> Line:
        """The progress after `seconds`, or the verdict, which looks clean only if everything was
        reviewed."""
        if not self.over:
            return (("running", " · ".join(self._parts(seconds))),)
        if not isinstance(self.end, Complete):
            so_far = (
                f"; INCOMPLETE: {count(len(self.findings), 'finding')} so far"
                if self.findings
                else ""
            )
            return (
                (
                    "bad",
                    f"error: {inline(cut(self.end.message if self.end else NO_END, 600))}{so_far}",
                ),
            )
        style, said = verdict(self.context, self.end, self.findings)
        code = f" · exit {self.end.exit_code}" if self.end.exit_code else ""
        more = (
            ""
            if self.end.message in ("", "Review completed")
            else f"  {inline(cut(self.end.message, 400))}"
        )
        return ((style, said + code), ("", more))

    def _parts(self, seconds: float) -> Iterator[str]:
        beat = self.beat
        yield "stopping; finished work is kept" if self.stopping else self.doing
        if beat and beat.units_total:
            yield units_done(beat.units_done, beat.units_total)
        yield count(len(self.findings), "finding")
        yield clock_time(seconds)
        if beat and beat.seconds_left is not None and not self.stopping:
            yield time_left(beat.seconds_left - (seconds - beat.elapsed_seconds))

    def head(self) -> Line:
        """What is reviewed, against which base, with which model."""
        return (
            (
                "dim",
                f"{against(self.context)} · {engine(self.context)}" if self.context else "reviewer",
            ),
        )

    def report(self, columns: int) -> list[Line]:
        """The end of the report, as in the terminal output; names every file that was not
        reviewed."""
        if not isinstance(self.end, Complete):
            return [
                (("", line),)
                for line in clean(self.end.message if self.end else NO_END).split("\n")
            ]
        lines = summary(
            Page(columns, False), self.context, self.end, list(self.findings), verbose=True
        )
        return [(("", line),) for line in lines]

    def last_lines(self, page: Page) -> list[str]:
        """The lines that stay on the terminal after the screen is gone."""
        if isinstance(self.end, Complete):
            return [*conclusion(page, self.context, self.end, list(self.findings))]
        return [*failure(page, self.end, list(self.findings), verbose=False)]


def remembered_status(items: Sequence[Item], *, complete: bool | None) -> Line:
    """The status line for findings from the memory."""
    open_ones = sum(item.state in ("new", "open") for item in items)
    dismissed = sum(item.state == "dismissed" for item in items)
    said = (
        f"the last run here: {count(open_ones, 'open finding')}"
        + f", {dismissed:,} dismissed" * bool(dismissed)
    )
    said = said if items else "No findings recorded here"
    return (("bold", said + "; INCOMPLETE: it did not review everything" * (complete is False)),)
