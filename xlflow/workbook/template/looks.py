"""How the register looks: fonts, colours and formats."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xlflow.languages import Language
from xlflow.record.fields import Field, Kind
from xlflow.workbook.template.book import TemplateBook

FONTS: Mapping[Language, tuple[str, int]] = MappingProxyType(
    {
        "zh-Hans": ("Microsoft YaHei", 10),
        "zh-Hant": ("Microsoft JhengHei", 10),
        "en": ("Calibri", 11),
    }
)
"""Font and size in points; each comes with Office on Windows and on the Mac."""

COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "basic": ("#1F4E79", "#DCE9F5"),
        "guidance": ("#4D4D4D", "#E3E3E3"),
        "detail": ("#1E6459", "#DBEEE9"),
        "assessment": ("#3B5998", "#E1E7F4"),
        "solution": ("#47663A", "#E4EEDC"),
        "progress": ("#7A4A2B", "#F3E6DC"),
        "acceptance": ("#574785", "#E8E3F2"),
    }
)
"""Module -> colour of its banner (white text) and of its labels (dark text)."""

MARKS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "missing": {"bg_color": "#FFD28A"},
        "named": {"bg_color": "#FFB3B3", "font_color": "#8B0000"},
        "odd": {"bg_color": "#DDC6F2", "font_color": "#4B1D7A", "bold": True},
        "late": {"bg_color": "#B3261E", "font_color": "#FFFFFF", "bold": True},
        "soon": {"bg_color": "#FFF1A8", "font_color": "#222222"},
    }
)
"""What live feedback looks like: still needed; named by the last check; cannot stand here (not on
the list, no date, too long); overdue; due today or tomorrow."""

INK = "#222222"
QUIET = "#595959"
OWN_FILL = "#F2F2F2"
_LINE = "#BFBFBF"

_NUMBER_FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.DAYS: "General",
    Kind.AMOUNT: "General",
}
# Text keeps 2024-015 from becoming a date, and "- first, ..." from becoming a formula.
_TEXT_FORMAT = "@"
_STARRED = '@"\N{NO-BREAK SPACE}*"'


class Looks:
    """The formats of one workbook in one language."""

    def __init__(self, book: TemplateBook, language: Language) -> None:
        self._book = book
        self.language = language
        self._font, self.size = FONTS[language]
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def make(self, **properties: Any) -> Any:
        """A format with the workbook's font; equal properties give the same one."""
        base = {"font_name": self._font, "font_size": self.size, "font_color": INK}
        wanted = tuple(sorted((base | {"valign": "top"} | properties).items()))
        if wanted not in self._made:
            self._made[wanted] = self._book.add_format(**dict(wanted))
        return self._made[wanted]

    def banner(self, module: str) -> Any:
        """The module's name over its columns."""
        return self.make(
            bg_color=COLOURS[module][0], font_color="#FFFFFF", bold=True, valign="vcenter"
        )

    def label(self, field: Field, module: str) -> Any:
        """A column's header; a star behind the label where submission needs the field.

        The star belongs to the number format, so that the cell holds the label alone.
        """
        star = field.required_from == "submitted" and not field.is_own
        return self.make(
            bg_color=COLOURS[module][1],
            bold=True,
            text_wrap=True,  # at the top: the filter button takes the bottom
            num_format=_STARRED if star else _TEXT_FORMAT,
            border=1,
            border_color=_LINE,
        )

    def column(self, field: Field, *, locked: bool = False) -> Any:
        """A whole column of cells: open for typing unless `locked`, grey where xlflow writes."""
        own = {"bg_color": OWN_FILL, "font_color": QUIET} if field.is_own else {}
        return self.make(
            locked=locked,
            num_format=_NUMBER_FORMATS.get(field.kind, _TEXT_FORMAT),
            text_wrap=field.kind not in (Kind.DATE, Kind.MOMENT, Kind.NUMBER),
            align="left",
            border=1,
            border_color="#D9D9D9",
            **own,
        )

    def mark(self, name: str) -> Any:
        """What a conditional format lays over a cell: one of `MARKS`."""
        return self.overlay(**MARKS[name])

    def overlay(self, **properties: Any) -> Any:
        """A format of nothing but these properties, for a conditional format."""
        return self._book.add_format(**properties)
