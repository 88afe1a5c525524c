"""Click's own words in the help, in the language of the person."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from xlflow.languages import LANGUAGES, Language, say

# The words that click prints, and what they are called in the catalogue.
_HEADINGS = {"Usage: ": "usage", "Options": "options", "Commands": "commands"}


class _Formatter(click.HelpFormatter):
    """Help with its headings in `language`."""

    language: Language = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        heading = say(self.language, "cli.words.usage") if prefix is None else prefix
        super().write_usage(prog, args, heading)

    @contextlib.contextmanager
    def section(self, name: str) -> Iterator[None]:
        known = _HEADINGS.get(name)
        with super().section(say(self.language, f"cli.words.{known}") if known else name):
            yield


class _Context(click.Context):
    """The context of a command; usage errors that leave it know of which command they are."""

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, click.UsageError) and error.ctx is None:
            error.ctx = self
        super().__exit__(kind, error, traceback)


def context_class(language: Language) -> type[click.Context]:
    """The context whose help speaks `language`."""
    formatter = type("Formatter", (_Formatter,), {"language": language})
    return type("Context", (_Context,), {"formatter_class": formatter})


def explain_help_option(command: click.Command, language: Language) -> None:
    """Say what ``--help`` does in `language`."""
    option = command.get_help_option(click.Context(command))
    if option is not None:
        option.help = say(language, "cli.words.help")


def language_option(language: Language) -> click.Option:
    """``--lang`` of a group of commands; the outermost door has read it before click does."""
    return click.Option(
        ["--lang"],
        expose_value=False,
        help=say(language, "cli.option.lang"),
        shell_complete=matching_languages,
    )


def matching_languages(
    _context: click.Context, _parameter: click.Parameter, beginning: str
) -> list[str]:
    """The languages that complete what was typed."""
    return [language for language in LANGUAGES if language.startswith(beginning)]
