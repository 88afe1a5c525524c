"""XlsxWriter made strict: what it would drop with a warning or a return code becomes an error.

Rows and columns count from 1, as in Excel.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from io import BytesIO
from types import TracebackType
from typing import Any, Self

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from xlflow.errors import XlflowError
from xlflow.languages import Language
from xlflow.record.register import quoted
from xlflow.workbook.schema import (
    FIRST_ROW,
    HEADER_ROW,
    LANGUAGE_PROPERTY,
    LAST_ROW,
    REGISTER_PROPERTY,
    SCHEMA,
    SCHEMA_PROPERTY,
)

# Excel's own dialogs stop here; XlsxWriter lets longer error texts through.
_LONGEST = {"input_title": 32, "error_title": 32, "input_message": 255, "error_message": 224}

_A4 = 9
_ALLOWED = {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True}

CREATED = datetime(2024, 3, 1)  # noqa: DTZ001 - pinned, so that the same input gives the same bytes


class TemplateRefused(XlflowError):
    """A text or list does not fit into the workbook. `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__("template.refused", place=place, reason=reason)


class TemplateBook:
    """A new workbook, its structure locked; a context manager that writes it on leaving."""

    def __init__(self, target: BytesIO, password: str) -> None:
        self._book = _LockedWorkbook(target, {"in_memory": True})
        self._password = password
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error", UserWarning)  # the kind that XlsxWriter gives
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None
    ) -> None:
        with self._stack:
            try:
                if fault is None:
                    self._book.close()
            except UserWarning as warning:
                fault = warning
            if isinstance(fault, UserWarning):
                raise TemplateRefused("XlsxWriter", str(fault)) from fault

    def describe(self, language: Language, register_id: str, *, title: str) -> None:
        """The document properties by which a reader knows the register."""
        self._book.set_properties({"title": title, "created": CREATED})
        self._book.set_custom_property(SCHEMA_PROPERTY, SCHEMA, "number_int")
        self._book.set_custom_property(LANGUAGE_PROPERTY, language, "text")
        self._book.set_custom_property(REGISTER_PROPERTY, register_id, "text")

    def add_format(self, **properties: Any) -> Any:
        """A cell format of XlsxWriter."""
        return self._book.add_format(properties)

    def add_tab(self, title: str) -> Tab:
        """A new sheet to the right of the others, protected."""
        sheet = self._book.add_worksheet(title, _FittingWorksheet)
        sheet.protect(self._password, _ALLOWED)
        self._book.lock = {"lockStructure": 1}
        if self._password:
            self._book.lock["workbookPassword"] = sheet.protect_options["password"]
        return Tab(sheet, title)

    def define_names(self, names: Mapping[str, str], *, hidden: str) -> None:
        """Names for the whole workbook: name -> what it refers to, without "=".

        Those that begin with `hidden` do not show in Excel's lists of names.
        """
        for name, target in names.items():
            _accepted(self._book.define_name(name, f"={target}"), name)
            self._book.defined_names[-1][3] = name.startswith(hidden)


class Tab:
    """One sheet of the workbook."""

    def __init__(self, sheet: Any, title: str) -> None:
        self._sheet = sheet
        self.title = title

    def write(self, row: int, column: int, value: Any, look: Any) -> None:
        """Write one value as it is; a text stays a text whatever it begins with."""
        at = (row - 1, column - 1)
        if value is None:
            code = self._sheet.write_blank(*at, None, look)
        elif isinstance(value, bool):
            code = self._sheet.write_boolean(*at, value, look)
        elif isinstance(value, date):
            code = self._sheet.write_datetime(*at, value, look)
        elif isinstance(value, int | float):
            code = self._sheet.write_number(*at, value, look)
        else:
            code = self._sheet.write_string(*at, str(value), look)
        self._must(code, row, column)

    def merge(self, row: int, first: int, last: int, text: str, look: Any) -> None:
        """One text over several columns."""
        area = (row - 1, first - 1, row - 1, last - 1)
        self._must(self._sheet.merge_range(*area, text, look), row, first)

    def column(self, column: int, width: float, look: Any, *, hidden: bool = False) -> None:
        """Width and format of a whole column."""
        at = column - 1
        code = self._sheet.set_column(at, at, width, look, {"hidden": hidden})
        self._must(code, 1, column)

    def fit_row(self, row: int, height_points: float) -> None:
        """The height that a row has until its text changes and Excel fits it anew."""
        self._sheet.fitted[row - 1] = height_points

    def row(self, row: int, height_points: float | None, *, hidden: bool = False) -> None:
        """Height of a row that stays as it is; None leaves the usual one."""
        code = self._sheet.set_row(row - 1, height_points, None, {"hidden": hidden})
        self._must(code, row, 1)

    def validate(self, column: int, rule: Mapping[str, Any]) -> None:
        """What may be typed into a column below the header, and what is said about it."""
        place = self._where(FIRST_ROW, column)
        for part, longest in _LONGEST.items():
            length = len(rule.get(part, ""))
            if length > longest:
                raise TemplateRefused(place, f"{part} {length} > {longest}")
        area = (FIRST_ROW - 1, column - 1, LAST_ROW - 1, column - 1)
        _accepted(self._sheet.data_validation(*area, dict(rule)), place)

    def mark(self, columns: Iterable[int], formula: str, look: Any) -> None:
        """Show cells below the header in `look` where `formula` holds; earlier marks win.

        `formula` is written for the leftmost of the columns in `FIRST_ROW`.
        """
        areas = [
            f"{letters(first)}{FIRST_ROW}:{letters(last)}{LAST_ROW}"
            for first, last in _runs(sorted(columns))
        ]
        rule = {"type": "formula", "criteria": f"={formula}", "format": look, "stop_if_true": True}
        rule["multi_range"] = " ".join(areas)
        _accepted(self._sheet.conditional_format(areas[0], rule), f"{self.title}!{areas[0]}")

    def filter(self, columns: int) -> None:
        """AutoFilter buttons in the header; Excel wants them there before protection."""
        code = self._sheet.autofilter(HEADER_ROW - 1, 0, LAST_ROW - 1, columns - 1)
        self._must(code, HEADER_ROW, 1)

    def freeze(self, row: int, column: int) -> None:
        """Keep what stands above `row` and left of `column` in sight."""
        self._sheet.freeze_panes(row - 1, column - 1)

    def quiet(self, columns: int) -> None:
        """No green corners for texts that look like numbers."""
        area = f"A{FIRST_ROW}:{letters(columns)}{LAST_ROW}"
        self._sheet.ignore_errors({"number_stored_as_text": area})

    def open_here(self, row: int = FIRST_ROW, column: int = 2) -> None:
        """Let the workbook open on this sheet with this cell selected."""
        self._sheet.activate()
        self._sheet.set_selection(row - 1, column - 1, row - 1, column - 1)

    def colour(self, colour: str) -> None:
        """The colour of the tab."""
        self._sheet.set_tab_color(colour)

    def bare(self) -> None:
        """No grid lines, on screen and on paper."""
        self._sheet.hide_gridlines(2)

    def paper(
        self,
        *,
        landscape: bool,
        footer: str,
        fit: tuple[int, int] | None = None,
        percent: int = 100,
    ) -> None:
        """Print on A4 with page numbers; `fit` = pages wide and high (0 = as many as needed)."""
        self._sheet.set_paper(_A4)
        if landscape:
            self._sheet.set_landscape()
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        _accepted(self._sheet.set_footer(f"&L{footer.replace('&', '&&')}&R&P / &N"), self.title)
        if fit:
            self._sheet.fit_to_pages(*fit)
        else:
            self._sheet.set_print_scale(percent)

    def repeat(self, rows: tuple[int, int], columns: int) -> None:
        """Print these rows, and the first `columns` columns, on every page."""
        self._sheet.repeat_rows(rows[0] - 1, rows[1] - 1)
        self._sheet.repeat_columns(0, columns - 1)

    def break_before(self, columns: Iterable[int]) -> None:
        """Begin a new printed page with each of these columns."""
        self._sheet.set_v_pagebreaks([column - 1 for column in columns])

    def area(self, first_row: int, first: int, last_row: int, last: int) -> str:
        """An absolute reference to cells of this sheet, for names and formulas."""
        return area(self.title, first_row, first, last_row, last)

    def _must(self, code: object, row: int, column: int) -> None:
        if code:
            _accepted(code, self._where(row, column))

    def _where(self, row: int, column: int) -> str:
        return f"{quoted(self.title)}!{letters(column)}{row}"


def letters(column: int) -> str:
    """The letters of a column: 1 -> "A"."""
    return str(xl_col_to_name(column - 1))


def area(title: str, first_row: int, first: int, last_row: int, last: int) -> str:
    """An absolute reference: ``'my list'!$A$4:$B$9``."""
    cells = xl_range_abs(first_row - 1, first - 1, last_row - 1, last - 1)
    return f"{quoted(title)}!{cells}"


def _runs(columns: list[int]) -> list[tuple[int, int]]:
    """Columns that stand side by side, as first and last."""
    runs: list[tuple[int, int]] = []
    for column in columns:
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


def _accepted(code: object, place: str) -> None:
    if isinstance(code, int) and code < 0:
        raise TemplateRefused(place, f"XlsxWriter {code}")


class _LockedWorkbook(Workbook):  # type: ignore[misc]  # XlsxWriter has no type hints
    """XlsxWriter can protect sheets, but not the list of sheets."""

    lock: dict[str, object]

    def _write_book_views(self) -> None:
        # Source: ECMA-376 18.2.29; it stands right before the book views.
        self._xml_empty_tag("workbookProtection", list(self.lock.items()))
        super()._write_book_views()


class _FittingWorksheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no type hints
    """XlsxWriter calls every height the user's own, which stops Excel from fitting the row."""

    def __init__(self) -> None:
        super().__init__()
        self.fitted: dict[int, float] = {}  # row from 0 -> height in points

    def _write_row(self, row: int, spans: str | None, *rest: Any, **named: Any) -> None:
        if row not in self.fitted:
            super()._write_row(row, spans, *rest, **named)
            return
        # Source: ECMA-376 18.3.1.73; without customHeight the height is the program's own.
        held = [("r", row + 1), ("spans", spans), ("ht", f"{self.fitted[row]:g}")]
        self._xml_start_tag_unencoded("row", [pair for pair in held if pair[1]])
