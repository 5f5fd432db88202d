"""The report of `reviewer doctor`: its contract is schemas/doctor.schema.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reviewer import text

Status = Literal["ok", "warning", "failed", "skipped"]
STATUSES: tuple[Status, ...] = ("ok", "warning", "failed", "skipped")
_LONGEST = 500  # characters of one line; servers may send more


class _Frozen(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="forbid",
    )


class Check(_Frozen):
    """One thing that was looked at. `endpoint` is the server that it is about, null for this
    machine. `fix` is what to do about it, one line; it is never empty when the check failed.
    `measured` are numbers that were measured (tokens, bytes, or tokens per second, as the name
    says)."""

    name: str
    endpoint: str | None = None
    status: Status
    detail: str
    fix: str = ""
    measured: dict[str, float] = Field(default_factory=dict)


class Report(_Frozen):
    """All checks, in the order in which they are shown. `exitCode` is 1 when one of them failed;
    warnings do not count."""

    checks: list[Check]
    exit_code: Literal[0, 1]


def report(checks: Iterable[Check]) -> Report:
    listed = list(checks)
    return Report(
        checks=listed, exit_code=1 if any(check.status == "failed" for check in listed) else 0
    )


def ok(name: str, detail: str, measured: Mapping[str, float] | None = None) -> Check:
    return _make(name, "ok", detail, "", measured)


def skipped(name: str, detail: str, fix: str = "") -> Check:
    return _make(name, "skipped", detail, fix)


def warning(name: str, detail: str, fix: str, measured: Mapping[str, float] | None = None) -> Check:
    return _make(name, "warning", detail, fix, measured)


def failed(name: str, detail: str, fix: str, measured: Mapping[str, float] | None = None) -> Check:
    return _make(name, "failed", detail, fix, measured)


def _make(
    name: str, status: Status, detail: str, fix: str, measured: Mapping[str, float] | None = None
) -> Check:
    """File names and messages of servers and drivers are untrusted: make each one safe line."""
    rounded = {key: round(value, 1) for key, value in (measured or {}).items()}
    return Check(name=name, status=status, detail=_line(detail), fix=_line(fix), measured=rounded)


def _line(value: str) -> str:
    return text.cut(text.one_line(text.scalar(value)), _LONGEST)
