"""`reviewer completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that teaches a shell to complete `reviewer`.

    \b
    bash:  reviewer completion bash >> ~/.bashrc
    zsh:   reviewer completion zsh >> ~/.zshrc
    fish:  reviewer completion fish > ~/.config/fish/completions/reviewer.fish
    """
    from click.shell_completion import get_completion_class

    from reviewer.cli import cli

    found = get_completion_class(shell)
    assert found is not None, "click knows these shells"
    # bash asks its own version on the way, to refuse one that is too old; what is printed does not
    # depend on it.
    made = found(cli, {}, "reviewer", "_REVIEWER_COMPLETE")
    click.echo(made.source_template % made.source_vars())
