"""The parts of README.md that are made from the code: `python tests/docs/readme.py` writes them
anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
from click.testing import CliRunner

from reviewer.analyzers import ANALYZERS
from reviewer.cli import COMMANDS
from reviewer.cli.model import model
from reviewer.cli.review import review
from reviewer.config import RepositorySettings, Settings
from reviewer.outputs import OUTPUTS

README = Path(__file__).parents[2] / "README.md"


def options() -> str:
    rows = ["| option | meaning |", "|---|---|"]
    for parameter in review.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            names = ", ".join(parameter.opts)
            choices = (
                "\\|".join(parameter.type.choices)
                if isinstance(parameter.type, click.Choice)
                else parameter.metavar
            )
            value = "" if parameter.is_flag else f" {choices or 'VALUE'}"
            rows.append(f"| `{names}{value}` | {parameter.help or ''} |")
    return "\n".join(rows)


def settings() -> str:
    rows = ["| setting | default | who may set it | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        who = "user" if name not in RepositorySettings.model_fields else "user, repository"
        who = "environment" if name == "api_key" else who
        default = json.dumps(field.get_default(call_default_factory=True))
        rows.append(f"| `{name.replace('_', '-')}` | `{default}` | {who} | {field.description} |")
    return "\n".join(rows)


def commands() -> str:
    return "\n".join(
        [
            "| command | |",
            "|---|---|",
            *(f"| `reviewer {name}` | {e[2]} |" for name, e in COMMANDS.items()),
        ]
    )


def formats() -> str:
    return "\n".join(
        [
            "| format | |",
            "|---|---|",
            *(f"| `{name}` | {line} |" for name, (_, line) in OUTPUTS.items()),
        ]
    )


def analyzers() -> str:
    return "\n".join(
        [
            "| analyzer | finds |",
            "|---|---|",
            *(f"| `{name}` | {line} |" for name, line in ANALYZERS.items()),
        ]
    )


_CARDS = (  # GiB, GB/s, what they are, checkpoint
    (12, 360, "12 GB card (RTX 3060)", "google/gemma-4-E2B-it-qat-w4a16-ct"),
    (16, 448, "16 GB card (RTX 5060 Ti)", "google/gemma-4-E4B-it-qat-w4a16-ct"),
    (24, 1008, "24 GB card (RTX 4090)", "google/gemma-4-12B-it-qat-w4a16-ct"),
    (32, 1792, "32 GB card (RTX 5090)", "google/gemma-4-31B-it-qat-w4a16-ct"),
    (48, 864, "48 GB card (L40S)", "google/gemma-4-31B-it-qat-w4a16-ct"),
    (80, 3350, "80 GB card (H100)", "RedHatAI/gemma-4-26B-A4B-it-FP8-dynamic"),
)


def hardware() -> str:
    rows = [
        (
            "| hardware | model for vLLM | weights | one 16K request | at once | tokens/s, one"
            " stream |"
        ),
        "|---|---|---|---|---|---|",
    ]
    for memory, bandwidth, card, checkpoint in _CARDS:
        options = [
            "--memory",
            str(memory),
            "--bandwidth",
            str(bandwidth),
            "--model",
            checkpoint,
            "--format",
            "json",
        ]
        plan = json.loads(CliRunner().invoke(model, ["plan", *options]).stdout)
        speed = plan["decodeTokensPerSecond"]
        rows.append(
            f"| {card} | `{checkpoint}` | {plan['weightBytes'] / 2**30:.1f} GiB "
            f"| {plan['kvBytesPerSequence'] / 2**30:.2f} GiB | {int(plan['maxConcurrency'])} "
            f"| {'over 200' if speed > 200 else f'about {speed:.0f}'} |"
        )
    return "\n".join(rows)


BLOCKS = {
    "hardware": hardware,
    "options": options,
    "settings": settings,
    "commands": commands,
    "formats": formats,
    "analyzers": analyzers,
}


def filled(text: str) -> str:
    """`text` with every block made anew."""
    for name, make in BLOCKS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        assert pattern.search(text), f"README has no block {name}"
        text = pattern.sub(lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text)
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
