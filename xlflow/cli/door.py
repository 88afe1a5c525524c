"""What a command is told about its surroundings: the person, the settings, the moment."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.languages import Language, say

if TYPE_CHECKING:
    from rich.console import Console

    from xlflow.checks.waivers import WaiverNote
    from xlflow.record.schema import Schema
    from xlflow.settings import Company, Settings

_FILE_WIDTH = 160  # what goes into a file or a pipe is not squeezed to a terminal's width


@dataclass
class Several:
    """What a command has printed for programs so far, over several registers."""

    documents: dict[str, Any] = field(default_factory=dict)
    has_head: bool = False  # the header of a table (CSV) is printed


@dataclass(frozen=True)
class Door:
    """What a command is told about its surroundings.

    `registers`: the ids that were typed. `chosen`: the settings of the register that the command
    works on now, where it works on one after the other; `several` is what they print together.
    """

    language: Language
    settings_path: Path | None
    day: date | None = None
    registers: tuple[str, ...] = ()
    debug: bool = False
    prints_json: bool = False
    chosen: Settings | None = None
    several: Several | None = None
    asked: Language | None = None  # the language that was named by --lang

    @functools.cached_property
    def company(self) -> Company:
        """The settings of all registers, found in this folder or above.

        Raises:
            SettingsError: Missing or faulty.
        """
        from xlflow.settings import load_company

        return load_company(self.settings_file)

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of the register that the command works on.

        Raises:
            SettingsError: Missing or faulty; or there are several, and none was named.
            RegisterUnknown: The one that was named is not there.
        """
        if self.chosen is not None:
            return self.chosen
        return self.company.one(self.registers[0] if self.registers else None)

    def on(self, settings: Settings) -> Door:
        """The same door, for a command that works on this register."""
        return replace(self, chosen=settings)

    def holding(self, number: str) -> tuple[Door, str]:
        """The door on the register that has a requirement, and its number as it is written there.

        With one register, or one that was named, that one: whether it has it, the command finds.

        Raises:
            NumberOfNoRegister, NumberAmbiguous, RegisterUnknown
            XlflowError: A register in question cannot be read.
        """
        from xlflow.jobs.whose_number import register_of

        registers = (self.chosen,) if self.chosen else self.company.some(self.registers)
        if len(registers) == 1:
            form = registers[0].workbook.numbers
            written = number.strip() if form.parsed(number) else form.meant(number)
            return self.on(registers[0]), written or number.strip()
        company = replace(self.company, registers=registers)
        settings, written = register_of(number, company, self.now)
        return self.on(settings), written

    def holding_each(self, numbers: Sequence[str]) -> list[tuple[Door, tuple[str, ...]]]:
        """The door on each register that has some of these requirements, and their numbers.

        In the order in which the registers are named first.

        Raises:
            XlflowError: As `holding`.
        """
        found: dict[str, tuple[Door, tuple[str, ...]]] = {}
        for number in numbers:
            door, written = self.holding(number)
            _, before = found.get(door.settings.workbook.id, (door, ()))
            found[door.settings.workbook.id] = (door, (*before, written))
        return list(found.values())

    @functools.cached_property
    def settings_file(self) -> Path:
        """The settings file that was named, or the nearest ``xlflow.toml``."""
        name = Path("xlflow.toml")
        if self.settings_path is not None:
            return self.settings_path
        here = Path.cwd()
        found = (folder / name for folder in (here, *here.parents) if (folder / name).is_file())
        return next(found, name)

    @property
    def has_settings(self) -> bool:
        """Whether a settings file was named, or lies here or above."""
        return self.settings_path is not None or self.settings_file.is_file()

    @functools.cached_property
    def schema(self) -> Schema:
        """The fields and choices of all registers; the standard's where there are no settings.

        Raises:
            SettingsError: They are faulty, or were named and are missing.
        """
        if not self.has_settings:
            from xlflow.record.schema import STANDARD

            return STANDARD
        return self.company.common.schema

    @functools.cached_property
    def now(self) -> datetime:
        """The moment of the command, in the settings' time zone."""
        zone = (self.chosen or self.company.common).calendar.zone
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

    def print_json(self, held: object) -> None:
        """Print a document for programs; over several registers, one that holds all of theirs."""
        if self.several is not None:
            self.several.documents[self.settings.workbook.id] = held
        else:
            click.echo(json.dumps(held, ensure_ascii=False, indent=2))

    def complain(self, name: str, /, **values: object) -> None:
        """Print a text of the catalogue ``cli`` as an error."""
        click.secho(self.say(name, **values), fg="red", err=True)

    def tell_of_waivers(self, waived: int, notes: tuple[WaiverNote, ...]) -> None:
        """Say how many findings are not counted, and which waivers want looking at."""
        if waived:
            self.out.print(say(self.language, "waivers.count", count=waived), markup=False)
        for note in notes:
            self.out.print(note.message(self.language), style="yellow", markup=False)

    def warn_of_provisional(self, years: tuple[int, ...]) -> None:
        """Say in which years due dates may still move, and what to do about it."""
        for year in years:
            text = say(self.language, "calendar.provisional", year=year)
            self.out.print(text, style="yellow", markup=False)
