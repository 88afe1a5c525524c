"""The options that every command has, and what they come to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from xlflow.cli.door import Door as Door
from xlflow.cli.registers import Registers, over_registers, register_option
from xlflow.cli.wording import context_class, explain_help_option, matching_languages
from xlflow.errors import UsageError
from xlflow.languages import Language, closest_language, say


def command(
    language: Language,
    name: str,
    *,
    day: bool = False,
    registers: Registers = "one",
    texts: str = "",
) -> Callable[[Callable[..., None]], click.Command]:
    """A click command whose help is in `language`; its function gets a `Door` first.

    `registers`: "one" takes ``--register``, needed where there are several; "each" takes it for
    some, else all, and calls the function for each of them; "some" takes it likewise, and the
    function sees to them itself; "none" has nothing to do with any. `texts`: where the catalogue
    has its help, ``cli.<name>`` unless given.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def enter(settings: Path | None, lang: str | None, debug: bool, **options: Any) -> None:
            today, named = options.pop("today", None), options.pop("registers", None) or ()
            prints_json = bool(options.get("as_json")) or options.get("form") == "json"
            door = Door(
                language=chosen_language(lang, language),
                asked=chosen_language(lang, language) if lang else None,
                settings_path=settings,
                day=today,
                registers=(named,) if isinstance(named, str) else named,
                debug=debug,
                prints_json=prints_json,
            )
            if registers == "each":
                for_programs = prints_json or options.get("form") == "csv"
                over_registers(door, function, options, for_programs=for_programs)
            else:
                function(door, **options)

        options: list[Callable[[Any], Any]] = [
            click.option(
                "--settings",
                type=click.Path(dir_okay=False, path_type=Path),
                help=say(language, "cli.option.settings"),
            ),
            click.option(
                "--lang",
                help=say(language, "cli.option.lang"),
                shell_complete=matching_languages,
            ),
            click.option("--debug", is_flag=True, help=say(language, "cli.option.debug")),
        ]
        options.insert(0, register_option(language, registers))
        if day:
            options.insert(
                0,
                click.option(
                    "--date",
                    "today",
                    callback=lambda _context, _option, text: day_of(text),
                    metavar="YYYY-MM-DD",
                    help=say(language, "cli.option.date"),
                ),
            )
        wrapped: Any = enter
        for option in reversed(options):
            wrapped = option(wrapped)
        made = click.command(
            name,
            help=say(language, f"{texts or f'cli.{name}'}.help"),
            short_help=say(language, f"{texts or f'cli.{name}'}.short"),
        )(wrapped)
        made.context_class = context_class(language)
        explain_help_option(made, language)
        return made

    return decorate


def chosen_language(asked: str | None, default: Language) -> Language:
    """The language that was asked for by ``--lang``; a locale's spelling will do.

    Raises:
        UsageError: xlflow does not speak it.
    """
    if not asked:
        return default
    if not asked.lower().startswith(("zh", "en")):
        raise UsageError("cli.error.choose-lang", found=asked)
    return closest_language(asked)


def day_of(text: str | None) -> date | None:
    """The day that was typed as 2024-03-01; None where none was.

    Raises:
        UsageError: It is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise UsageError("cli.error.no-date", found=text) from err
