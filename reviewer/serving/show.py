"""Plans as text for a terminal: pure functions that return lines. Callers pass a function that adds
colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reviewer.serving.catalogue import GIB
from reviewer.serving.command import shell
from reviewer.serving.plan import Plan

BLOCKS, ASCII = "█▓▒░ ", "#=+. "  # weights, KV cache, margin, free, reserved for others
COLOURS = ("blue", "cyan", "yellow", "green", "white")
Paint = Callable[[str, str], str]  # (text, colour) -> text
BOUNDS = {
    "memory_bandwidth": "bound by memory bandwidth",
    "host_memory_bandwidth": "bound by CPU memory, which would hold part of the weights",
    "memory_capacity": "it does not start",
    "unsupported": "it does not run here",
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
        f"{paint(sign, colour)} {name} {size / GIB:.1f}"
        for sign, (name, size), colour in zip(signs, named, COLOURS, strict=True)
        if size
    ]
    lines.append(f"{'  '.join(legend)}  of {plan.memory_bytes / GIB:.1f} GiB")
    return lines


def plan_lines(plan: Plan, width: int, *, blocks: bool = True, paint: Paint = plain) -> list[str]:
    """One plan. `width` is that of the terminal."""
    count = f"{plan.device_count} × " if plan.device_count > 1 else ""
    verdict = paint("fits", "green") if plan.fits else paint("does not fit", "red")
    if plan.bound == "unsupported":
        verdict = paint("does not run here", "red")
    lines = [
        f"{plan.name} ({plan.quantization}, {plan.model}) with {plan.engine} on"
        f" {count}{plan.device}: {verdict}"
    ]
    lines += bar(plan, max(10, min(width, 100) - 2), blocks=blocks, paint=paint)
    if plan.fits:
        each = plan.kv_bytes_per_sequence / GIB
        lines.append(
            f"At once: up to {plan.max_concurrency:.1f} requests of {plan.context} tokens"
            f" ({each:.2f} GiB each), or one of {plan.max_context}"
        )
    lines += [_speed(plan), f"Get:     {shell(plan.get_command)}"]
    if plan.fits:
        lines.append(f"Serve:   {shell(plan.command)}")
    return lines + [f"{paint('!', 'yellow')} {warning}" for warning in plan.warnings]


def _speed(plan: Plan) -> str:
    if plan.decode_tokens_per_second is None:
        return f"Speed:   none: {BOUNDS[plan.bound]}"
    expected = _rounded(plan.decode_tokens_per_second)
    return (
        f"Speed:   about {expected} tokens/s for one stream, {BOUNDS[plan.bound]} "
        f"(at most {_rounded(plan.decode_ceiling_tokens_per_second)} from the card alone)"
    )


def _rounded(speed: float) -> str:
    return f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}"


def list_lines(made: Sequence[Plan], suggested: Plan | None, *, paint: Paint = plain) -> list[str]:
    """A table of plans and, under each, the commands to get and serve it."""
    head = ("checkpoint", "engine", "quant", "tokens/s", "memory", "context", "at once")
    rows = [_row(plan) for plan in made]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [_padded(head, widths)]
    for plan, row in zip(made, rows, strict=True):
        line = _padded(row, widths)
        lines.append(paint(f"{line}  <- start with this", "green") if plan is suggested else line)
        lines.append(f"    {shell(plan.get_command)}   then   {shell(short_serve(plan))}")
    return lines


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(size) if column < 3 else cell.rjust(size)
        for column, (cell, size) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _row(plan: Plan) -> tuple[str, ...]:
    need = plan.weight_bytes + plan.margin_bytes + plan.kv_bytes_per_sequence * plan.concurrency
    speed = plan.decode_tokens_per_second
    shown = "-" if speed is None else ">200" if speed > 200 else _rounded(speed)
    longest, at_once = (
        (str(plan.max_context), f"{plan.max_concurrency:.1f}") if plan.fits else ("-", "-")
    )
    return (
        plan.model,
        plan.engine,
        plan.quantization,
        shown,
        f"{need / GIB:.1f} GiB",
        longest,
        at_once,
    )


def short_serve(plan: Plan) -> list[str]:
    """The short command: `reviewer serve start` finds the flags itself."""
    if plan.engine == "vllm":
        return ["reviewer", "serve", "start", "--model", plan.model]
    return plan.command
