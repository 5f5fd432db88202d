"""`reviewer completion`: the script with which a shell completes commands, options and values."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from reviewer.cli import common
from reviewer.errors import ConfigError, UsageError

SHELLS = ("bash", "zsh", "fish")
BEGIN, END = "# >>> reviewer completion >>>", "# <<< reviewer completion <<<"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shell finds the script: its file, and the lines of a start-up file that load it;
    none where the shell looks into the folder of `script` itself."""

    script: Path
    start_up: Path | None = None
    lines: str = ""


def place(shell: str, environ: Mapping[str, str], platform: str = sys.platform) -> Place:
    home = Path(environ.get("HOME") or Path.home())
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    if shell == "fish":
        settings = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        return Place(settings / "fish/completions/reviewer.fish")
    if shell == "zsh":
        script = data / "zsh/site-functions/_reviewer"
        load = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }"
        start_up = Path(environ.get("ZDOTDIR") or home) / ".zshrc"
        return Place(script, start_up, f"{load}\nsource {_quoted(script)}")
    # Not every bash has the package that searches this folder, or loads it.
    folder = environ.get("BASH_COMPLETION_USER_DIR") or data / "bash-completion"
    script = Path(folder) / "completions/reviewer"
    start_up = home / (".bash_profile" if platform == "darwin" else ".bashrc")
    at_least = "((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404))"
    return Place(script, start_up, f"{at_least} && source {_quoted(script)}")


def script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    from reviewer.cli import cli

    completer_class = get_completion_class(shell)
    assert completer_class is not None, "click knows these shells"
    # `source()` would also check bash's version; the script does not depend on it.
    completer = completer_class(cli, {}, "reviewer", "_REVIEWER_COMPLETE")
    return completer.source_template % completer.source_vars()


def detect(environ: Mapping[str, str], parent: str) -> str:
    """The shell in use: the program that started us if it is one, else the user's login shell.
    Raises UsageError for any other."""
    for name in (parent, Path(environ.get("SHELL", "")).name):
        if name.lstrip("-") in SHELLS:
            return name.lstrip("-")
    raise UsageError(
        "cannot tell which shell you use: name it, as in `reviewer completion install bash`"
    )


def with_block(text: str, lines: str) -> str:
    """The start-up file with our lines in place of earlier ones, or at its end; without `lines`,
    without them."""
    block = f"{BEGIN}\n{lines}\n{END}\n" if lines else ""
    before, found, rest = text.partition(f"{BEGIN}\n")
    if found and END in rest:
        if not block and before.endswith("\n\n"):
            before = before[:-1]
        return before + block + rest.partition(END)[2].removeprefix("\n")
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + block if block else text


@click.group(cls=common.Group)
def completion() -> None:
    """Complete commands, options, branches, findings, models and formats with the Tab key.

    \b
    reviewer completion install              for the shell in use
    reviewer completion install zsh --dry-run
    reviewer completion show fish            the script itself
    """


_shell = click.argument("shell", required=False, type=click.Choice(SHELLS))
_dry_run = click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")


@completion.command()
@_shell
@_dry_run
def install(shell: str | None, dry_run: bool) -> None:
    """Write the script to where the shell loads it. Running it again changes nothing.

    Without SHELL, it is for the shell in use. bash and zsh also get a marked block in your .bashrc
    or .zshrc that loads it.
    """
    shell = shell or detect(os.environ, _parent())
    at = place(shell, os.environ)
    wanted = {at.script: script(shell)}
    if at.start_up is not None:
        wanted[at.start_up] = with_block(_read(at.start_up), at.lines)
    changed = _apply(wanted, dry_run)
    if not changed:
        click.echo(f"{shell} completes `reviewer` already: nothing to do")
    elif not dry_run:
        click.echo(f"Start a new {shell} (`exec {shell}`), then try: reviewer fi<Tab>")


@completion.command()
@_shell
@_dry_run
def uninstall(shell: str | None, dry_run: bool) -> None:
    """Remove the script, and the block in the start-up file."""
    shell = shell or detect(os.environ, _parent())
    at = place(shell, os.environ)
    wanted: dict[Path, str] = {at.script: ""}
    if at.start_up is not None:
        wanted[at.start_up] = with_block(_read(at.start_up), "")
    if not _apply(wanted, dry_run):
        click.echo(f"nothing of ours is installed for {shell}")


@completion.command()
@_shell
def show(shell: str | None) -> None:
    """Print the script.

    \b
    source <(reviewer completion show bash)  only in this bash
    """
    click.echo(script(shell or detect(os.environ, _parent())))


def _apply(wanted: Mapping[Path, str], dry_run: bool) -> int:
    """Write the files that differ ("" removes one), and say so. Returns how many those are."""
    from reviewer.text import one_line

    changed = 0
    for path, text in wanted.items():
        if text == _read(path):
            continue
        changed += 1
        future, past = ("write", "wrote") if text else ("remove", "removed")
        click.echo(f"{f'would {future}' if dry_run else past} {one_line(str(path))}")
        if dry_run and BEGIN in text:
            block = text[text.index(BEGIN) : text.index(END)]
            click.echo("".join(f"  {line}\n" for line in block.splitlines()[1:]), nl=False)
        if not dry_run:
            _write(path, text)
    return changed


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as exc:
        raise _failed("read", path, exc) from None


def _write(path: Path, text: str) -> None:
    """Replace the file in one step; a link stays one, as those to dotfiles are."""
    path = path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if not text:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")
        if path.exists():
            part.chmod(path.stat().st_mode & 0o7777)
        part.replace(path)
    except OSError as exc:
        raise _failed("write", path, exc) from None
    finally:
        part.unlink(missing_ok=True)


def _failed(verb: str, path: Path, exc: OSError) -> ConfigError:
    from reviewer.text import one_line

    return ConfigError(
        f"cannot {verb} {one_line(str(path))}: {exc.strerror}; `reviewer completion show` prints"
        " the script, for you to place"
    )


def _parent() -> str:
    """The name of the program that started us; empty where it cannot be told."""
    try:
        return Path(f"/proc/{os.getppid()}/comm").read_text(encoding="utf-8").strip()
    except OSError:  # not Linux
        return ""


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
