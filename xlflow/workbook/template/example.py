"""The Example sheet: requirement 2024-015 in the standard's own layout, module by module."""

from __future__ import annotations

from itertools import count
from typing import Any

from xlflow.languages import say
from xlflow.pages.heights import row_height
from xlflow.record.example import NUMBER, worked_example, worked_progress
from xlflow.record.fields import MODULES, REGISTER
from xlflow.record.schema import Schema
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.tab import Tab

_WIDTHS = (26, 116)  # characters: labels, values
_BLANK = "—"


def write_example(tab: Tab, looks: Looks, schema: Schema) -> None:
    """Fill the Example sheet: the standard's own fields."""
    language = looks.language
    tab.bare()
    tab.column(1, _WIDTHS[0], looks.make())
    tab.column(2, _WIDTHS[1], looks.make())
    rows = count(1)
    row = next(rows)
    title = looks.make(font_size=looks.size + 5, bold=True, font_color=COLOURS["basic"][0])
    tab.write(row, 1, say(language, "template.example.title", number=NUMBER), title)
    tab.row(row, 26)
    tab.write(next(rows), 1, say(language, "template.example.note"), looks.make(italic=True))
    held = worked_example(language, schema) | {"progress": _progress(looks, schema)}
    for module in MODULES:
        if module == "guidance":
            continue
        row = next(rows)
        tab.write(row, 1, say(language, f"record.module.{module}"), looks.banner(module))
        tab.write(row, 2, None, looks.banner(module))
        tab.row(row, 21)
        for field in (field for field in REGISTER if field.module == module):
            row = next(rows)
            tab.write(row, 1, field.label(language), _label(looks, module))
            value = held.get(field.key)
            tab.write(row, 2, _BLANK if value is None else value, _value(looks, value))
            tab.row(row, row_height([(str(value), _WIDTHS[1])], looks.size) + 1)
    tab.paper(landscape=False, footer=tab.title, fit=(1, 1))


def _progress(looks: Looks, schema: Schema) -> str:
    """All lines of the Progress sheet, the newest first."""
    lines = reversed(worked_progress(looks.language, schema))
    return "\n".join(f"{line['date']}  {line['mark']}  {line['text']}" for line in lines)


def _label(looks: Looks, module: str) -> Any:
    return looks.make(
        bold=True, bg_color=COLOURS[module][1], border=1, border_color="#D9D9D9", text_wrap=True
    )


def _value(looks: Looks, value: object) -> Any:
    return looks.make(
        text_wrap=True,
        align="left",
        border=1,
        border_color="#D9D9D9",
        num_format="yyyy-mm-dd" if hasattr(value, "year") else "General",
    )
