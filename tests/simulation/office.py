"""One register of the simulation, and what people do to it: they type, sort, clear and paste.

An office knows what it typed, and where; it never asks xlflow what a cell holds, except for
xlflow's own cells when rows are moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from simulation.diary import Diary
from simulation.wording import DEPARTMENTS, NAMES, text

from xlflow.jobs.inspection import read_now
from xlflow.record.fields import SHEETS
from xlflow.record.register import Person, Register, Table
from xlflow.settings import Settings, load_settings
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.template import build_register

FROZEN = (
    *("title", "goal", "description", "criteria", "solution", "estimate"),
    *("design_due", "development_due", "test_due", "golive_due"),
)
EVENING = time(18)


class Line:
    """A requirement, or a line of a child sheet. `row` is None while it stands nowhere.

    `number`: a requirement's own; of a line of the Changes sheet, its change number.
    """

    def __init__(self, office: Office, sheet: str, row: int) -> None:
        self.id = next(office.ids)
        self.office, self.sheet = office, sheet
        self.row: int | None = row
        self.cells: dict[str, Any] = {}
        self.number = ""
        self.held = False  # something is wrong with it that is known
        self.withheld = False  # gets no number yet
        self.waits = False  # its people do nothing until it is mended
        self.is_bare = False  # it was pasted back without its number

    def types(self, **values: Any) -> None:
        """Type into cells; choices are told by their codes."""
        for key, value in values.items():
            self.office.types(self, key, value)

    def code(self, key: str) -> str | None:
        """The code of a choice; None where the cell is blank or off the list."""
        field = self.office.schema.field(key, self.sheet)
        return self.office.schema.choices[field.choices].parse(self.cells.get(key))


class Requirement(Line):
    """A requirement with all that its people know of it."""

    def __init__(self, office: Office, row: int, serial: int) -> None:
        super().__init__(office, "register", row)
        self.serial = serial
        self.rng = Random(f"{office.seed} {office.id} {serial}")
        self.walk: Iterator[None] = iter(())
        self.unapproved = False  # its scope was changed without an approval
        self.requests = 0
        self.lines: list[Line] = []
        self.statuses: list[tuple[datetime, str]] = []  # as the runs saw them
        self.baselines: list[tuple[date, dict[str, Any]]] = []
        self.counted = count(1)

    @property
    def status(self) -> str | None:
        return self.code("status")

    def says(self, key: str, at: int = 0) -> str:
        return text(self.office.language, key, self.serial, self.rng, at)

    def writes(self, *keys: str) -> None:
        """Fill fields with a text of their own."""
        self.types(**{key: self.says(key) for key in keys})

    def name(self) -> str:
        return self.rng.choice(NAMES[self.office.language])

    def adds(self, sheet: str, **values: Any) -> Line:
        """Write a line about it on a child sheet."""
        line = self.office.adds(sheet, number=self.number, **values)
        self.lines.append(line)
        return line


class Office:
    """The people of one register."""

    def __init__(self, settings_file: Path, register: str, seed: str) -> None:
        self.seed = seed
        self.settings: Settings = load_settings(settings_file, register)
        self.schema = self.settings.schema
        self.id, self.language = register, self.settings.workbook.language
        self.file = Path(self.settings.register_location)
        self.departments = DEPARTMENTS[self.language]
        self.file.write_bytes(
            build_register(
                self.language,
                settings=self.settings,
                register_id=register,
                departments=self.departments,
                people=[
                    Person(name, mail=f"person{n}@{register}.example.com")
                    for n, name in enumerate(NAMES[self.language])
                ],
            )
        )
        self.diary = Diary(register)
        self.ids = count(1)
        self.copies = count(5001)
        self.day = date.min
        self.lines: dict[str, list[Line]] = {sheet: [] for sheet in SHEETS}
        self._pending: dict[tuple[str, int, str], Any] = {}
        first = read_now(self.settings, datetime(2024, 1, 1, tzinfo=self.zone))
        self._tables: dict[str, Table] = {table.sheet: table for table in first.tables}
        self._next_row = {table.sheet: table.first_row for table in first.tables}

    @property
    def zone(self) -> Any:
        return self.settings.calendar.zone

    @property
    def now(self) -> datetime:
        """When the run of the day looks."""
        return datetime.combine(self.day, EVENING, tzinfo=self.zone)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Somebody has the workbook open, as LibreOffice's sign beside it tells."""
        sign = self.file.with_name(f".~lock.{self.file.name}#")
        sign.write_text(f",ann,desk,{self.now:%d.%m.%Y %H:%M},;", encoding="utf-8")
        yield
        sign.unlink()

    def register(self) -> Register:
        """The register as xlflow reads it now."""
        return read_now(self.settings, self.now)

    @property
    def requirements(self) -> Iterator[Requirement]:
        """Those that stand in the register, and those that were cleared."""
        return (line for line in self.lines["register"] if isinstance(line, Requirement))

    def by_row(self, sheet: str = "register") -> dict[int, Line]:
        return {line.row: line for line in self.lines[sheet] if line.row is not None}

    def adds(self, sheet: str, **values: Any) -> Line:
        line = Line(self, sheet, self._free_row(sheet))
        self.lines[sheet].append(line)
        line.types(**values)
        return line

    def opens(self, serial: int) -> Requirement:
        """Begin a new row of the register."""
        one = Requirement(self, self._free_row("register"), serial)
        self.lines["register"].append(one)
        return one

    def types(self, line: Line, key: str, value: Any) -> None:
        """Type into a cell of people's own, and note it."""
        shown, before = self.shown(line.sheet, key, value), line.cells.get(key)
        if shown == before and type(shown) is type(before):
            return
        self.diary.notes(self.day, line.sheet, line.id, "typed", key, before, shown)
        if shown is None:
            line.cells.pop(key, None)
        else:
            line.cells[key] = shown
        self.overwrites(line, key, shown)

    def overwrites(self, line: Line, key: str, value: Any) -> None:
        """Put something into any cell, one of xlflow's own too."""
        assert line.row is not None
        self._pending[line.sheet, line.row, key] = value

    def shown(self, sheet: str, key: str, value: Any) -> Any:
        """A code of a choice as the dropdown shows it; anything else as it is."""
        field = self.schema.field(key, sheet)
        if field.choices and value in self.schema.choices[field.choices].codes:
            return self.schema.choices[field.choices].label(value, self.language)
        return value

    def clears(self, line: Line) -> None:
        """Empty the row."""
        for key in self._people_keys(line.sheet):
            self.overwrites(line, key, None)
        self.diary.notes(self.day, line.sheet, line.id, "cleared")
        line.row = None

    def removes(self, line: Line) -> None:
        """Delete the row: all below move up."""
        self.diary.notes(self.day, line.sheet, line.id, "cleared")
        standing = sorted(self.by_row(line.sheet).items())
        self._arranges(line.sheet, [one for _, one in standing if one is not line])
        line.row = None

    def renames(self, line: Line, number: str) -> Line:
        """Let a line name another requirement: for the ledger it is another line."""
        assert line.row is not None
        other = Line(self, line.sheet, line.row)
        self.lines[line.sheet].append(other)
        other.types(**line.cells | {"number": number})
        self.diary.notes(self.day, line.sheet, line.id, "cleared")
        line.row = None
        return other

    def pastes_back(self, line: Line, *, number: bool) -> None:
        """Put a cleared row back below all others, with or without its number."""
        line.row = self._free_row(line.sheet)
        for key, value in line.cells.items():
            self.overwrites(line, key, value)
        if number:
            self.overwrites(line, "number", line.number)
        line.is_bare = not number
        self.diary.notes(self.day, line.sheet, line.id, "returned")

    def was_restored(self, line: Line, row: int) -> None:
        """xlflow put a cleared row back."""
        line.row = row
        self._next_row[line.sheet] = max(self._next_row[line.sheet], row + 1)
        self.diary.notes(self.day, line.sheet, line.id, "returned")

    def saves(self) -> int:
        """Write into the workbook what was typed since the last time; how many cells changed."""
        edits = [
            CellEdit(self._tables[sheet].title, row, self._tables[sheet].columns[key], value)
            for (sheet, row, key), value in self._pending.items()
        ]
        self._pending.clear()
        patched = patch(self.file.read_bytes(), edits)
        if patched.edits:
            self.file.write_bytes(patched.data)
        return len(patched.edits)

    def sorts(self, sheet: str, key: str, *, descending: bool = False) -> None:
        """Sort a sheet as Excel does: whole rows move, blank ones go below all others."""
        standing = sorted(self.by_row(sheet).items())
        standing.sort(key=lambda it: str(it[1].cells.get(key, "")), reverse=descending)
        self._arranges(sheet, [line for _, line in standing])

    def _arranges(self, sheet: str, lines: Iterable[Line]) -> None:
        self.saves()
        table = next(t for t in self.register().tables if t.sheet == sheet)
        held = {row: table.frame.loc[row].to_dict() for row in table.frame.index.tolist()}
        edits: list[CellEdit] = []
        row = table.first_row
        for line in lines:
            assert line.row is not None
            edits += self._row(table, row, held[line.row])
            line.row = row
            row += 1
        for cleared in range(row, self._next_row[sheet]):
            edits += self._row(table, cleared, {})
        self._next_row[sheet] = row
        self.file.write_bytes(patch(self.file.read_bytes(), edits).data)

    def _row(self, table: Table, row: int, values: dict[str, Any]) -> Iterator[CellEdit]:
        for key, column in table.columns.items():
            yield CellEdit(table.title, row, column, values.get(key))

    def _people_keys(self, sheet: str) -> Iterator[str]:
        for field in self.schema.sheets[sheet]:
            if not field.is_own or field.key in ("number", "change_number"):
                yield field.key

    def _free_row(self, sheet: str) -> int:
        self._next_row[sheet] += 1
        return self._next_row[sheet] - 1
