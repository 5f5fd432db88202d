"""All settings, and the subset that a reviewed repository may set."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from reviewer.globs import BadGlob, Globs
from reviewer.types import Severity

DEFAULT_TIMEOUT = 1800.0
LONGEST = 14 * 86400  # seconds; system waits must fit into 31 bits of milliseconds
MOST = 1 << 30  # bytes, tokens, units; reading a file allocates as much at once
EngineName = Literal["auto", "vllm", "llamacpp", "ollama", "openai", "none"]


def time_limit(given: float | None, default: float) -> float:
    """The seconds that a command has until its settings are read: those that were `given`, if they
    are a time limit at all (the settings refuse other numbers in words), else the default."""
    return given if given is not None and 0 < given <= LONGEST else default


def kebab(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    model_config = ConfigDict(
        alias_generator=kebab, validate_by_name=True, extra="forbid", frozen=True
    )


def _checked_glob(value: str) -> str:
    try:
        Globs([value])
    except BadGlob:
        raise ValueError("not a .gitignore glob") from None
    return value


def _with_history(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Credentials are looked for in the commits, too: a push publishes both."""
    if names is None or "secrets" not in names or "history" in names:
        return names
    return (*names, "history")


Glob = Annotated[str, AfterValidator(_checked_glob)]


class PathInstructions(_Table):
    """Extra instructions for the files that match a glob."""

    glob: Annotated[Glob, Field(max_length=300)]
    instructions: Annotated[str, Field(max_length=4000)]

    def matches(self, path: str) -> bool:
        """Whether the glob matches the path, by .gitignore rules."""
        return Globs([self.glob]).match(path)


# What a repository must not have ignored as a whole: credentials, hidden characters, and text that
# addresses the reviewer. Whoever wrote it there would be the one to silence it.
PROTECTED = ("secrets", "history", "unicode", "reviewer")


class Ignore(_Table):
    """Findings that are left out: those of a rule, in the files of a path, or both."""

    rule: Annotated[Glob, Field(min_length=1, max_length=200)] | None = None
    path: Annotated[Glob, Field(min_length=1, max_length=300)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if self.rule is None and self.path is None:
            raise ValueError("neither a rule nor a path is given")
        return self

    @property
    def of_repository(self) -> bool:
        return False


class RepositoryIgnore(Ignore):
    """As a repository may set it: what is PROTECTED is never left out by it."""

    @field_validator("rule")
    @classmethod
    def _is_no_protected_one(cls, rule: str | None) -> str | None:
        if rule is not None and rule.lstrip("/").partition("/")[0] in PROTECTED:
            raise ValueError(f"only the user may ignore what comes from {', '.join(PROTECTED)}")
        return rule

    @property
    def of_repository(self) -> bool:
        return True


class Settings(_Table):
    """All settings. A description is its line in `reviewer config show` and in the README."""

    engine: EngineName = Field(
        "auto", description="engine that runs the model; none = analyzers only"
    )
    endpoint: str | None = Field(
        None, description="URL of a running server, with or without /v1, or unix:/path"
    )
    model: str | None = Field(
        None, description="served model name, or the path of a GGUF file for llamacpp"
    )
    api_key: SecretStr | None = Field(
        None, description="API key of the endpoint (environment or key file only)"
    )
    insecure: bool = Field(
        False,
        description="send the key to another machine over plain http, where others can read it",
    )
    timeout: Annotated[float, Field(gt=0, le=LONGEST)] = Field(
        DEFAULT_TIMEOUT, description="seconds for the whole run"
    )
    max_tokens: Annotated[int, Field(ge=64, le=MOST)] | None = Field(
        None, description="longest reply, in tokens"
    )
    concurrency: Annotated[int, Field(ge=1, le=512)] | None = Field(
        None, description="requests in flight; default: as many as the server can use"
    )
    seed: int = Field(
        0, description="sampling seed; the temperature is 0 where the model does not think"
    )
    effort: Literal["low", "medium", "high"] = Field(
        "medium", description="how many passes review each unit"
    )
    thinking: Literal["off", "verify", "on", "auto"] = Field(
        "auto",
        description=(
            "which calls of the model think first: none, those that verify findings, or all;"
            " auto: none with low effort, verify with medium, on with high"
        ),
    )
    profile: Literal["chill", "balanced", "assertive"] = Field(
        "balanced",
        description="how much is reported: chill hides trivial and info, balanced hides info, and"
        " trivial in tests and documentation; assertive shows all",
    )
    min_severity: Severity | None = Field(None, description="hide findings below this severity")
    fail_on: Severity | None = Field(
        None, description="exit 1 when a finding is at least this severe"
    )
    include: tuple[Glob, ...] = Field(
        (), description="review only files that match one of these globs"
    )
    exclude: tuple[Glob, ...] = Field((), description="skip files that match one of these globs")
    path: tuple[PathInstructions, ...] = Field(
        (), description="[[path]] tables: glob + instructions"
    )
    ignore: tuple[Ignore, ...] = Field(
        (),
        description="[[ignore]] tables: findings to leave out, by rule, path or both, and why",
    )
    guidelines: tuple[str, ...] = Field(
        (), description="extra guideline files, read from the base revision"
    )
    max_file_bytes: Annotated[int, Field(ge=1, le=MOST)] = Field(
        1 << 20, description="skip larger files and list them as too_large"
    )
    max_diff_bytes: Annotated[int, Field(ge=1, le=MOST)] = Field(
        64 << 20, description="size limit for the whole diff"
    )
    analyzers: Annotated[tuple[str, ...] | None, AfterValidator(_with_history)] = Field(
        None, description="analyzers to run; default: all that are available"
    )
    verify_command: Annotated[str, Field(max_length=1000)] | None = Field(
        None, description="command that every patch must pass, in a copy of the repository"
    )
    verify_timeout: Annotated[float, Field(gt=0, le=LONGEST)] = Field(
        60.0, description="seconds for each check of a patch"
    )
    baseline: Annotated[str, Field(pattern=r"^[^\x00]+$")] | None = Field(
        None,
        description=(
            "file in the repository that lists dismissed findings, read from the base revision"
        ),
    )
    baseline_commit: Annotated[str, Field(min_length=1)] | None = Field(
        None, description="hold back findings on lines unchanged since this commit"
    )
    max_units: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        None,
        description=(
            "new units of the change to review, riskiest first; the rest are listed as unit_limit"
        ),
    )
    precedents: bool = Field(
        True, description="show earlier dismissals to the judge, as precedents"
    )
    cache: Literal["use", "fresh", "off"] = Field(
        "use", description="fresh: ask again and store the replies; off: neither read nor store"
    )


class RepositorySettings(_Table):
    """The settings that a reviewed repository may set. Lists extend the user's; fail-on may only
    get stricter."""

    include: tuple[Glob, ...] = ()
    exclude: tuple[Glob, ...] = ()
    path: tuple[PathInstructions, ...] = ()
    ignore: tuple[RepositoryIgnore, ...] = ()
    guidelines: tuple[str, ...] = ()
    profile: Literal["chill", "balanced", "assertive"] | None = None
    min_severity: Severity | None = None
    fail_on: Severity | None = None
