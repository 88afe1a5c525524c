"""Click's own words, in the language of the person: headings of the help, and usage errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from xlflow.languages import Language, say

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


def context_class(language: Language) -> type[click.Context]:
    """The context whose help speaks `language`."""
    formatter = type("Formatter", (_Formatter,), {"language": language})
    return type("Context", (click.Context,), {"formatter_class": formatter})


def explain_help_option(command: click.Command, language: Language) -> None:
    """Say what ``--help`` does in `language`."""
    option = command.get_help_option(click.Context(command))
    if option is not None:
        option.help = say(language, "cli.words.help")


def language_option(language: Language) -> click.Option:
    """``--lang`` of a group of commands; the outermost door has read it before click does."""
    return click.Option(["--lang"], expose_value=False, help=say(language, "cli.option.lang"))


def usage_text(err: click.ClickException, language: Language) -> str:
    """What was typed wrong, and what to type instead."""
    match err:
        case click.NoSuchOption():
            text = say(language, "cli.usage.option", found=err.option_name)
            return text + _meant(err.possibilities, language)
        case click.MissingParameter():
            name = err.param.make_metavar(err.ctx) if err.param and err.ctx else err.param_hint
            return say(language, "cli.usage.missing", name=name)
        case click.BadParameter():
            hint = err.param.opts[0] if err.param else err.param_hint
            return say(language, "cli.usage.value", name=hint, reason=err.message)
        case click.BadOptionUsage():
            return say(language, "cli.usage.value", name=err.option_name, reason=err.message)
        case _:
            return say(language, "cli.usage.other", reason=err.format_message())


def _meant(possibilities: object, language: Language) -> str:
    if not isinstance(possibilities, list | tuple) or not possibilities:
        return ""
    return say(language, "cli.usage.meant", near=", ".join(sorted(possibilities)))
