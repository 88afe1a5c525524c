"""The Register, Progress, Issues and Changes sheets: keys, banners, labels, columns and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xlflow.languages import say
from xlflow.pages.heights import row_height
from xlflow.record.fields import Field
from xlflow.settings import Settings
from xlflow.workbook.schema import FIRST_ROW, HEADER_ROW, KEY_ROW
from xlflow.workbook.template.entries import validation
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.marks import add_marks
from xlflow.workbook.template.pages import page_starts
from xlflow.workbook.template.tab import Tab

BANNER_ROW = KEY_ROW + 1
"""The row of the modules' names."""

_MODULE_OF = {"progress": "progress", "issues": "assessment", "changes": "solution"}
_PERCENT = 60  # small, yet legible; 100 would take twice the paper
_HIGHEST_POINTS = 180  # a record must not fill the screen; the rest shows on entering the cell
_FROZEN = {"register": 2, "progress": 1, "issues": 1, "changes": 2}


def write_records(
    tab: Tab, sheet: str, rows: Iterable[Mapping[str, Any]], looks: Looks, settings: Settings
) -> None:
    """Lay out one record sheet and write `rows` into it from `FIRST_ROW` on."""
    fields = settings.schema.sheets[sheet]
    write_head(tab, sheet, looks, settings)
    for column, field in enumerate(fields, 1):
        tab.column(column, field.width_chars, looks.column(field))
        tab.validate(column, validation(field, looks.language, settings))
    add_marks(tab, sheet, looks, settings)
    _write_rows(tab, fields, rows, looks)
    finish_records(tab, sheet, len(fields), settings)


def finish_records(tab: Tab, sheet: str, columns: int, settings: Settings) -> None:
    """Panes, filter, colour and paper of a record sheet with so many columns."""
    tab.quiet(columns)
    tab.freeze(FIRST_ROW, _FROZEN[sheet] + 1)
    tab.filter(columns)
    tab.colour(COLOURS["basic" if sheet == "register" else _MODULE_OF[sheet]][0])
    _set_up_paper(tab, sheet, settings.schema.sheets[sheet])


def _module(field: Field) -> str:
    if field.sheet == "register":
        return field.banner
    return "guidance" if field.is_own else _MODULE_OF[field.sheet]


def write_head(tab: Tab, sheet: str, looks: Looks, settings: Settings) -> None:
    """The rows above the records: keys, banners of the modules, labels."""
    language, fields = looks.language, settings.schema.sheets[sheet]
    tab.row(KEY_ROW, None, hidden=True)
    tab.row(BANNER_ROW, 21)
    tab.row(HEADER_ROW, 45)
    before = ""
    starts = _page_starts(sheet, fields)
    for column, field in enumerate(fields, 1):
        module = _module(field)
        text: str | None = None
        if sheet == "register" and (module != before or column in starts):
            text = say(language, f"record.module.{module}")
        elif column == 1:
            text = say(language, f"template.purpose.{sheet}", hours=settings.deadlines.answer)
        tab.write(KEY_ROW, column, field.key, looks.make())
        tab.write(BANNER_ROW, column, text, looks.banner(module))
        tab.write(HEADER_ROW, column, field.label(language), looks.label(field, module))
        before = module


def _write_rows(
    tab: Tab, fields: tuple[Field, ...], rows: Iterable[Mapping[str, Any]], looks: Looks
) -> None:
    columns = {field.key: (n, looks.column(field)) for n, field in enumerate(fields, 1)}
    widths = {field.key: field.width_chars for field in fields}
    for row, held in enumerate(rows, FIRST_ROW):
        for key, value in held.items():
            column, look = columns[key]
            if value is not None:
                tab.write(row, column, value, look)
        texts = [(value, widths[key]) for key, value in held.items() if isinstance(value, str)]
        tab.fit_row(row, min(_HIGHEST_POINTS, row_height(texts, looks.size)))


def _set_up_paper(tab: Tab, sheet: str, fields: tuple[Field, ...]) -> None:
    if sheet != "register":
        tab.paper(landscape=True, footer=tab.title, fit=(1, 0))
        tab.repeat((BANNER_ROW, HEADER_ROW), 1)
        return
    tab.paper(landscape=True, footer=tab.title, percent=_PERCENT)
    tab.repeat((BANNER_ROW, HEADER_ROW), _FROZEN[sheet])
    tab.break_before(_page_starts(sheet, fields))


def _page_starts(sheet: str, fields: tuple[Field, ...]) -> list[int]:
    columns = [(field.width_chars, _module(field)) for field in fields]
    return page_starts(columns, _FROZEN[sheet], _PERCENT)
