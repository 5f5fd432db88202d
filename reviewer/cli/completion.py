"""`reviewer completion`: the script with which a shell completes commands and options."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script with which a shell completes `reviewer` commands and options.

    \b
    bash:  reviewer completion bash >> ~/.bashrc
    zsh:   reviewer completion zsh >> ~/.zshrc
    fish:  reviewer completion fish > ~/.config/fish/completions/reviewer.fish
    """
    from click.shell_completion import get_completion_class

    from reviewer.cli import cli

    completer_class = get_completion_class(shell)
    assert completer_class is not None, "click knows these shells"
    # `source()` would also check bash's version; the script does not depend on it.
    completer = completer_class(cli, {}, "reviewer", "_REVIEWER_COMPLETE")
    click.echo(completer.source_template % completer.source_vars())
