"""Finding a text in the register and its archives: which cell of which record holds it.

Width, case, traditional or simplified characters do not matter, nor do the usual regional terms.
What a run writes into its own columns is left out: it repeats what people typed elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from xlflow.jobs.archiving.archives import Archives
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import limits_of, take_snapshot
from xlflow.languages import Language, fold
from xlflow.record.register import CellError, Value, quoted
from xlflow.record.schema import Schema
from xlflow.settings import Settings
from xlflow.workbook.contents.columns import Column
from xlflow.workbook.contents.reading import Contents, SheetContents, read_contents
from xlflow.workbook.contents.records import Line, is_rewritten

_AROUND = 24  # characters on each side of what was found


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that holds the text. `file` is its workbook's name, `number` empty before numbering.

    `header` is the column's own, for what is no field (`field` is empty then).
    """

    file: str
    path: str
    is_archived: bool
    sheet: str
    tab: str
    row: int
    column: Column
    number: str
    title: str
    text: str

    @property
    def cell(self) -> str:
        """``Register!F12``."""
        return f"{quoted(self.tab)}!{self.column.letters}{self.row}"

    def field(self, schema: Schema, language: Language) -> str:
        """The label of the column."""
        known = schema.by_key(self.sheet).get(self.column.key)
        return known.label(language) if known else self.column.header or self.column.name


def find(settings: Settings, now: datetime, text: str) -> tuple[Hit, ...]:
    """The cells that hold `text`: those of the register first, then the newest archive's.

    Raises:
        XlflowError: The register or an archive cannot be read.
    """
    wanted = fold(text)
    with drive_of(settings) as drive:
        taken = take_snapshot(settings, now, drive)
        _, name = drive.split(taken.path)
        limits = limits_of(settings)
        register = read_contents(taken.data, taken.path, settings.schema, limits=limits)
        found = list(_hits(register, name, wanted, is_archived=False))
        for archive in Archives(settings, drive, now).all():
            found += _hits(archive.contents, archive.name, wanted, is_archived=True)
    return tuple(found)


def snippet(hit: Hit, text: str) -> str:
    """The part of the cell around what was found, on one line."""
    whole = " ".join(hit.text.split())
    first, last = _place(whole, fold(text))
    start, end = max(first - _AROUND, 0), min(last + _AROUND, len(whole))
    before, behind = "…" if start else "", "…" if end < len(whole) else ""
    return f"{before}{whole[start:end]}{behind}"


def _hits(contents: Contents, file: str, wanted: str, *, is_archived: bool) -> Iterator[Hit]:
    titles = {n: _text(record.line.cells.get("title")) for n, record in contents.records.items()}
    for held in contents.sheets.values():
        for line in _lines(held):
            number = _text(line.cells.get("number")).strip()
            for name, value in line.cells.items():
                shown = "" if is_rewritten(held.sheet, name) else _text(value)
                if shown and wanted in fold(shown):
                    yield Hit(
                        file=file,
                        path=contents.file,
                        is_archived=is_archived,
                        sheet=held.sheet,
                        tab=held.title,
                        row=line.row,
                        column=held.columns[name],
                        number=number,
                        title=titles.get(number) or _own_title(held, line),
                        text=shown,
                    )


def _lines(held: SheetContents) -> Iterable[Line]:
    lines = {**held.lines, **held.unnumbered}
    return (lines[row] for row in sorted(lines))


def _own_title(held: SheetContents, line: Line) -> str:
    return _text(line.cells.get("title")) if held.sheet == "register" else ""


def _text(value: Value | CellError) -> str:
    """A value as people read it."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _place(whole: str, wanted: str) -> tuple[int, int]:
    """Where the folded text stands in a text that is not folded: the shortest part that holds it.

    Folding may change the length, so both ends are looked for, the last one first.
    """
    ends, lengths = range(len(whole) + 1), range(len(whole) + 1)
    last = bisect_left(ends, True, key=lambda end: wanted in fold(whole[:end]))  # noqa: FBT003
    length = bisect_left(
        lengths[: last + 1],
        True,  # noqa: FBT003
        key=lambda size: wanted in fold(whole[last - size : last]),
    )
    return max(last - length, 0), last
