"""How the status workbook looks: fonts, colours and the named looks of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xlflow.languages import Language

FONTS: Mapping[Language, tuple[str, int]] = MappingProxyType(
    {
        "zh-Hans": ("Microsoft YaHei", 10),
        "zh-Hant": ("Microsoft JhengHei", 10),
        "en": ("Calibri", 11),
    }
)
"""Font and size in points, as in the register."""

INK = "#222222"
QUIET = "#595959"
LINE = "#D9D9D9"
BLUE = "#1F4E79"
PALE_BLUE = "#DCE9F5"
BAR = "#7FA7CC"
PALE_BAR = "#C3CCD6"
ORANGE = "#D9730D"
RED = "#B3261E"
PALE_RED = "#F4C7C3"
AMBER = "#8A5A00"
GREEN = "#1E6459"
PAPER = "#F5F7FA"
GREY = "#5B6570"

_DATE = "yyyy-mm-dd"
_BODY: Mapping[str, Any] = MappingProxyType(
    {"valign": "top", "align": "left", "border": 1, "border_color": LINE}
)
_LINK: Mapping[str, Any] = MappingProxyType({"font_color": "#0B57A4", "underline": 1})
_HEADER: Mapping[str, Any] = MappingProxyType(
    {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": BLUE,
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
        "border_color": "#FFFFFF",
    }
)
_EDGE = "#B5BCC4"
_CARD: Mapping[str, Any] = MappingProxyType(
    {
        **_BODY,
        "text_wrap": True,
        "num_format": "@",
        "indent": 1,
        "border_color": _EDGE,
        "top": 0,
    }
)
_CARD_NUMBER: Mapping[str, Any] = MappingProxyType(
    {
        **_LINK,
        "bold": True,
        "num_format": "@",
        "indent": 1,
        "align": "left",
        "valign": "vcenter",
        "top": 1,
        "left": 1,
        "right": 1,
        "top_color": _EDGE,
        "left_color": _EDGE,
        "right_color": _EDGE,
    }
)
_LATE_EDGE: Mapping[str, Any] = MappingProxyType({"left": 5, "left_color": RED})
_BLOCKED: Mapping[str, Any] = MappingProxyType(
    {"bg_color": "#E3E6EA", "left": 5, "left_color": GREY}
)
_TILE: Mapping[str, Any] = MappingProxyType(
    {"bg_color": PAPER, "indent": 1, "align": "left", "valign": "vcenter"}
)
_QUIET_TILE: Mapping[str, Any] = MappingProxyType({"font_color": QUIET, "shrink": True})
_NOTE: Mapping[str, Any] = MappingProxyType({**_TILE, **_QUIET_TILE, "valign": "top"})
_FIGURE: Mapping[str, Any] = MappingProxyType(
    {"font_color": BLUE, "bold": True, "size": 15, "num_format": "#,##0"}
)
_ALARM: Mapping[str, Any] = MappingProxyType({"bg_color": "#FBEBEA", "font_color": RED})

LOOKS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "title": {"bold": True, "size": 8, "font_color": BLUE, "valign": "vcenter"},
        "note": {"font_color": QUIET, "valign": "vcenter"},
        "error-note": {"font_color": RED, "bold": True, "valign": "vcenter"},
        "section": {
            "bold": True,
            "size": 1,
            "font_color": BLUE,
            "bottom": 2,
            "bottom_color": BLUE,
            "valign": "vcenter",
        },
        "header": _HEADER,
        "header-blocked": {**_HEADER, "bg_color": GREY},
        "text": {**_BODY, "text_wrap": True, "num_format": "@"},
        "code": {**_BODY, "num_format": "@"},
        "link": {**_BODY, **_LINK, "num_format": "@"},
        "date": {**_BODY, "num_format": _DATE},
        "moment": {**_BODY, "num_format": f"{_DATE} hh:mm"},
        "amount": {**_BODY, "align": "right", "indent": 1},
        "number": {**_BODY, "align": "right", "indent": 1, "num_format": "#,##0"},
        "late": {
            **_BODY,
            "align": "right",
            "indent": 1,
            "bold": True,
            "font_color": RED,
            "num_format": "#,##0",
        },
        "error": {**_BODY, "bold": True, "font_color": RED},
        "warning": {**_BODY, "bold": True, "font_color": AMBER},
        "info": {**_BODY, "font_color": QUIET},
        "text-link": {**_BODY, **_LINK, "text_wrap": True, "num_format": "@"},
        "card": _CARD,
        "card-late": {**_CARD, **_LATE_EDGE},
        "card-blocked": {**_CARD, **_BLOCKED},
        "card-number": _CARD_NUMBER,
        "card-late-number": {**_CARD_NUMBER, **_LATE_EDGE},
        "card-blocked-number": {**_CARD_NUMBER, **_BLOCKED},
        "kind": {"font_color": GREEN, "bold": True, "size": 2, "valign": "vcenter"},
        # The summary's small tables and its figures.
        "small-header": {"font_color": QUIET, "align": "right", "bottom": 1, "bottom_color": LINE},
        "small-name-header": {"font_color": QUIET, "bottom": 1, "bottom_color": LINE},
        "small-name": {"bottom": 1, "bottom_color": LINE, "num_format": "@", "shrink": True},
        "small-link": {
            "bottom": 1,
            "bottom_color": LINE,
            "num_format": "@",
            "shrink": True,
            **_LINK,
        },
        "small-number": {
            "bottom": 1,
            "bottom_color": LINE,
            "align": "right",
            "num_format": "#,##0;-#,##0;–",
        },
        "small-count": {
            "bottom": 1,
            "bottom_color": LINE,
            "align": "right",
            "num_format": "#,##0",
        },
        "small-late": {
            "bottom": 1,
            "bottom_color": LINE,
            "align": "right",
            "font_color": RED,
            "bold": True,
            "num_format": "#,##0;-#,##0;–",
        },
        "tile-name": {**_TILE, **_QUIET_TILE},
        "tile-note": _NOTE,
        "tile-note-better": {**_NOTE, "font_color": GREEN},
        "tile-note-worse": {**_NOTE, "font_color": RED},
        "tile-figure": {**_TILE, **_FIGURE},
        "tile-name-alarm": {**_TILE, **_QUIET_TILE, **_ALARM},
        "tile-note-alarm": {**_NOTE, **_ALARM, "font_color": QUIET},
        "tile-note-better-alarm": {**_NOTE, **_ALARM, "font_color": GREEN},
        "tile-note-worse-alarm": {**_NOTE, **_ALARM},
        "tile-figure-alarm": {**_TILE, **_FIGURE, **_ALARM},
    }
)
"""The looks by name; `size` is in points more than the workbook's own font."""


def properties(look: str, language: Language) -> dict[str, Any]:
    """What XlsxWriter needs to make the look called `look`."""
    font, points = FONTS[language]
    wanted = {"font_name": font, "font_size": points, "font_color": INK, **LOOKS[look]}
    wanted["font_size"] = points + wanted.pop("size", 0)
    return wanted
