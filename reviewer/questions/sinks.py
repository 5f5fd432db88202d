"""Text that reaches a query, a command, a path, a page, an address or a log."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import is_literal, last_name

_SQL = re.compile(
    r"(?i)\b(?:select|insert into|update|delete from|drop|alter)\b.{0,200}"
    r"\b(?:from|set|values|where|table|into)\b"
)
_RUNS = named(
    "os.system subprocess.* os.popen exec.Command Runtime.* child_process.* execSync"
    " spawnSync system popen shell_exec Popen asyncio.create_subprocess_* Command::new"
)
_PATHS = named(
    "os.path.join path.join path.resolve filepath.Join open Path fopen os.Open os.remove"
    " shutil.* fs.* Paths.get *.joinpath os.makedirs File send_file os.unlink os.rename"
    " os.replace"
)
_PAGES = re.compile(
    r"(?:innerHTML|dangerouslySetInnerHTML|mark_safe|Markup|document\.write|insertAdjacentHTML|html_safe)"
)
_MARKUP = re.compile(r"<[a-zA-Z/][^>]{0,80}")
_SECRET = re.compile(
    r"(?i)passw|secret|(?<![a-z])token(?![a-z])|api_?key|authoriz|credential|cookie"
)
_LOGS = re.compile(r"(?i)(?:^|\.)(?:log\w*|debug|info|warn\w*|error|print\w*|exception|echo)$")
_NAMED = re.compile(r"\w+ ?=(?!=)")  # an argument with its name, such as mode=


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("string"):
        yield from _spliced(fact, view)
    for fact in view.of("call"):
        yield from _called(fact, view)
    for fact in view.of("assign"):
        if _PAGES.search(fact.parts[0]) and not is_literal(fact.parts[1]):
            yield Idea(
                at(fact, view),
                f"Can {code(fact.parts[1])} contain markup that someone else wrote?",
                66,
            )


def _spliced(fact: Fact, view: View) -> Iterator[Idea]:
    if not fact.parts:
        return
    line, value = at(fact, view), code(fact.parts[0].strip("${}#"), 40)
    if _SQL.search(fact.text):
        yield Idea(
            line,
            f"{value} becomes part of the query {code(fact.text)}: can it hold quotes or SQL?",
            68,
        )
    elif _MARKUP.search(fact.text) and fact.inside != "raise":
        yield Idea(
            line,
            f"{value} becomes part of markup: is it escaped, also where it holds quotes or tags?",
            56,
        )
    elif re.match(r"[frb]*['\"`](?:https?://|/[\w{$])", fact.text):
        yield Idea(
            line,
            f"{value} becomes part of an address: what if it holds `/`, `?`, `#`, `%` or `..`?",
            50,
        )
    elif (
        re.search(r"\\n|\n", fact.text)
        and len(fact.parts) > 1
        and fact.inside in ("return", "call")
    ):
        yield Idea(
            line,
            f"What if {value} itself holds a line break or the separator of {code(fact.text)}?",
            44,
        )


def _called(fact: Fact, view: View) -> Iterator[Idea]:
    line, text = at(fact, view), code(fact.text)
    given = [part for part in fact.parts if not is_literal(part)]
    if not given:
        return
    if _RUNS.fullmatch(fact.name):
        yield Idea(
            line,
            f"Can a value in {text} be taken for an option, or hold blanks or shell characters?",
            60,
        )
    elif fact.name in ("eval", "exec", "new Function", "pickle.loads", "yaml.load"):
        yield Idea(line, f"Who can write what {text} runs or loads?", 72)
    elif _PATHS.fullmatch(fact.name.removeprefix("new ")):
        places = [part for part in given if not _NAMED.match(part)]
        value = places[-1] if places else ""
        if value and not re.search(r"__file__|tmp_path", value) and len(value) < 60:
            yield Idea(
                line,
                f"Can {code(value, 40)} be absolute, hold `..` or a link, and lead"
                f" {text} elsewhere?",
                54 if "join" in fact.name.lower() else 42,
            )
    elif _LOGS.search(fact.name) and any(_SECRET.search(part) for part in given if len(part) < 120):
        yield Idea(line, f"Does {text} write a secret into a log?", 56)
    elif last_name(fact.name) in ("execute", "query", "raw", "executemany") and any(
        "+" in p or " % " in p for p in given
    ):
        yield Idea(line, f"Can a value become part of the query in {text}?", 66)
