"""A filled form's bytes as answers: typed values, and the cell that each stands in.

Known by its hidden keys, else by its labels in any language: each answer stands right of its label.
The file is not touched; what is wrong with an answer is for the rules to say.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from xlflow.languages import LANGUAGES, Language
from xlflow.record.register import CellError, quoted
from xlflow.record.schema import Schema
from xlflow.record.submission import asked
from xlflow.workbook.addresses import address
from xlflow.workbook.archive import Limits
from xlflow.workbook.form.blank import ANSWER, KEY
from xlflow.workbook.package import Package
from xlflow.workbook.reader_cells import Book, Cells
from xlflow.workbook.reader_properties import custom_properties, whole
from xlflow.workbook.reader_refusals import RegisterRefused
from xlflow.workbook.reader_values import Values
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.schema import (
    FORM_ID_PROPERTY,
    FORM_PROPERTY,
    FORM_SCHEMA,
    LANGUAGE_PROPERTY,
    REGISTER_PROPERTY,
    SCHEMA_PROPERTY,
)
from xlflow.workbook.template.vertical import BLANK

_KNOWN_BY = 0.5  # the part of the needed fields by which a form is known
_MOST_CELLS = 2_000_000  # of a sheet
_MOST_ROWS, _MOST_COLUMNS = 2_000, 100  # in which a form is looked for
_PICTURES = "/media/"

Answer = str | int | float | bool | date | CellError


class NotAForm(RegisterRefused):
    """A workbook, but no form to be taken in: a register, a record's page, something else."""

    reason: ClassVar[str] = "not-a-form"


class NewerForm(RegisterRefused):
    """Made by a newer xlflow: `schema`, where this one knows up to `known`."""

    reason: ClassVar[str] = "newer-form"


