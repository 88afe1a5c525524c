"""The options that every command has, and what they come to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.wording import context_class, explain_help_option, matching_languages
from xlflow.errors import UsageError
from xlflow.languages import Language, closest_language, say

if TYPE_CHECKING:
    from rich.console import Console

    from xlflow.record.schema import Schema
    from xlflow.settings import Settings

_FILE_WIDTH = 160  # what goes into a file or a pipe is not squeezed to a terminal's width


@dataclass(frozen=True)
class Door:
    """What a command is told about its surroundings."""

    language: Language
    settings_path: Path | None
    day: date | None = None

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings, found in this folder or above.

        Raises:
            SettingsError: Missing or faulty.
        """
        from xlflow.settings import load_settings

        return load_settings(self.settings_file)

    @functools.cached_property
    def settings_file(self) -> Path:
        """The settings file that was named, or the nearest ``xlflow.toml``."""
        name = Path("xlflow.toml")
        if self.settings_path is not None:
            return self.settings_path
        here = Path.cwd()
        found = (folder / name for folder in (here, *here.parents) if (folder / name).is_file())
        return next(found, name)

    @functools.cached_property
    def schema(self) -> Schema:
        """The fields and choices of the settings; the standard's where there are none.

        Raises:
            SettingsError: They are faulty, or were named and are missing.
        """
        if self.settings_path is None and not self.settings_file.is_file():
            from xlflow.record.schema import STANDARD

            return STANDARD
        return self.settings.schema

    @functools.cached_property
    def now(self) -> datetime:
        """The moment of the command, in the settings' time zone."""
        zone = self.settings.calendar.zone
        if self.day is not None:
            return datetime.combine(self.day, time(9), tzinfo=zone)
        return datetime.now(zone)

    @functools.cached_property
    def out(self) -> Console:
        """Where results are printed."""
        from rich.console import Console

        out = Console(highlight=False, soft_wrap=True)
        if not out.is_terminal:
            out.width = _FILE_WIDTH
        return out

    def say(self, name: str, /, **values: object) -> str:
        """A text of the catalogue ``cli``."""
        return say(self.language, f"cli.{name}", **values)

    def tell(self, name: str, /, **values: object) -> None:
        """Print a text of the catalogue ``cli``."""
        self.out.print(self.say(name, **values), markup=False)

    def complain(self, name: str, /, **values: object) -> None:
        """Print a text of the catalogue ``cli`` as an error."""
        click.secho(self.say(name, **values), fg="red", err=True)

    def warn_of_provisional(self, years: tuple[int, ...]) -> None:
        """Say in which years due dates may still move, and what to do about it."""
        for year in years:
            text = say(self.language, "calendar.provisional", year=year)
            self.out.print(text, style="yellow", markup=False)


def command(
    language: Language, name: str, *, day: bool = False
) -> Callable[[Callable[..., None]], click.Command]:
    """A click command whose help is in `language`; its function gets a `Door` first."""

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def enter(
            *args: Any, settings: Path | None, lang: str | None, debug: bool, **options: Any
        ) -> None:
            del debug  # the outermost door reads it
            today = options.pop("today", None)
            function(Door(chosen_language(lang, language), settings, today), *args, **options)

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
        if day:
            options.insert(
                0,
                click.option(
                    "--date",
                    "today",
                    callback=lambda _context, _option, text: _day(text),
                    metavar="YYYY-MM-DD",
                    help=say(language, "cli.option.date"),
                ),
            )
        wrapped: Any = enter
        for option in reversed(options):
            wrapped = option(wrapped)
        made = click.command(
            name,
            help=say(language, f"cli.{name}.help"),
            short_help=say(language, f"cli.{name}.short"),
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


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise UsageError("cli.error.no-date", found=text) from err
