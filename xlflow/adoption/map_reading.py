"""Reading a corrected mapping file: all its faults are told at once, each with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlflow.adoption.grid import Grid
from xlflow.adoption.headers import ADOPTED_OWN, DROP, KEEP
from xlflow.adoption.map_file import ASIDE
from xlflow.adoption.notes import letters
from xlflow.adoption.proposal import SheetMap, TrackerMap, Words, remap, words_in
from xlflow.errors import UsageError
from xlflow.languages import Language, say
from xlflow.record.schema import Schema

_MOST_HEADER_ROWS = 5


@dataclass(frozen=True, slots=True, order=True)
class MapFault:
    """One fault of the mapping file; `kind` is its name in the catalogue."""

    line: int
    kind: str
    found: str = ""
    allowed: str = ""
    column: str = ""
    near: str = ""

    def message(self, language: Language, file: str) -> str:
        """What is wrong and what would be right."""
        allowed = self.allowed
        if self.kind == "target-unknown":
            allowed = (
                say(language, "adoption.fault.near", near=self.near)
                if self.near
                else say(language, "adoption.fault.ask")
            )
        return say(
            language,
            f"adoption.fault.{self.kind}",
            found=self.found,
            allowed=allowed,
            column=self.column,
            word=self.column,
            file=file,
            reason=self.found,
        )


class FaultyMapError(UsageError):
    """All faults of a mapping file."""

    def __init__(self, path: Path, file: str, faults: Sequence[MapFault]) -> None:
        super().__init__("adoption.fault.head", path=path, file=file, faults=tuple(faults))

    def message(self, language: Language) -> str:
        """One line a fault: file, line, what to do."""
        head = say(language, self.key, path=self.path, count=len(self.faults))
        lines = (
            f"{self.path}:{fault.line}: {fault.message(language, self.file)}"
            for fault in self.faults
        )
        return "\n".join((head, *lines))


def read_map(
    source: str, path: Path, grids: Sequence[Grid], schema: Schema, file: str
) -> TrackerMap:
    """The mapping that a file tells, for the sheets of the tracker `file`.

    Sheets that it does not name are set aside; columns that it does not name are kept.

    Raises:
        FaultyMapError: No TOML, or any number of faults.
    """
    try:
        held = tomllib.loads(source)
    except tomllib.TOMLDecodeError as err:
        line = re.search(r"line (\d+)", str(err))
        fault = MapFault(int(line[1]) if line else 1, "no-toml", str(err))
        raise FaultyMapError(path, file, [fault]) from err
    reading = _Reading(source, held, grids, schema)
    maps = reading.sheets()
    words = reading.words(maps)
    if reading.faults:
        raise FaultyMapError(path, file, sorted(reading.faults))
    return TrackerMap(maps, words)


@dataclass
class _Reading:
    """The file as it is read, and the faults found so far."""

    source: str
    held: Mapping[str, Any]
    grids: Sequence[Grid]
    schema: Schema
    faults: list[MapFault] = field(default_factory=list)

    def sheets(self) -> tuple[SheetMap, ...]:
        """What becomes of each sheet of the tracker, in its order."""
        self._only(self.held, ("sheet", "words"), ())
        by_title = {grid.title: grid for grid in self.grids}
        maps: dict[str, SheetMap] = {}
        told = self.held.get("sheet", [])
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            self._fault((), "no-table", "sheet", "[[sheet]]")
            told = []
        for position, one in enumerate(told):
            place = ("sheet", position)
            self._only(one, ("name", "as", "header_rows", "columns"), place)
            title = one.get("name")
            if not isinstance(title, str):
                self._fault(place, "no-name", "", ", ".join(by_title))
            elif title not in by_title:
                self._fault((*place, "name"), "sheet-unknown", title, ", ".join(by_title))
            elif title in maps:
                self._fault((*place, "name"), "sheet-twice", title)
            else:
                maps[title] = self._sheet(by_title[title], one, place)
        if not self.faults and not any(held.sheet == "register" for held in maps.values()):
            self._fault((), "no-register")
        return tuple(maps.get(grid.title, SheetMap(grid.title, "")) for grid in self.grids)

    def words(self, maps: Sequence[SheetMap]) -> Words:
        """What the words of the tracker mean: as told, else as they are known."""
        known = words_in(self.grids, maps, self.schema) if not self.faults else {}
        words = {choice_set: dict(held) for choice_set, held in known.items()}
        told = self.held.get("words", {})
        if not isinstance(told, dict):
            self._fault((), "no-table", "words", "[words.status]")
            return words
        for choice_set, held in told.items():
            place = ("words", choice_set)
            if choice_set not in self.schema.choices or not isinstance(held, dict):
                names = ", ".join(self.schema.choices)
                self._fault(place, "choices-unknown", choice_set, names)
                continue
            choices = self.schema.choices[choice_set]
            for word, meaning in held.items():
                code = meaning if meaning in choices.codes else choices.parse(meaning)
                if meaning != "" and code is None:
                    codes = ", ".join(choices.codes)
                    self._fault((*place, word), "code-unknown", str(meaning), codes, word)
                words.setdefault(choice_set, {})[word] = code
        return words

    def _sheet(self, grid: Grid, told: Mapping[str, Any], place: tuple[Any, ...]) -> SheetMap:
        sheet = told.get("as", "register")
        if sheet == ASIDE:
            return SheetMap(grid.title, "")
        if sheet not in self.schema.sheets:
            allowed = ", ".join((*self.schema.sheets, ASIDE))
            self._fault((*place, "as"), "as-unknown", str(sheet), allowed)
            return SheetMap(grid.title, "")
        rows = self._header_rows(grid, told.get("header_rows", [1, 1]), place)
        columns = told.get("columns", {})
        if not isinstance(columns, dict):
            self._fault((*place, "columns"), "no-table", "columns", "[sheet.columns]")
            columns = {}
        targets = self._targets(grid, sheet, columns, place)
        if rows is None or self.faults:
            return SheetMap(grid.title, sheet)
        return remap(grid, sheet, rows, targets, self.schema)

    def _header_rows(self, grid: Grid, told: Any, place: tuple[Any, ...]) -> tuple[int, int] | None:
        whole = [told, told] if isinstance(told, int) else told
        are_rows = (
            isinstance(whole, list) and len(whole) == 2 and all(type(row) is int for row in whole)
        )
        if are_rows and 1 <= whole[0] <= whole[1] <= min(
            len(grid.rows), whole[0] + _MOST_HEADER_ROWS
        ):
            return whole[0] - 1, whole[1] - 1
        self._fault((*place, "header_rows"), "header-rows", str(told), str(len(grid.rows)))
        return None

    def _targets(
        self, grid: Grid, sheet: str, told: Mapping[str, Any], place: tuple[Any, ...]
    ) -> Mapping[int, str]:
        numbers = {letters(number): number for number in range(max(grid.width, 1))}
        targets: dict[int, str] = {}
        taken: dict[str, str] = {}
        for column, target in told.items():
            at = (*place, "columns", column)
            if column.upper() not in numbers:
                self._fault(at, "column-unknown", column, list(numbers)[-1])
                continue
            key = self._key(sheet, target)
            if key is None:
                self._fault(
                    at, "target-unknown", str(target), "", column, self._near(sheet, target)
                )
            elif key not in (KEEP, DROP) and not _is_adopted(self.schema, sheet, key):
                self._fault(at, "target-own", str(target), "", column)
            elif key in taken:
                self._fault(at, "target-twice", str(target), taken[key], column)
            else:
                targets[numbers[column.upper()]] = key
                if key not in (KEEP, DROP):
                    taken[key] = column
        return targets

    def _key(self, sheet: str, target: Any) -> str | None:
        if target in (KEEP, DROP):
            return str(target)
        if target in self.schema.by_key(sheet):
            return str(target)
        return self.schema.key_of_label(sheet, target)

    def _near(self, sheet: str, target: Any) -> str:
        known = [*self.schema.by_key(sheet), KEEP, DROP]
        near = difflib.get_close_matches(str(target), known, n=1, cutoff=0.6)
        return near[0] if near else ""

    def _only(
        self, held: Mapping[str, Any], allowed: tuple[str, ...], place: tuple[Any, ...]
    ) -> None:
        for name in held.keys() - set(allowed):
            self._fault((*place, name), "unknown", name, ", ".join(allowed))

    def _fault(
        self,
        place: tuple[Any, ...],
        kind: str,
        found: str = "",
        allowed: str = "",
        column: str = "",
        near: str = "",
    ) -> None:
        line = _line_of(self.source, place)
        self.faults.append(MapFault(line, kind, found, allowed, column, near))


def _is_adopted(schema: Schema, sheet: str, key: str) -> bool:
    field_told = schema.field(key, sheet)
    return not field_told.is_own or (sheet == "register" and key in ADOPTED_OWN)


def _line_of(source: str, place: tuple[Any, ...]) -> int:
    """The line in which a setting stands; that of its section, or 1, where it is absent."""
    best = 1
    for number, here in _places(source):
        if here == place:
            return number
        if here == place[: len(here)]:
            best = number
    return best


def _places(source: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Line -> the section or setting that it begins: ("sheet", 0, "columns", "A")."""
    section: tuple[Any, ...] = ()
    sheets = -1
    for number, line in enumerate(source.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("[[sheet]]"):
            sheets += 1
            section = ("sheet", sheets)
            yield number, section
        elif header := re.match(r"\[\s*([\w.\"'-]+)\s*\]", bare):
            parts: tuple[Any, ...] = tuple(part.strip("\"'") for part in header[1].split("."))
            section = ("sheet", sheets, *parts[1:]) if parts[0] == "sheet" else parts
            yield number, section
        elif assigned := re.match(r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\w-]+)\s*=", bare):
            yield number, (*section, _unquoted(assigned[1]))


def _unquoted(key: str) -> str:
    if key.startswith('"'):
        return str(tomllib.loads(f"key = {key}")["key"])
    return key.strip("'")
