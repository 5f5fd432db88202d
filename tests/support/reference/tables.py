"""The smaller tables: formats, exit codes, rules, schemas, analyzers, hardware."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from support.event_cases import load
from support.machines import MACHINES
from support.output_runs import rendered
from support.reference.markdown import fenced, meaning, prose, table

from reviewer import errors
from reviewer.analyzers import ANALYZERS
from reviewer.analyzers.descriptions import description
from reviewer.analyzers.severity import ratings
from reviewer.cli.schema import NAMES, generate
from reviewer.doors.mcp.contract import TOOLS
from reviewer.errors import Exit, ReviewerError
from reviewer.outputs import EXTENSIONS, OUTPUTS
from reviewer.outputs.sarif_rules import CATEGORIES
from reviewer.serving.fit import Want
from reviewer.serving.plan import Plan
from reviewer.serving.recommend import Recommendation, recommend
from reviewer.types import SEVERITIES

_LONGEST = 40  # lines of a sample
_AS_SECRETS = "The same rules as `secrets`, with the same severities."


def formats() -> str:
    endings: dict[str, list[str]] = {}
    for ending, name in EXTENSIONS.items():
        endings.setdefault(name, []).append(f"`{ending}`")
    rows = (
        (f"`{name}`", prose(line), ", ".join(endings.get(name, ())))
        for name, (_, line) in OUTPUTS.items()
    )
    return table(("format", "what it is", "endings"), rows)


def formats_page() -> str:
    parts = [
        "# Formats",
        "`--format NAME` chooses what goes to stdout. `-o FILE` also writes a file, in the format"
        " of its ending, and can be repeated; `-o NAME=FILE` names the format. A terminal"
        " shows each finding when it is published; elsewhere they are sorted, at the end.",
        "A report that lies in the repository is no part of the next review: as long as it is what"
        " was written there, it is listed as skipped. Edit it, and it is a file like any other.",
        "The samples show one and the same run.",
        formats(),
    ]
    for name, (_, line) in OUTPUTS.items():
        parts += [f"## {name}", f"{prose(line[0].upper() + line[1:])}.", *_sample(name)]
    return "\n\n".join(parts) + "\n"


def _sample(name: str) -> Iterator[str]:
    if name == "html":
        return  # a page of style sheets and scripts says nothing here
    lines = rendered(name, load("example")).splitlines()
    shown = [line if len(line) <= 400 else f"{line[:400]}…" for line in lines[:_LONGEST]]
    if len(lines) > _LONGEST:
        shown.append("…")
    language = {"patch": "diff", "markdown": "markdown", "junit": "xml"}.get(name, "text")
    yield fenced("\n".join(shown), language)


def exit_codes() -> str:
    rows = ((f"{code}", meaning("exit", str(code))) for code in codes())
    return table(("code", "meaning"), rows)


def codes() -> list[int]:
    return [value for name, value in vars(Exit).items() if name.isupper()]


def exit_codes_page() -> str:
    words = (
        "Every command ends with one of these codes. Where several apply, the first one in this"
        " order counts: 130 or 143, 2, 4, 1, 3, 0."
    )
    rows = (
        (f"`{kind.error_type}`", f"{kind.exit_code}", meaning("error", kind.error_type))
        for kind in errors_in_order()
    )
    hooks = (
        "A git hook stops git with any code but 0. It ends with 1 for a finding that reaches the"
        " gate, with 2 for wrong settings, and with 130 after Ctrl-C. When no model answers,"
        " `--on-server-down` decides: see [Before a push](../tutorial/before-a-push.md)."
    )
    killed = (
        "A shell shows 137 when a process was killed (SIGKILL): by the system when memory runs out,"
        " or by the reviewer itself when a library has not given control back five seconds after"
        " the time limit, or after two signals. The last event is written all the same. This code"
        " is no verdict: treat it like 4."
    )
    parts = [
        "# Exit codes",
        words,
        exit_codes(),
        hooks,
        killed,
        "## Errors",
        "An error ends the stream with an `error` event instead of `complete`.",
        table(("errorType", "exit code", "meaning"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def errors_in_order() -> list[type[ReviewerError]]:
    """One class for each error type, in the order in which they are defined."""
    kinds: dict[str, type[ReviewerError]] = {}
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, ReviewerError):
            kinds.setdefault(value.error_type, value)
    return list(kinds.values())


def analyzers() -> str:
    return table(
        ("analyzer", "finds"), ((f"`{name}`", prose(one.finds)) for name, one in ANALYZERS.items())
    )


def rules_page() -> str:
    parts = [
        "# Analyzer rules",
        "Every rule that can become a finding. What an analyzer reports under any other rule is a"
        " hint for the model and never a finding. All analyzers run with our own pinned"
        " configuration and report only what the change introduced.",
        analyzers(),
    ]
    for name in sorted({source for source, _ in ratings()}, key=list(ANALYZERS).index):
        parts += [f"## {name}", _AS_SECRETS if name == "history" else _rules(name)]
    parts += [
        "## model",
        "The model has no rules: its findings have a category. In SARIF and in other formats that"
        " need a rule, it is `model/CATEGORY`.",
        _categories(),
    ]
    return "\n\n".join(parts) + "\n"


def _rules(analyzer: str) -> str:
    """The rules of one analyzer, severe ones first; columns that would be empty are left out."""
    rows = [
        (
            f"`{rule}`",
            rating.severity,
            rating.category.replace("_", " "),
            prose(_text(source, rule)),
            prose(rating.fix),
        )
        for (source, rule), rating in ratings().items()
        if source == analyzer
    ]
    rows.sort(key=lambda row: (SEVERITIES.index(row[1]), row[0]))
    head = ("rule", "severity", "category", "what it finds", "what to do")
    kept = [column for column in range(len(head)) if any(row[column] for row in rows)]
    return table([head[one] for one in kept], ([row[one] for one in kept] for row in rows))


def _text(source: str, rule: str) -> str:
    found = description(source, rule)
    return found.text if found else ""


def _categories() -> str:
    """What the model's findings of each category are about."""
    rows = ((f"`{name}`", prose(each.text)) for name, each in CATEGORIES.items())
    return table(("category", "what it finds"), rows)


