"""The sources of settings, weakest first, and what each may set."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reviewer import disk, text
from reviewer.config.places import REPOSITORY_FILE
from reviewer.config.settings import RepositorySettings, Settings, kebab
from reviewer.errors import ConfigError
from reviewer.types import Severity, is_at_least

MAX_CONFIG_BYTES = 64 << 10  # tomllib takes time that is quadratic in the length of dotted keys


@dataclass(frozen=True)
class Loaded:
    """The settings in force, the origin of each (`default`, a file, `environment`, `command line`),
    and warnings about what was ignored."""

    settings: Settings
    origin: Mapping[str, str]
    warnings: tuple[str, ...]


# Environment variables that set a setting; the other REVIEWER_ variables, below, are read
# elsewhere.
_ENVIRONMENT: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "REVIEWER_ENDPOINT": ("endpoint", str),
    "REVIEWER_MODEL": ("model", str),
    "REVIEWER_ENGINE": ("engine", str),
    "REVIEWER_TIMEOUT": ("timeout", str),
    "REVIEWER_FAIL_ON": ("fail_on", str),
    "REVIEWER_INSECURE": ("insecure", str),
    "REVIEWER_API_KEY": ("api_key", str.strip),
}
_PREFIX = "REVIEWER_"
_OTHER_VARIABLES = frozenset(
    {
        "REVIEWER_API_KEY_FILE",
        "REVIEWER_SKIP",
        "REVIEWER_CACHE_DIR",
        "REVIEWER_STATE_DIR",
        "REVIEWER_MCP_TOKEN",
        "REVIEWER_PAGER",
    }
)


def load(
    overrides: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    user: Path | None = None,
    repository: bytes | None = None,
) -> Loaded:
    """Merge all sources. `overrides` are the command-line options, by setting name; `repository` is
    the content of `.reviewer.toml` at the base revision.

    Raises ConfigError, naming the file and line, or the variable, that is wrong.
    """
    values: dict[str, Any] = {}
    origin = dict.fromkeys(Settings.model_fields, "default")
    warnings: list[str] = []

    def put(new: Mapping[str, Any], source: str) -> None:
        values.update(new)
        origin.update(dict.fromkeys(new, source))

    if user is not None and user.is_file():
        put(_user_values(user, warnings), text.one_line(str(user)))
    if repository is not None:
        put(_repository_values(repository, values, warnings), f"{REPOSITORY_FILE} (base)")
    put(_environment_values(environ, warnings), "environment")
    put(overrides, "command line")
    try:
        return Loaded(Settings.model_validate(values), origin, tuple(warnings))
    except ValidationError as exc:
        raise _explain(exc, lambda name: origin.get(name, "configuration")) from None


def _user_values(path: Path, warnings: list[str]) -> dict[str, Any]:
    name = text.one_line(str(path))
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{name} cannot be read: {exc.strerror}") from None
    table = _toml(data, name)
    if "api-key" in table or "api_key" in table:
        raise ConfigError(
            f"{name}: api-key is not allowed in a file; set REVIEWER_API_KEY_FILE instead"
        )
    try:
        parsed = Settings.model_validate(table, by_name=False)
    except ValidationError as exc:
        raise _explain(exc, lambda _: name) from None
    return {field: getattr(parsed, field) for field in parsed.model_fields_set}


def _repository_values(
    data: bytes, below: Mapping[str, Any], warnings: list[str]
) -> dict[str, Any]:
    """The repository's settings, combined with the user's values. Nothing in them can stop a
    review: anything invalid or not allowed is ignored with a warning."""
    try:
        table = _toml(data, REPOSITORY_FILE)
    except ConfigError as exc:
        warnings.append(f"{exc.message}; the file is ignored")
        return {}
    allowed = {field.replace("_", "-") for field in RepositorySettings.model_fields}
    for key in sorted(table.keys() - allowed):
        warnings.append(
            f"{REPOSITORY_FILE}: a repository may not set {text.one_line(key)}; ignored"
        )
    values: dict[str, Any] = {}
    for key in sorted(table.keys() & allowed):
        try:
            parsed = RepositorySettings.model_validate({key: table[key]})
        except ValidationError as exc:
            warnings.append(f"{_explain(exc, lambda _: REPOSITORY_FILE).message}; ignored")
            continue
        field = key.replace("-", "_")
        value = getattr(parsed, field)
        if isinstance(value, tuple):
            value = (*below.get(field, ()), *value)
        elif field == "fail_on" and not _stricter(value, below.get(field)):
            warnings.append(f"{REPOSITORY_FILE}: fail-on may only get stricter; ignored")
            continue
        values[field] = value
    return values


def _stricter(new: Severity, old: Severity | None) -> bool:
    return old is None or is_at_least(old, new)


def _environment_values(environ: Mapping[str, str], warnings: list[str]) -> dict[str, Any]:
    known = {*_ENVIRONMENT, *_OTHER_VARIABLES}
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in known:
            near = text.nearest(
                name.removeprefix(_PREFIX), (each.removeprefix(_PREFIX) for each in known)
            )
            warnings.append(
                f"unknown environment variable {text.one_line(name)}"
                + (f"; did you mean {_PREFIX}{near}?" if near else "; see `reviewer config show`")
            )
    values = {
        field: convert(environ[name])
        for name, (field, convert) in _ENVIRONMENT.items()
        if environ.get(name, "").strip()
    }
    if "api_key" not in values and (file := environ.get("REVIEWER_API_KEY_FILE")):
        values["api_key"] = _key_file(Path(file), warnings)
    return values


def _key_file(path: Path, warnings: list[str]) -> str:
    name = text.one_line(str(path))
    try:
        info, key = path.stat(), path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not text"
        raise ConfigError(f"REVIEWER_API_KEY_FILE: {name} cannot be read: {reason}") from None
    if not key or len(key.splitlines()) > 1:
        raise ConfigError(f"REVIEWER_API_KEY_FILE: {name} must hold the key on one line")
    if disk.open_to(info, 0o077):
        warnings.append(f"{name} can be read by others; run: chmod 600 {name}")
    return key


def _toml(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_CONFIG_BYTES:
        raise ConfigError(f"{name} is larger than {MAX_CONFIG_BYTES} bytes")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ConfigError(f"{name} is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ConfigError(f"{name}: {text.one_line(str(exc)) or 'nested too deeply'}") from None


def _explain(exc: ValidationError, where: Callable[[str], str]) -> ConfigError:
    first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    place = ".".join(text.one_line(str(part)) for part in first["loc"])
    if first["type"] == "extra_forbidden":  # keeps the spelling of the user
        return ConfigError(
            f"{where(name.replace('-', '_'))}: {place}: unknown setting; see `reviewer config show`"
        )
    return ConfigError(
        f"{where(name.replace('-', '_'))}: {kebab(place)}: {text.one_line(first['msg'])}"
    )
