"""State that is shared: by calls, by threads, by the whole process, by an iteration over it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import last_name

_PROCESS = named(
    "signal.signal os.chdir os.umask os.putenv os.environ.update os.environ.pop"
    " os.environ.setdefault os.environ.clear locale.setlocale process.chdir"
    " socket.setdefaulttimeout sys.setrecursionlimit warnings.simplefilter"
    " warnings.filterwarnings os.Setenv os.Chdir setenv setlocale logging.disable"
)
_STARTS = named(
    "create_task ensure_future Thread submit run_in_executor spawn start_soon Process"
    " setTimeout setInterval pthread_create apply_async"
)
_CACHES = re.compile(r"@(?:functools\.)?(?:lru_cache|cache|cached_property)|@memo\w*\b")
_LOOK = 40  # lines of the loop that are searched
_ALTERS = "append|remove|pop|add|insert|extend|clear|update|delete|push|splice|discard|erase"


def ask(view: View) -> Iterator[Idea]:
    yield from _defaults(view)
    for fact in view.of("call"):
        line, text = at(fact, view), code(fact.text)
        if _PROCESS.fullmatch(fact.name):
            yield Idea(
                line,
                f"{text} holds for the whole process: who sets it back, and who is affected"
                " meanwhile?",
                68,
            )
        elif _STARTS.fullmatch(last_name(fact.name)):
            yield Idea(
                line,
                f"{text} runs beside this: what do both use, who waits for it and sees its error?",
                54,
            )
    for fact in view.of("assign"):
        if re.match(
            r"os\.environ\[|sys\.(?:path|argv|stdout|stderr)\b|process\.env\.|global\.",
            fact.parts[0],
        ):
            yield Idea(
                at(fact, view),
                f"{code(fact.text)} holds for the whole process: who sets it back?",
                64,
            )
        elif (
            not fact.owner
            and re.search(r"\.[A-Za-z_]\w*$", fact.parts[0])
            and fact.name == "="
            and view.language.name == "python"
        ):
            yield Idea(
                at(fact, view),
                f"{code(fact.text)} replaces this for everyone who imports it: what if that is"
                " done twice, or never undone?",
                58,
            )
    for fact in view.of("loop"):
        yield from _iterated(fact, view)
    for line in view.new.changed:
        if found := _CACHES.search(view.new.lines[line - 1] if line <= len(view.new.lines) else ""):
            yield Idea(
                line,
                f"{code(found[0])}: what changes the result without changing the arguments, and"
                " who alters the object that is kept?",
                52,
            )


def _defaults(view: View) -> Iterator[Idea]:
    changed = set(view.new.changed)
    for function in view.new.functions:
        for item in function.parameters:
            if (
                item.default in ("[]", "{}", "set()", "dict()", "list()")
                and view.language.name == "python"
            ):
                line = next(
                    (
                        n
                        for n in range(function.start, min(function.end, function.start + 30) + 1)
                        if n in changed and item.name in view.new.lines[n - 1]
                    ),
                    None,
                )
                if line:
                    yield Idea(
                        line,
                        f"The default of {code(item.name)} is one object for all calls: is it"
                        " ever altered?",
                        74,
                    )


def _iterated(fact: Fact, view: View) -> Iterator[Idea]:
    """A collection that is altered while it is iterated."""
    found = re.search(
        r"(?: in | of |range |: )\s*\(?\s*([\w.]+?)(?:\.(?:items|values|keys|entries|iter)\(\))?$",
        fact.text.rstrip(") "),
    )
    if not found or view.new.function(fact) is None:
        return
    name = re.escape(found[1])
    body = view.new.near(fact, -1, _LOOK)
    if re.search(rf"\b{name}\.(?:{_ALTERS})\(|\bdel {name}\[", body):
        yield Idea(
            at(fact, view), f"Is {code(found[1])} altered while {code(fact.text)} goes over it?", 66
        )
    elif fact.name and not re.fullmatch(r"[_\s,]*", fact.name):
        words = [
            w
            for w in re.findall(r"[A-Za-z_]\w*", fact.name)
            if w not in ("int", "auto", "final", "String", "_", "mut")
        ]
        if (
            words
            and fact.body
            and not any(re.search(rf"(?<![.\w]){re.escape(w)}\b", body) for w in words)
        ):
            yield Idea(
                at(fact, view),
                f"The loop never uses {code(words[-1])}: is each item treated, or one thing"
                " again and again?",
                64,
            )
