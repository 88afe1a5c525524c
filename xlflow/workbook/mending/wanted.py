"""What a register should have: the template itself, built with the settings and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlflow.languages import Language, say
from xlflow.record.schema import Schema
from xlflow.settings import Settings
from xlflow.workbook.mending.lists import ListColumn, columns_in_template
from xlflow.workbook.mending.looks import Look, looks
from xlflow.workbook.mending.marks import Mark, marks_in_template
from xlflow.workbook.mending.names import Target, names_in, target
from xlflow.workbook.mending.outline import SheetFrame, outline
from xlflow.workbook.mending.places import Place, place_in_template
from xlflow.workbook.mending.validations import Held, Written, held_validations, written
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import Book
from xlflow.workbook.schema import FIRST_ROW, HEADER_ROW
from xlflow.workbook.template import build_register


@dataclass(frozen=True, slots=True)
class WantedSheet:
    """What one record sheet should have. `validations` and `rules` are by field."""

    language: Language
    place: Place  # in the template
    rules: Mapping[str, Held]
    validations: Mapping[str, Written]
    marks: tuple[Mark, ...]
    protection: bytes  # the attributes of the element


@dataclass(frozen=True, slots=True)
class WantedLists:
    """What Lists should have; `columns` are by key."""

    title: str
    columns: Mapping[str, ListColumn]
    protection: bytes


@dataclass(frozen=True, slots=True)
class WantedName:
    """What a defined name stands for, and whether people see it."""

    target: Target
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a register in `language` should have. `styles` is the part that the looks stand in."""

    language: Language
    schema: Schema
    sheets: Mapping[str, WantedSheet]  # by key
    lists: WantedLists
    names: Mapping[str, WantedName]
    styles: bytes


def wanted(language: Language, settings: Settings) -> Wanted:
    """Build the template and read what it has.

    Raises:
        TemplateRefused: A text of the settings is longer than Excel allows.
    """
    package = Package.open(build_register(language, settings=settings), "template")
    styles = styles_of(package)
    known = looks(styles)
    schema = settings.schema
    sheets = {sheet: _sheet(package, schema, sheet, language, known) for sheet in schema.sheets}
    lists = _lists(package, language)
    columns = {key: column.column for key, column in lists.columns.items()}
    places = {sheet: found.place for sheet, found in sheets.items()}
    places["lists"] = Place(schema, "lists", lists.title, columns, HEADER_ROW, FIRST_ROW)
    held = names_in(outline(package.read(package.workbook_part)))
    return Wanted(
        language=language,
        schema=schema,
        sheets=sheets,
        lists=lists,
        names={
            name: WantedName(target(node.text, places), node.is_on("hidden"))
            for name, node in held.items()
        },
        styles=styles,
    )


def styles_of(package: Package) -> bytes:
    """The styles of a workbook.

    Raises:
        DamagedWorkbook: It has none.
    """
    return package.read(styles_part(package))


def styles_part(package: Package) -> str:
    """The name of their part; none that is there, where the workbook has no styles."""
    related = package.relations(package.workbook_part)
    return next((r.target for r in related if r.kind == "styles" and r.target), "styles")


def _sheet(
    package: Package, schema: Schema, sheet: str, language: Language, known: Sequence[Look]
) -> WantedSheet:
    title = say(language, f"record.sheet.{sheet}")
    place = place_in_template(schema, sheet, title)
    frame = SheetFrame(package.read(package.worksheet(title)))
    rules = {place.fields[held.areas[0].left]: held for held in held_validations(frame, place)}
    return WantedSheet(
        language=language,
        place=place,
        rules=rules,
        validations={key: written(held.node) for key, held in rules.items()},
        marks=marks_in_template(frame, place, known),
        protection=_protection(frame),
    )


def _lists(package: Package, language: Language) -> WantedLists:
    title = say(language, "record.sheet.lists")
    frame = SheetFrame(package.read(package.worksheet(title)))
    columns = columns_in_template(list(Book(package).cells(title).rows()))
    return WantedLists(title, columns, _protection(frame))


def _protection(frame: SheetFrame) -> bytes:
    return b"".join(node.tag.attributes for node in frame.root.all("sheetProtection"))
