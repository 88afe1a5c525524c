"""Logs, issues and measures that stood in one cell, as lines of the Progress and Issues sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlflow.adoption.grid import Cell, Grid
from xlflow.adoption.log_days import DayOrder
from xlflow.adoption.logs import LogLine, day_order, split_log
from xlflow.adoption.notes import as_text
from xlflow.adoption.proposal import ColumnMap, SheetMap, TrackerMap
from xlflow.adoption.records import Desk, KeptRow, Record, Row, kept_headers, year_told
from xlflow.adoption.tracker_words import says_nothing

_LATIN_UNTIL = "\u2e80"


@dataclass(frozen=True)
class _Log:
    """The columns of one sheet that hold logs."""

    sheet_map: SheetMap
    kept_as: Mapping[int, str]
    order: DayOrder | None
    year: int | None

    def column(self, key: str) -> ColumnMap | None:
        return self.sheet_map.by_target.get(key)


def split_logs(grids: Sequence[Grid], mapping: TrackerMap, desk: Desk) -> None:
    """Make the lines of all records; the cells themselves are kept whole already."""
    logs = {
        grid.title: _log(grid, sheet_map, desk)
        for grid, sheet_map in zip(grids, mapping.sheets, strict=True)
        if sheet_map.sheet == "register"
    }
    for kept in desk.kept:
        log = logs[kept.sheet]
        if column := log.column("progress"):
            _add_progress(kept, column, log, desk)
        _add_issue(kept, log, desk)


def _log(grid: Grid, sheet_map: SheetMap, desk: Desk) -> _Log:
    kept_as = kept_headers(sheet_map)
    column = sheet_map.by_target.get("progress")
    texts: list[str] = []
    if column:
        cells = (
            row.cells.get(kept_as[column.number]) for row in desk.kept if row.sheet == grid.title
        )
        texts = [cell for cell in cells if isinstance(cell, str)]
    wide = sum(letter > _LATIN_UNTIL for text in texts[:200] for letter in text)
    chinese = wide * 10 > sum(map(len, texts[:200]))
    return _Log(
        sheet_map, kept_as, day_order(texts, chinese=chinese), year_told(grid, sheet_map.top)
    )


def _cell(kept: KeptRow, column: ColumnMap | None, log: _Log) -> Cell:
    return kept.cells.get(log.kept_as[column.number]) if column else None


def _says_something(value: Cell) -> bool:
    return value is not None and not says_nothing(as_text(value))


def _add_progress(kept: KeptRow, column: ColumnMap, log: _Log, desk: Desk) -> None:
    value = _cell(kept, column, log)
    if not _says_something(value):
        return
    record, at = kept.record, (kept.row, column.number)
    told = {"header": column.header, "key": "progress"}
    lines = _lines_of(value, record.submitted_on, log, desk.customs.today)
    if not _can_be_named(record, lines):
        desk.notes.add("unlinked", kept.sheet, at, value, **told)
        return
    desk.make_lines_of_kept()
    for line in lines:
        record.progress.append(_progress_row(line, desk))
        if line.day is None:
            desk.notes.add("undated", kept.sheet, at, line.text, **told)
        elif line.year_inferred:
            desk.notes.add("year", kept.sheet, at, line.written, line.day, **told)
    desk.notes.add("split", kept.sheet, at, None, len(lines), **told)


def _can_be_named(record: Record, lines: Sequence[LogLine] = ()) -> bool:
    """Whether lines of other sheets have or will get a number by which they name the record."""
    return bool(record.values.get("number") or record.year or any(line.day for line in lines))


def _lines_of(value: Cell, since: date | None, log: _Log, today: date) -> Sequence[LogLine]:
    if not isinstance(value, str):
        return (LogLine(as_text(value)),)
    return split_log(value, since=since, until=today, order=log.order, year=log.year)


def _progress_row(line: LogLine, desk: Desk) -> Row:
    by = line.by
    if by and desk.customs.mask:
        by = desk.customs.mask(by)
    return {"date": line.day, "text": line.text, "by": by or None}


def _add_issue(kept: KeptRow, log: _Log, desk: Desk) -> None:
    """An issue with its measure; a measure alone stays where it is kept."""
    column = log.column("issues")
    value = _cell(kept, column, log)
    if column is None or not _says_something(value):
        return
    record = kept.record
    at = (kept.row, column.number)
    if not _can_be_named(record):
        desk.notes.add("unlinked", kept.sheet, at, value, header=column.header, key="issues")
        return
    desk.make_lines_of_kept()
    measure = _cell(kept, log.column("measures"), log)
    if measure is not None:
        desk.make_lines_of_kept()
    record.issues.append({"issue": value, "measure": measure})
