"""``xlflow completion``."""

from __future__ import annotations

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language

SHELLS = ("bash", "zsh", "fish")


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "completion", registers="none")
    @click.argument("shell", type=click.Choice(SHELLS), required=False)
    @click.pass_context
    def completion(context: click.Context, door: Door, shell: str | None) -> None:
        del door
        made = get_completion_class(shell or _own_shell())
        assert made is not None  # noqa: S101 - click knows each of SHELLS
        root = context.find_root()
        click.echo(made(root.command, {}, "xlflow", "_XLFLOW_COMPLETE").source())

    return completion


def _own_shell() -> str:
    """The shell of the account, if click can complete in it; else bash."""
    name = PurePath(os.environ.get("SHELL", "")).name
    return name if name in SHELLS else "bash"