def schemas_page() -> str:
    rows = [
        (f"`{name}`", meaning("schema", name), ", ".join(f"`{key}`" for key in _keys(name)))
        for name in NAMES
    ]
    parts = [
        "# Schemas",
        "`reviewer schema NAME` prints the JSON Schema (draft 2020-12) of one contract. The same"
        " files are in `schemas/` of the repository and inside the package.",
        table(("schema", "describes", "required keys"), rows),
        "## reply",
        "The model answers under this schema, and the answer is validated again here:",
        fenced(json.dumps(generate("reply"), indent=2), "json"),
        "## refutation",
        fenced(json.dumps(generate("refutation"), indent=2), "json"),
    ]
    return "\n\n".join(parts) + "\n"


def _keys(name: str) -> list[str]:
    schema: dict[str, Any] = generate(name)
    return list(schema.get("required", []))


def mcp_tools() -> str:
    """What `reviewer mcp` offers to agents."""
    rows = ((f"`{name}`", prose(one.description)) for name, one in TOOLS.items())
    return table(("tool", "what it does"), rows)


_HARDWARE = {  # the stubbed machines, as a person calls them
    "no_gpu_16": "CPU with 16 GB",
    "no_gpu_32": "CPU with 32 GB",
    "cuda_8": "8 GB card (RTX 4060)",
    "cuda_12": "12 GB card (RTX 3060)",
    "cuda_16": "16 GB card (RTX 5060 Ti)",
    "cuda_24": "24 GB card (RTX 4090)",
    "cuda_32": "32 GB card (RTX 5090)",
    "cuda_48": "48 GB card (RTX 6000 Ada)",
    "cuda_80": "80 GB card (H100)",
    "cuda_2x24": "two 24 GB cards (RTX 3090)",
    "amd_24": "AMD, 24 GB (RX 7900 XTX)",
    "mac_16": "Mac with 16 GB (M2)",
    "mac_64": "Mac with 64 GB (M4 Max)",
    "mac_128": "Mac with 128 GB (M5 Max)",
    "gb10": "DGX Spark (GB10)",
    "strix_halo": "Strix Halo, 128 GB",
}


def hardware() -> str:
    """What `reviewer model plan` recommends for usual machines."""
    head = ("hardware", "start with", "program", "tokens/s")
    return table(head, (_short(title, _recommended(name)) for name, title in _HARDWARE.items()))


def hardware_figures() -> str:
    """The same with its figures and what else could be run."""
    head = ("hardware", "model", "download", "weights", "one 16K request", "at once", "instead")
    return table(head, (_figures(title, _recommended(name)) for name, title in _HARDWARE.items()))


def _recommended(name: str) -> Recommendation:
    made = recommend(MACHINES[name], Want())
    assert made is not None
    return made


def _short(title: str, made: Recommendation) -> tuple[str, ...]:
    plan = made.plan
    shared = f" on {plan.device_count}" if plan.device_count > 1 else ""
    model = plan.name.removeprefix("Gemma 4 ")
    return title, f"{model}, {plan.quantization}", f"{plan.engine}{shared}", _speed(plan)


def _figures(title: str, made: Recommendation) -> tuple[str, ...]:
    plan = made.plan
    others = (other.plan for other in made.alternatives if other.plan.family != plan.family)
    instead = (f"{other.name.removeprefix('Gemma 4 ')} ({_speed(other)})" for other in others)
    return (
        title,
        f"`{plan.model}`",
        f"{plan.download_bytes / 1e9:.1f} GB",
        f"{plan.weight_bytes / 2**30:.1f} GiB",
        f"{plan.kv_bytes_per_sequence / 2**30:.2f} GiB",
        str(int(plan.max_concurrency)),
        ", ".join(instead),
    )


def _speed(plan: Plan) -> str:
    return f"about {plan.decode_tokens_per_second:.0f}"