@dataclass(frozen=True)
class FilledForm:
    """What a requester handed in.

    `answers`: field key -> value as typed, blank ones left out. `cells`: field key -> address.
    `register_id` and `form_id` are None where the form does not tell them.
    """

    file: str
    language: Language | None
    register_id: str | None
    form_id: str | None
    answers: Mapping[str, Answer]
    cells: Mapping[str, str]
    has_pictures: bool = False

    @cached_property
    def digest(self) -> str:
        """The same for the same answers, whatever file they stand in."""
        held = json.dumps(self.told, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(held.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def told(self) -> Mapping[str, str]:
        """The answers as texts, without blanks around them."""
        return {key: _told(value) for key, value in self.answers.items()}


def read_form(
    data: bytes, name: str, schema: Schema, *, limits: Limits | None = None
) -> FilledForm:
    """The form in a workbook's bytes; `name` stands for the file in messages.

    Raises:
        NotAForm: A workbook of another kind.
        NewerForm: Made by a newer xlflow.
        WorkbookRefused: No workbook, or one that is damaged, hostile or too large.
    """
    package = Package.open(data, name, limits)
    told = custom_properties(package)
    version = whole(told.get(FORM_PROPERTY, ""))
    if version is not None and version > FORM_SCHEMA:
        raise NewerForm(name, schema=version, known=FORM_SCHEMA)
    if version is None and SCHEMA_PROPERTY in told:  # a register, or a record's page
        raise NotAForm(name)
    page = _page(Book(package, _MOST_CELLS), schema)
    if page is None:
        raise NotAForm(name)
    language = told.get(LANGUAGE_PROPERTY)
    return FilledForm(
        file=name,
        language=next((one for one in LANGUAGES if one == language), page.language),
        register_id=told.get(REGISTER_PROPERTY) or None,
        form_id=told.get(FORM_ID_PROPERTY) or None,
        answers=page.answers,
        cells=page.cells,
        has_pictures=any(_PICTURES in entry.name.lower() for entry in package.entries),
    )


@dataclass(frozen=True)
class _Page:
    """A sheet that holds a form."""

    answers: Mapping[str, Answer]
    cells: Mapping[str, str]
    language: Language | None


def _page(book: Book, schema: Schema) -> _Page | None:
    """The first sheet that holds a form, by keys if any does, else by labels."""
    grids: list[_Grid] = []
    refused: list[WorkbookRefused] = []
    for title in book.titles:
        try:
            grids.append(_Grid.of(book.cells(title)))
        except WorkbookRefused as err:  # people may keep what they like on other sheets
            refused.append(err)
    for find in (_by_keys, _by_labels):
        for grid in grids:
            places = find(grid, schema)
            needed = {field.key for field in asked(schema.register) if field.required_from}
            if places and len(needed & places.keys()) >= _KNOWN_BY * len(needed):
                return None if _is_record(grid, places) else _read(grid, places, schema)
    if refused:
        raise refused[0]
    return None


Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class _Grid:
    """The values of a sheet; cells that lie hidden in merged ones are blank."""

    title: str
    rows: list[list[Any]]
    spans: Mapping[Place, int]  # the first cell of a merged range -> its last column

    @classmethod
    def of(cls, cells: Cells) -> _Grid:
        before = [None] * cells.first_column
        typed = Values()
        rows = [
            before + typed.convert(row[:_MOST_COLUMNS]) for row in islice(cells.rows(), _MOST_ROWS)
        ]
        spans: dict[Place, int] = {}
        for (top, left), (bottom, right) in cells.merged:
            if top >= len(rows):
                continue
            spans[top, left] = right
            for row in range(top, min(bottom + 1, len(rows))):
                for column in range(left, min(right + 1, len(rows[row]))):
                    if (row, column) != (top, left):
                        rows[row][column] = None
        return cls(cells.title, rows, spans)

    def value(self, place: Place) -> Any:
        row, column = place
        held = self.rows[row] if row < len(self.rows) else []
        return held[column] if column < len(held) else None

    def right_of(self, place: Place) -> Place:
        """The cell beside one, or beside the merged cells that it begins."""
        return place[0], self.spans.get(place, place[1]) + 1

    def texts(self) -> Iterator[tuple[Place, str]]:
        """The cells with a text, in reading order."""
        for number, row in enumerate(self.rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    yield (number, column), value

    def address(self, place: Place) -> str:
        return address(place[0] + 1, place[1] + 1)


def _by_keys(grid: _Grid, schema: Schema) -> dict[str, Place]:
    """Key -> the cell of its answer, by the column that holds most keys."""
    fields = schema.by_key("register")
    keys = [(place, text.strip()) for place, text in grid.texts() if text.strip() in fields]
    columns = Counter(column for (_, column), _ in keys)
    if not columns:
        return {}
    chosen = max(columns, key=lambda column: columns[column])
    back = KEY - ANSWER
    found: dict[str, Place] = {}
    for (row, column), key in keys:
        if column == chosen and key not in found:
            label = _label_before(grid, (row, column), key, schema)
            found[key] = grid.right_of(label) if label else (row, max(column - back, 0))
    return found


def _label_before(grid: _Grid, place: Place, key: str, schema: Schema) -> Place | None:
    """The cell with a field's label in the row of its key."""
    row, column = place
    for other in range(column):
        if schema.key_of_label("register", _plain(grid.value((row, other)))) == key:
            return row, other
    return None


def _by_labels(grid: _Grid, schema: Schema) -> dict[str, Place]:
    """Key -> the cell beside its label; a label beside a label is a row of headers."""
    labels = {
        place: key
        for place, text in grid.texts()
        if (key := schema.key_of("register", _plain(text)))
    }
    found: dict[str, Place] = {}
    for place, key in labels.items():
        beside = grid.right_of(place)
        if beside not in labels and (key not in found or grid.value(found[key]) is None):
            found[key] = beside
    return found


def _plain(text: object) -> object:
    """A label without the star or colon that people put behind it."""
    return text.strip().strip("*＊:： \N{NO-BREAK SPACE}") if isinstance(text, str) else text


def _is_record(grid: _Grid, places: Mapping[str, Place]) -> bool:
    """Whether it has a number already: a page of a record, or the example of a register."""
    return "number" in places and grid.value(places["number"]) not in (None, BLANK)


def _read(grid: _Grid, places: Mapping[str, Place], schema: Schema) -> _Page:
    fields = schema.by_key("register")
    typed = {
        key: place for key, place in places.items() if not fields[key].is_own and key != "status"
    }
    held = {key: grid.value(place) for key, place in typed.items()}
    return _Page(
        answers={key: value for key, value in held.items() if value is not None and value != BLANK},
        cells={key: f"{quoted(grid.title)}!{grid.address(place)}" for key, place in typed.items()},
        language=_language(grid, schema),
    )


def _language(grid: _Grid, schema: Schema) -> Language | None:
    """The language in which most labels are written, letter by letter."""
    texts = {_plain(text) for _, text in grid.texts()}
    labels = {
        language: {field.label(language) for field in schema.register} for language in LANGUAGES
    }
    counts = {language: len(texts & held) for language, held in labels.items()}
    best = max(LANGUAGES, key=lambda language: counts[language])
    return best if counts[best] else None


def _told(value: Answer) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(line.rstrip() for line in str(value).strip().splitlines())
