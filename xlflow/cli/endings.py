"""How a command ends that could not do its work: what is told, and the exit code."""

from __future__ import annotations

import traceback

import click

from xlflow.errors import EXIT_WORLD, XlflowError
from xlflow.languages import Language, say


def message_of(err: Exception, language: Language) -> str:
    """What a person is told; of a fault of the program, what to do about it."""
    if isinstance(err, XlflowError):
        return err.message(language)
    return say(language, "cli.error.unexpected", reason=f"{type(err).__name__}: {err}")


def exit_code_of(err: Exception) -> int:
    """The error's own exit code; that of the world for a fault of the program."""
    return err.exit_code if isinstance(err, XlflowError) else EXIT_WORLD


def complain(message: str, *, debug: bool) -> None:
    """Print an error; with the traceback of the exception at hand if `debug`."""
    if debug:
        traceback.print_exc()
    click.secho(message, fg="red", err=True)
