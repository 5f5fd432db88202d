"""What the errors of javac mean, by the keys of its messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OWNER = re.compile(
    r"\(compiler\.misc\.location(?:\.1)?: kindname\.\w+, (?:[\w$]+, )?([\w.$]+)"
    r"|inapplicable\.method: kindname\.\w+, ([\w.$]+)"
)
_APPLIED = re.compile(
    r"kindname\.(method|constructor), ([\w$]+), (.*), (.*), kindname\.\w+, ([\w.$]+)"
    r"(?:<.*>)?, \((compiler\.misc\.[\w.]+)"
)
_TYPES = re.compile(
    r"\(compiler\.misc\.(inconvertible\.types|possible\.loss\.of\.precision): (.*)\)$"
)
_MOST = 4000  # characters
_ERRONEOUS = "<any>"  # a type that another error is about
_LOCATION = "cant.resolve"
# Keys that mean what they say wherever all types are known: the rule, and a message whose {} is the
# first value.
_PLAIN = {
    "does.not.override.abstract": ("missing-method", "`{0}` does not define `{1}` of `{2}`."),
    "report.access": ("no-access", "`{0}` of `{2}` is {1}."),
    "not.def.public.cant.access": ("no-access", "`{0}` of `{1}` is not public."),
    "abstract.cant.be.instantiated": ("missing-method", "`{0}` is abstract, so it has no objects."),
    "already.defined": ("duplicate-definition", "`{1}` is defined twice."),
    "missing.ret.stmt": ("missing-return", "The method can end without returning a value."),
    "var.might.not.have.been.initialized": (
        "missing-value",
        "`{0}` may not have a value here.",
    ),
    "incomparable.types": ("type-mismatch", "Values of `{0}` and `{1}` are never equal."),
    "override.meth": ("override-conflict", "The method does not fit the one that it overrides."),
    "override.incompatible.ret": (
        "override-conflict",
        "The method returns another type than the one that it overrides.",
    ),
    "override.weaker.access": (
        "override-conflict",
        "The method is less accessible than the one that it overrides.",
    ),
    "override.meth.doesnt.throw": (
        "override-conflict",
        "The method throws what the one that it overrides does not.",
    ),
}
# Those that also depend on what else is in the file, which must be known whole: a lambda may throw
# what the unknown function that it is given to allows.
_IN_FILE = {
    "unreported.exception.need.to.catch.or.throw": (
        "unreported-exception",
        "`{0}` can be thrown here, and is neither caught nor declared.",
    ),
    "unreported.exception.implicit.close": (
        "unreported-exception",
        "`{0}` can be thrown when this is closed, and is neither caught nor declared.",
    ),
    "method.does.not.override.superclass": (
        "override-conflict",
        "The method overrides none, although it says so.",
    ),
    "except.never.thrown.in.try": (
        "unreported-exception",
        "`{0}` is caught here, and never thrown.",
    ),
    "non-static.cant.be.ref": ("no-access", "`{1}` belongs to an object, and there is none here."),
}
_SYNTAX = (
    "expected",
    "illegal.",
    "premature.eof",
    "not.stmt",
    "orphaned",
    "unclosed",
    "preview.",
    "feature.",
    "underscore",
    "restricted",
    "invalid.",
    "malformed",
    "else.without",
    "catch.without",
    "try.without",
    "class.not.allowed",
    "variable.not.allowed",
    "local.enum",
    "enum.",
    "record.",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    rule: str
    message: str
    name: str = ""  # of the method, field or type that the error is about
    owner: str = ""  # the class that it is looked for in
    whole_file: bool = False  # whether all of the file must be known


def is_syntax(key: str) -> bool:
    return key.startswith(_SYNTAX)


def missing_type(key: str, values: str) -> str:
    """The simple name of the type that is not found; "" if the error says something else."""
    kind, _, rest = values.partition(", ")
    if key.startswith(_LOCATION) and kind in ("kindname.class", "kindname.interface"):
        return rest.split(",", 1)[0].strip()
    return ""


def meaning(key: str, values: str) -> Meaning | None:
    """What an error says that is not about a missing type; None for one that says nothing
    certain."""
    if len(values) > _MOST or _ERRONEOUS in values:
        return None
    if key.startswith(_LOCATION):
        return _unresolved(values)
    if key in ("cant.apply.symbol", "cant.apply.symbols"):
        return _inapplicable(key, values)
    if key == "prob.found.req":
        types = _TYPES.match(values)
        if types is None:
            return None
        given, wanted = _halves(types[2])
        return Meaning(
            "type-mismatch", f"`{_short(given)}` is given where `{_short(wanted)}` goes."
        )
    parts = values.split(", ")
    for known, whole_file in ((_PLAIN, False), (_IN_FILE, True)):
        if key in known:
            rule, form = known[key]
            shown = [_short(part) for part in (*parts, "", "")]
            name = parts[1] if key == "does.not.override.abstract" else parts[0]
            owner = parts[-1] if key != "already.defined" else ""
            name = name.split("(", 1)[0]
            return Meaning(rule, form.format(*shown), name, owner, whole_file)
    return None


def _unresolved(values: str) -> Meaning | None:
    kind, _, rest = values.partition(", ")
    name = rest.split(",", 1)[0].strip()
    owner = _OWNER.search(values)
    if owner is None or not name or kind in ("kindname.class", "kindname.interface"):
        return None
    of = owner[1] or owner[2]
    return Meaning("undefined-symbol", f"`{_short(of)}` has no `{name}`.", name, of)


def _inapplicable(key: str, values: str) -> Meaning | None:
    if key == "cant.apply.symbols":
        owner = _OWNER.search(values)
        name = values.split(", ", 2)[1]
        if owner is None:
            return None
        message = f"No `{name}` of `{_short(owner[2])}` takes these arguments."
        return Meaning("wrong-arguments", message, name, owner[2])
    found = _APPLIED.match(values)
    if found is None or found[6] not in (
        "compiler.misc.arg.length.mismatch",
        "compiler.misc.no.conforming.assignment.exists",
    ):
        return None
    _, name, takes, given, of, _ = found.groups()
    takes, given = (
        "" if "no.args" in part else _short(part.replace(",", ", ")) for part in (takes, given)
    )
    message = f"`{name}` of `{_short(of)}` takes ({takes}), and is given ({given})."
    if "@" in given:  # the type of a lambda is open
        message = f"`{name}` of `{_short(of)}` takes ({takes}), which does not fit."
    return Meaning("wrong-arguments", message, name, of)


def _halves(types: str) -> tuple[str, str]:
    """The two types that a comma stands between, outside of all brackets."""
    depth = 0
    for at, char in enumerate(types):
        depth += (char in "<(") - (char in ">)")
        if not depth and types.startswith(", ", at):
            return types[:at], types[at + 2 :]
    return types, ""


def _short(types: str) -> str:
    """Types without their packages."""
    types = types.replace("compiler.misc.anonymous.class: ", "").replace("compiler.misc.type.", "")
    return re.sub(r"\b(?:[a-z_][\w$]*\.)+(?=[A-Z])", "", types)
