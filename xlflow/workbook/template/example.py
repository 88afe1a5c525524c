"""The Example sheet: requirement 2024-015 in the standard's own layout, module by module."""

from __future__ import annotations

from xlflow.languages import say
from xlflow.record.example import NUMBER, worked_example, worked_progress
from xlflow.record.fields import MODULES, REGISTER
from xlflow.record.schema import Schema
from xlflow.workbook.template.looks import Looks
from xlflow.workbook.template.tab import Tab
from xlflow.workbook.template.vertical import VerticalPage

_WIDTHS = (26, 116)  # characters: labels, values


def write_example(tab: Tab, looks: Looks, schema: Schema) -> None:
    """Fill the Example sheet: the standard's own fields."""
    language = looks.language
    page = VerticalPage(tab, looks, _WIDTHS)
    page.title(say(language, "template.example.title", number=NUMBER))
    page.note(say(language, "template.example.note"))
    held = worked_example(language, schema) | {"progress": _progress(looks, schema)}
    for module in MODULES:
        if module == "guidance":
            continue
        page.module(module)
        for field in (field for field in REGISTER if field.module == module):
            page.field(field, held.get(field.key))
    tab.paper(landscape=False, footer=tab.title, fit=(1, 1))


def _progress(looks: Looks, schema: Schema) -> str:
    """All lines of the Progress sheet, the newest first."""
    lines = reversed(worked_progress(looks.language, schema))
    return "\n".join(f"{line['date']}  {line['mark']}  {line['text']}" for line in lines)
