"""Which cell formats show a number as a date.

Source: ECMA-376 18.8.30 (numFmt), 18.8.31 (codes), 18.8.10 (cellXfs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlflow.workbook import markup
from xlflow.workbook.package import Package

# The built-in ones, those of Chinese and Japanese editions (from 27 on) included.
_BUILT_IN_DATES = frozenset((14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 53, 54, 57, 58))
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAY_OR_YEAR = re.compile("[yd]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """The cell formats of a workbook by number; `dates` are those that show a day."""

    dates: frozenset[int]

    @classmethod
    def of(cls, package: Package) -> NumberFormats:
        """Read from the workbook's styles.

        Raises:
            WorkbookRefused: They are damaged.
        """
        relations = package.relations(package.workbook_part)
        part = next((r.target for r in relations if r.kind == "styles" and r.target), None)
        codes: dict[str, str] = {}
        numbers: list[str] = []
        for node in package.tree(part) if part else ():
            match markup.local_name(node.tag):
                case "numFmts":
                    codes = {f.get("numFmtId", ""): f.get("formatCode", "") for f in node}
                case "cellXfs":
                    numbers = [xf.get("numFmtId", "0") for xf in node]
        shown = (_shows_day(number, codes.get(number)) for number in numbers)
        return cls(frozenset(index for index, is_day in enumerate(shown) if is_day))


def _shows_day(number: str, code: str | None) -> bool:
    """Whether the code of a format, or its built-in number, shows a day.

    >>> _shows_day("164", "yyyy-mm-dd"), _shows_day("14", None), _shows_day("165", 'General" d"')
    (True, True, False)
    """
    if code is None:
        return number.isdecimal() and int(number) in _BUILT_IN_DATES
    first, *_ = code.split(";")
    plain = _LITERAL.sub("", first)
    return bool(_DAY_OR_YEAR.search(plain))
