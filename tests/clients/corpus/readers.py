"""What python-calamine and openpyxl read in a workbook, cell by cell."""

from __future__ import annotations

import io
import warnings
from datetime import date, datetime, time, timedelta

import openpyxl
from clients.corpus.worksheets import Place
from openpyxl.cell import Cell
from python_calamine import CalamineError, CalamineWorkbook

Cells = dict[Place, tuple[object, ...]]
"""Place -> the value, then all else that the reader tells of the cell."""

EPOCH = {  # of the 1900 and the 1904 date system
    False: datetime.fromisoformat("1899-12-30"),
    True: datetime.fromisoformat("1904-01-01"),
}


def calamine(data: bytes) -> dict[str, Cells]:
    """Values, for formulas their stored results; {} for a file that it does not read.

    A sheet that it does not read is left out.
    """
    found: dict[str, Cells] = {}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError:
        return {}
    for title in workbook.sheet_names:
        try:
            sheet = workbook.get_sheet_by_name(title)
        except CalamineError:  # an error value that it does not know
            continue
        top, left = sheet.start or (0, 0)
        found[title] = {
            (row, column): (value,)
            for row, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1)
            for column, value in enumerate(values, left + 1)
            if value != ""
        }
    return found


def with_openpyxl(data: bytes) -> dict[str, Cells]:
    """Values or formulas, with format, hyperlink and note; {} for a file that it does not read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about extensions that it drops
            workbook = openpyxl.load_workbook(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - of any kind
        return {}
    return {
        sheet.title: {place: _openpyxl_cell(cell) for place, cell in sheet._cells.items()}
        for sheet in workbook.worksheets
    }


def _openpyxl_cell(cell: object) -> tuple[object, ...]:
    if not isinstance(cell, Cell):  # within merged ones
        return (None,)
    link = cell.hyperlink.target or cell.hyperlink.location if cell.hyperlink else None
    note = cell.comment.text if cell.comment else None
    value = cell.value
    told = repr(vars(value)) if hasattr(value, "__dict__") else value  # array formulas
    if value == link:  # which openpyxl shows where a cell is empty
        told = None
    return told, tuple(cell._style or ()), cell.number_format, link, note


def is_value(found: object, value: object, *, date_1904: bool) -> bool:
    """Whether a reader's value is the one that was set, shown as the cell's format has it."""
    if value is None:
        return found is None or found == ""
    if isinstance(value, bool | str):
        return type(found) is type(value) and found == value
    wanted = serial(value, date_1904=date_1904)
    return wanted is not None and serial(found, date_1904=date_1904) == wanted


def serial(value: object, *, date_1904: bool) -> float | None:
    """A number, date or duration as the number in the cell."""
    if isinstance(value, time):
        value = datetime.combine(date(1899, 12, 30), value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        value = value - EPOCH[date_1904]
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    return round(float(value), 6) if isinstance(value, int | float) else None
