"""Plans as text for a terminal: pure functions that return lines. Callers pass a function that adds
colour."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from reviewer.serving import plan_commands, rank
from reviewer.serving.catalogue import GIB, WeightSource
from reviewer.serving.command import shell
from reviewer.serving.plan import Plan
from reviewer.serving.recommend import Recommendation

BLOCKS, ASCII = "█▓▒░ ", "#=+. "  # weights, KV cache, margin, free, reserved for others
COLOURS = ("blue", "cyan", "yellow", "green", "white")
Paint = Callable[[str, str], str]  # (text, colour) -> text
BOUNDS = {
    "host_memory_bandwidth": "bound by CPU memory, which would hold part of the weights",
    "memory_capacity": "it does not start",
    "unsupported": "it does not run here",
}

SIZES: dict[WeightSource, str] = {
    "measured": "measured",
    "reported": "as vLLM's recipe says",
    "file": "the size of the file",
    "formula": "calculated",
}


def plain(text: str, colour: str) -> str:
    return text


def drawable(encoding: str | None) -> bool:
    """Whether a stream of this encoding can show the block characters."""
    try:
        BLOCKS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def split(width: int, sizes: Sequence[int]) -> list[int]:
    """Split `width` cells in proportion to `sizes`. Every size above zero gets a cell while there
    is room."""
    seen = sorted(
        (index for index, size in enumerate(sizes) if size), key=lambda index: -sizes[index]
    )[:width]
    cells = [int(index in seen) for index in range(len(sizes))]
    total = sum(sizes[index] for index in seen)
    shares = {index: divmod((width - len(seen)) * sizes[index], total) for index in seen}
    for index, (whole, _) in shares.items():
        cells[index] += whole
    for index in sorted(seen, key=lambda index: -shares[index][1])[
        : width - sum(cells)
    ]:  # largest remainders
        cells[index] += 1
    return cells


def parts(plan: Plan) -> list[tuple[str, int]]:
    """The parts of the bar as (name, bytes). If the plan does not fit, the first three exceed the
    memory."""
    kv = plan.kv_bytes_per_sequence * plan.concurrency
    others = plan.memory_bytes - plan.usable_bytes
    return [
        ("weights", plan.weight_bytes),
        ("KV cache", kv),
        ("margin", plan.margin_bytes),
        ("free", plan.free_bytes),
        ("for others", others),
    ]


def bar(plan: Plan, width: int, *, blocks: bool = True, paint: Paint = plain) -> list[str]:
    """The memory as one stacked bar of `width` cells, and a legend. A plan that does not fit runs
    past a mark."""
    named = parts(plan)
    need = sum(size for _, size in named[:3])
    if need > plan.usable_bytes:
        named = [*named[:3], ("free", 0), ("for others", 0)]
    cells = split(width, [size for _, size in named])
    signs = BLOCKS if blocks else ASCII
    drawn = "".join(
        paint(sign * count, colour)
        for sign, count, colour in zip(signs, cells, COLOURS, strict=True)
    )
    lines = [f"[{drawn}]"]
    if need > plan.usable_bytes:
        edge = width * plan.usable_bytes // need
        lines.append(" " * (edge + 1) + f"^ {plan.usable_bytes / GIB:.1f} GiB usable")
    legend = [
        (f"{sign} {name} {size / GIB:.1f}", paint(sign, colour))
        for sign, (name, size), colour in zip(signs, named, COLOURS, strict=True)
        if size
    ]
    return lines + _legend([*legend, (f"of {plan.memory_bytes / GIB:.1f} GiB", "")], width + 2)


def _legend(items: Sequence[tuple[str, str]], width: int) -> list[str]:
    """The items in lines of `width`: (text, its first character in colour)."""
    lines: list[str] = []
    used = width
    for text, sign in items:
        shown = sign + text[1:] if sign else text
        if used + 2 + len(text) <= width and lines:
            lines[-1] += f"  {shown}"
            used += 2 + len(text)
        else:
            lines.append(shown)
            used = len(text)
    return lines


def plan_lines(plan: Plan, width: int, *, blocks: bool = True, paint: Paint = plain) -> list[str]:
    """One plan in lines of `width`, that of the terminal."""
    count = f"{plan.device_count} × " if plan.device_count > 1 else ""
    head = f"{plan.name} ({plan.quantization}) with {plan.engine} on {count}{plan.device}"
    lines = wrap(f"{head}: {_verdict(plan)}", width)
    lines[-1] = lines[-1].removesuffix(_verdict(plan)) + paint(_verdict(plan), _colour(plan))
    lines += bar(plan, max(10, min(width, 100) - 2), blocks=blocks, paint=paint)
    sizes = f"{plan.download_bytes / 1e9:.1f} GB, in memory {plan.weight_bytes / GIB:.1f} GiB"
    facts = [("Model", plan.model), ("Size", f"{sizes} ({SIZES[plan.weight_source]})")]
    if plan.fits:
        each = plan.kv_bytes_per_sequence / GIB
        facts.append(
            (
                "At once",
                f"up to {plan.max_concurrency:.1f} requests of {plan.context} tokens"
                f" ({each:.2f} GiB each), or one of {plan.max_context}",
            )
        )
    facts += [("Speed", _speed(plan)), ("Needs", f"{plan.requires} or newer")]
    for name, text in facts:
        lines += wrap(f"{name + ':':<9}{text}", width, 9)
    lines += folded("Get:", shell(plan.get_command), width)
    if plan.fits:
        lines += folded("Start:", shell(plan_commands.start_of(plan)), width)
    if plan.fits and plan.command != plan_commands.start_of(plan):
        lines += folded("Runs:", shell(plan.command), width)
    for warning in plan.warnings:
        first, *rest = wrap(f"! {warning}", width, 2)
        lines += [paint("!", "yellow") + first[1:], *rest]
    return lines


def _verdict(plan: Plan) -> str:
    if plan.bound == "unsupported":
        return "does not run here"
    return "fits" if plan.fits else "does not fit"


def _colour(plan: Plan) -> str:
    return "green" if plan.fits else "red"


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """`text` in lines of `width`, the later ones indented; a word that is longer stays whole."""
    return textwrap.wrap(
        text,
        max(20, width),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def folded(name: str, command: str, width: int) -> list[str]:
    """A command, folded so that it can still be pasted into a shell."""
    room = max(20, width) - 2
    lines = [f"{name:<9}"]
    for word in _words(command, room - 9):
        if len(lines[-1]) + len(word) > room and lines[-1].strip():
            lines[-1] += "\\"
            lines.append(" " * 9)
        lines[-1] += f"{word} "
    return [line.rstrip() for line in lines]


def _words(command: str, room: int) -> list[str]:
    """The words of a shell command; an option stays with its value where they have room."""
    words: list[str] = []
    for word in command.split(" "):
        option = bool(words) and words[-1].startswith("-") and " " not in words[-1]
        if option and word[:1] != "-" and len(words[-1]) + len(word) < room:
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def recommendation_lines(made: Recommendation, width: int) -> list[str]:
    """Why this plan, and what else could be run, below the plan itself."""
    lines = ["", "Why"]
    for sentence in made.why:
        lines += wrap(f"- {sentence}", width, 2)
    if made.alternatives:
        lines += ["", "Instead"]
    for other in made.alternatives:
        plan = other.plan
        lines += wrap(f"- {plan.name} with {plan.engine} ({plan.model}): {other.cost}.", width, 2)
    return lines


def _speed(plan: Plan) -> str:
    if plan.decode_tokens_per_second is None:
        return f"none: {BOUNDS[plan.bound]}"
    expected = f"about {_rounded(plan.decode_tokens_per_second)} tokens/s for one stream"
    if plan.bound != "memory_bandwidth":
        return f"{expected}, {BOUNDS[plan.bound]}"
    return (
        f"{expected} (the memory alone would allow"
        f" {_rounded(plan.decode_ceiling_tokens_per_second)})"
    )


def _rounded(speed: float) -> str:
    return f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}"


HEAD = ("program", "form", "coding", "tokens/s", "GiB", "context", "at once")


def list_lines(made: Sequence[Plan], suggested: Plan | None, *, paint: Paint = plain) -> list[str]:
    """Two lines for each plan, its id and its figures, under one line of headings."""
    rows = [HEAD, *(_row(plan) for plan in made)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_columns(HEAD, widths)]
    for plan, row in zip(made, rows[1:], strict=True):
        mark = _same(plan, suggested)
        name = f"{plan.model}  <- start with this" if mark else plan.model
        lines += [paint(name, "green") if mark else name, _columns(row, widths)]
    return lines


def _columns(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(size) if column < 2 else cell.rjust(size)
        for column, (cell, size) in enumerate(zip(row, widths, strict=True))
    ]
    return "  " + "  ".join(cells).rstrip()


def _same(plan: Plan, other: Plan | None) -> bool:
    return other is not None and (plan.model, plan.engine) == (other.model, other.engine)


def _row(plan: Plan) -> tuple[str, ...]:
    need = plan.weight_bytes + plan.margin_bytes + plan.kv_bytes_per_sequence * plan.concurrency
    speed = plan.decode_tokens_per_second
    gpus = f" ×{plan.device_count}" if plan.device_count > 1 else ""
    return (
        f"{plan.engine}{gpus}",
        plan.quantization,
        f"{rank.coding(plan):g}",
        "-" if speed is None else _rounded(speed),
        f"{need / GIB:.1f}",
        f"{plan.max_context}" if plan.fits else "-",
        f"{plan.max_concurrency:.1f}" if plan.fits else "-",
    )
