"""Comparing a register with what the template would have: every difference, with its place.

What is compared is the meaning: columns may stand elsewhere, rules lie in pieces, and programs
spell them in their own ways. What staff added is no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xlflow.settings import Settings
from xlflow.workbook.addresses import Area, address
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.mending.heads import LostText
from xlflow.workbook.mending.marks import ours
from xlflow.workbook.mending.names import Name, names_in, target, told
from xlflow.workbook.mending.outline import Node, SheetFrame, outline
from xlflow.workbook.mending.register_sheets import (
    RegisterSheet,
    RegisterSheets,
    register_sheets,
)
from xlflow.workbook.mending.spans import Rows, common, rows_of, united, without
from xlflow.workbook.mending.wanted import Wanted
from xlflow.workbook.package import Package
from xlflow.workbook.schema import LAST_ROW

ROOM_ROWS = 100
"""So many rows below the last entry must have what the template has. LibreOffice cuts validations
off 1,000 rows below it on saving, which is no damage."""

_Found = dict[tuple[str, Rows], list[int]]


@dataclass(frozen=True, slots=True)
class Layers:
    """What of a sheet must be written anew."""

    validations: bool
    marks: bool
    formats: bool
    protection: bool
    filter: bool

    @property
    def has_any(self) -> bool:
        """Whether there is anything to write."""
        return any((self.validations, self.marks, self.formats, self.protection, self.filter))


@dataclass(frozen=True)
class Comparison:
    """All differences, and what is to be written to do away with those that can be."""

    register: RegisterSheets
    differences: tuple[Difference, ...]
    layers: Mapping[str, Layers]  # by sheet
    names: tuple[Name, ...]

    @property
    def texts(self) -> Iterator[LostText]:
        """The texts to be written."""
        for sheet in self.register.sheets.values():
            yield from sheet.lost
        yield from self.register.lists.lost if self.register.lists else ()


def compare(package: Package, settings: Settings, known: Wanted | None = None) -> Comparison:
    """Compare a register with what the template would have, if that is `known` already.

    Raises:
        WorkbookRefused: No register, or a damaged workbook.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
    """
    register = register_sheets(package, settings, known)
    found = {key: tuple(sheet_differences(sheet)) for key, sheet in register.sheets.items()}
    found["lists"] = tuple(list_differences(register))
    names = tuple(wrong_names(register, outline(package.read(package.workbook_part))))
    return Comparison(
        register=register,
        differences=(
            *(difference for differences in found.values() for difference in differences),
            *(difference for difference, _ in names),
        ),
        layers={key: layers(differences) for key, differences in found.items()},
        names=tuple(name for _, name in names),
    )


def sheet_differences(sheet: RegisterSheet) -> Iterator[Difference]:
    """What is wrong on a record sheet, its headers first."""
    yield from map(text_difference, sheet.lost)
    for key in sheet.absent:
        label = sheet.place.schema.label(key, sheet.wanted.language, sheet.place.sheet)
        yield Difference("column-absent", sheet.place.title, "", (label,))
    found: _Found = defaultdict(list)
    for key, column in sheet.place.columns.items():
        own = sheet.place.is_own(column)
        for reason, rows in _wrong_validations(sheet, key, column):
            found[f"{'guard' if own else 'validation'}-{reason}", rows].append(column)
    for column, rows in _unmarked(sheet).items():
        found["marks-missing", rows].append(column)
    for column, rows in sheet.locked_rows.items():
        found["format", rows].append(column)
    for (kind, rows), columns in found.items():
        yield from _by_neighbours(sheet, kind, rows, columns)
    yield from _outdated_marks(sheet)
    if not is_protected(sheet.frame):
        yield Difference("protection", sheet.place.title, "")
    if not has_filter(sheet.frame):
        yield Difference("filter", sheet.place.title, "")


def layers(differences: Iterable[Difference]) -> Layers:
    """What must be written anew to do away with the differences of one sheet."""
    kinds = {difference.kind for difference in differences}
    return Layers(
        validations=any(kind.startswith(("validation-", "guard-")) for kind in kinds),
        marks=any(kind.startswith("marks-") for kind in kinds),
        formats="format" in kinds,
        protection="protection" in kinds,
        filter="filter" in kinds,
    )


def text_difference(lost: LostText) -> Difference:
    """A text of the layout that is gone, or has another in its place."""
    kind = f"{lost.kind}-empty" if lost.is_blank else lost.kind
    facts = {"text": lost.text} | ({} if lost.is_blank else {"found": lost.found})
    return Difference(kind, lost.title, address(lost.row, lost.column), facts=facts)


def list_differences(register: RegisterSheets) -> Iterator[Difference]:
    """What is wrong on Lists."""
    lists, wanted = register.lists, register.wanted.lists
    if lists is None:
        yield Difference("lists-missing", wanted.title, "")
        return
    yield from map(text_difference, lists.lost)
    for key, column in wanted.columns.items():
        if key not in lists.place.columns:
            kind = "list-column-absent" if column.is_companys else "list-column-missing"
            facts = {"key": key, "heading": column.heading}
            yield Difference(kind, lists.place.title, "", facts=facts)
    if not is_protected(lists.frame):
        yield Difference("protection", lists.place.title, "")


def wrong_names(register: RegisterSheets, book: Node) -> Iterator[tuple[Difference, Name]]:
    """The names that are missing or mean something else, each with the name to be written."""
    held, places = names_in(book), register.places
    for name, wanted in register.wanted.names.items():
        known = held.get(name)
        if known is not None and target(known.text, places) == wanted.target:
            continue
        try:
            right = Name(name, told(wanted.target, places), wanted.is_hidden)
        except KeyError:  # its sheet or column is gone, which is a difference of its own
            continue
        kind = "name" if known is not None else "name-missing"
        sheet = places[wanted.target[0][0]].title
        yield Difference(kind, sheet, "", facts={"name": name, "text": right.told}), right


def is_protected(frame: SheetFrame) -> bool:
    """Whether a sheet is protected, with a password or without."""
    found = frame.root.first("sheetProtection")
    return found is not None and found.is_on("sheet")


def has_filter(frame: SheetFrame) -> bool:
    """Whether the headers, or a table that somebody made of them, have filter buttons."""
    return any(frame.root.first(name) is not None for name in ("autoFilter", "tableParts"))


def _wrong_validations(sheet: RegisterSheet, key: str, column: int) -> Iterator[tuple[str, Rows]]:
    wanted = sheet.wanted.rules[key].validation
    right: list[Area] = []
    wrong: list[Area] = []
    for held in sheet.validations:
        if held.validation is None or not held.validation.is_idle:
            (right if held.validation == wanted else wrong).extend(held.areas)
    foreign = common(_all_rows(sheet), rows_of(wrong, column))
    missing = without(_all_rows(sheet), united((*rows_of(right, column), *foreign)))
    for reason, rows in (("foreign", foreign), ("missing", missing)):
        if needed := _needed(sheet, rows):
            yield reason, needed


def _unmarked(sheet: RegisterSheet) -> Mapping[int, Rows]:
    """Column -> rows that lack any of its marks."""
    covered: dict[object, list[Area]] = defaultdict(list)
    for rule in sheet.rules:
        for meant in rule.meanings:
            covered[meant].extend(rule.areas)
    missing: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for mark in sheet.wanted.marks:
        for column in mark.columns_on(sheet.place):
            rows = without(_all_rows(sheet), rows_of(covered[mark.meaning], column))
            missing[column] += _needed(sheet, rows)
    return {column: united(rows) for column, rows in missing.items() if rows}


def _outdated_marks(sheet: RegisterSheet) -> Iterator[Difference]:
    wanted = {mark.meaning for mark in sheet.wanted.marks}
    for rule in ours(sheet.rules, sheet.wanted.marks):
        if wanted.isdisjoint(rule.meanings):
            sqref = " ".join(map(str, rule.areas))
            yield Difference("marks-outdated", sheet.place.title, sqref)


def _all_rows(sheet: RegisterSheet) -> Rows:
    return ((sheet.place.first_row, LAST_ROW),)


def _needed(sheet: RegisterSheet, rows: Rows) -> Rows:
    """The stretches of rows that reach into what is in use."""
    end = max(sheet.last_row, sheet.place.first_row) + ROOM_ROWS
    return tuple(stretch for stretch in rows if stretch[0] <= end)


def _by_neighbours(
    sheet: RegisterSheet, kind: str, rows: Rows, columns: list[int]
) -> Iterator[Difference]:
    """One difference for columns that stand side by side."""
    place = sheet.place
    for left, right in united((column, column) for column in columns):
        keys = [place.fields[column] for column in range(left, right + 1)]
        schema, language = place.schema, sheet.wanted.language
        labels = tuple(schema.label(key, language, place.sheet) for key in keys)
        sqref = " ".join(str(Area(top, left, bottom, right)) for top, bottom in rows)
        yield Difference(kind, place.title, sqref, labels)
