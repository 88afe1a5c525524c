"""The Guide sheet: one printed page that is read in two minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from xlflow.languages import Language, entry, say
from xlflow.pages.heights import row_height
from xlflow.settings import Settings
from xlflow.workbook.template.looks import COLOURS, MARKS, OWN_FILL, Looks
from xlflow.workbook.template.tab import Tab

_WIDTHS = (5, 21, 25, 34, 25)  # characters: number or swatch, step, who, what, by when
_LAST = len(_WIDTHS)
_AIR_POINTS = 8  # between two parts


def write_guide(tab: Tab, looks: Looks, settings: Settings) -> None:
    """Fill the Guide sheet."""
    language = looks.language
    facts = _facts(language, settings)
    tab.bare()
    for column, width in enumerate(_WIDTHS, 1):
        tab.column(column, width, looks.make())
    rows = count(1)
    title = looks.make(font_size=looks.size + 7, bold=True, font_color=COLOURS["basic"][0])
    _line(tab, next(rows), 1, say(language, "template.title"), title, 28)
    _text(tab, next(rows), 1, say(language, "template.guide.intro", **facts), looks)
    _numbered(tab, rows, "submit", looks, facts)
    _legend(tab, rows, looks, facts)
    _steps(tab, rows, looks, facts)
    _numbered(tab, rows, "never", looks, facts)
    _numbered(tab, rows, "refused", looks, facts)
    tab.paper(landscape=False, footer=tab.title, fit=(1, 1))


def _facts(language: Language, settings: Settings) -> dict[str, Any]:
    """What the texts may name: sheets, labels, choices and the company's deadlines."""
    sheets = entry(language, "record.sheet")
    return {
        **{f"sheet_{key}": title for key, title in sheets.items()},
        "check": say(language, "record.register.check"),
        "status": say(language, "record.register.status"),
        "submitted": settings.schema.choices["status"].label("submitted", language),
        "cancelled": settings.schema.choices["status"].label("cancelled", language),
        "number": settings.workbook.numbers.example,
        **settings.deadlines.model_dump(),
    }


def _heading(tab: Tab, rows: Iterator[int], text: str, looks: Looks) -> None:
    tab.row(next(rows), _AIR_POINTS)
    row = next(rows)
    _line(tab, row, 1, text, looks.banner("basic"), 21)
    for column in range(2, _LAST + 1):
        tab.write(row, column, None, looks.banner("basic"))


def _numbered(
    tab: Tab, rows: Iterator[int], section: str, looks: Looks, facts: Mapping[str, Any]
) -> None:
    _heading(tab, rows, say(looks.language, f"template.guide.{section}.heading"), looks)
    for number in entry(looks.language, f"template.guide.{section}.line"):
        row = next(rows)
        tab.write(row, 1, f"{number}.", looks.make(align="center", valign="vcenter"))
        text = say(looks.language, f"template.guide.{section}.line.{number}", **facts)
        _text(tab, row, 2, text, looks)


def _legend(tab: Tab, rows: Iterator[int], looks: Looks, facts: Mapping[str, Any]) -> None:
    _heading(tab, rows, say(looks.language, "template.guide.marks.heading"), looks)
    frame = {"border": 1, "border_color": "#BFBFBF", "align": "center", "valign": "vcenter"}
    swatches = {**MARKS, "own": {"bg_color": OWN_FILL}, "star": {"bold": True}}
    for mark, fill in swatches.items():
        row = next(rows)
        tab.write(row, 1, "*" if mark == "star" else None, looks.make(**{**frame, **fill}))
        _text(tab, row, 2, say(looks.language, f"template.guide.marks.{mark}", **facts), looks)


def _steps(tab: Tab, rows: Iterator[int], looks: Looks, facts: Mapping[str, Any]) -> None:
    language = looks.language
    _heading(tab, rows, say(language, "template.guide.steps.heading"), looks)
    head = looks.make(bold=True, bg_color=COLOURS["basic"][1], indent=1, valign="vcenter")
    cell = looks.make(text_wrap=True, bottom=1, bottom_color="#BFBFBF", indent=1, valign="vcenter")
    figure = looks.make(align="center", bottom=1, bottom_color="#BFBFBF", valign="vcenter")
    row = next(rows)
    tab.row(row, 18)
    tab.write(row, 1, None, head)
    for column, part in enumerate(("step", "who", "what", "when"), 2):
        tab.write(row, column, say(language, f"template.guide.steps.{part}"), head)
    for number, step in entry(language, "record.step").items():
        row = next(rows)
        texts = [step] + [
            say(language, f"template.guide.steps.{number}.{part}", **facts)
            for part in ("who", "what", "when")
        ]
        tab.write(row, 1, number, figure)
        for column, text in enumerate(texts, 2):
            tab.write(row, column, text, cell)
        tab.row(row, row_height(zip(texts, _WIDTHS[1:], strict=True), looks.size) + 3)


def _line(tab: Tab, row: int, column: int, text: str, look: Any, height: float) -> None:
    """A text on one line that may reach over the next columns."""
    tab.write(row, column, text, look)
    tab.row(row, height)


def _text(tab: Tab, row: int, column: int, text: str, looks: Looks) -> None:
    """A paragraph over the rest of the page's width; merged cells do not find their own height."""
    indent = 1 if column > 1 else 0
    tab.merge(row, column, _LAST, text, looks.make(text_wrap=True, valign="vcenter", indent=indent))
    tab.row(row, row_height([(text, sum(_WIDTHS[column - 1 :]))], looks.size) + 3)
