"""One sheet of the template. Rows and columns count from 1, as in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from xlflow.record.register import quoted
from xlflow.workbook.schema import FIRST_ROW, HEADER_ROW, LAST_ROW
from xlflow.workbook.template.refusal import TemplateRefused, accepted

# Excel's own dialogs stop here; XlsxWriter lets longer error texts through.
_LONGEST = {"input_title": 32, "error_title": 32, "input_message": 255, "error_message": 224}

_A4 = 9


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
        self._validate((FIRST_ROW, column, LAST_ROW, column), rule)

    def validate_cell(self, row: int, column: int, rule: Mapping[str, Any]) -> None:
        """The same for one cell."""
        self._validate((row, column, row, column), rule)

    def _validate(self, cells: tuple[int, int, int, int], rule: Mapping[str, Any]) -> None:
        place = self._where(*cells[:2])
        for part, longest in _LONGEST.items():
            length = len(rule.get(part, ""))
            if length > longest:
                raise TemplateRefused(place, f"{part} {length} > {longest}")
        area = [number - 1 for number in cells]
        accepted(self._sheet.data_validation(*area, dict(rule)), place)

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
        accepted(self._sheet.conditional_format(areas[0], rule), f"{self.title}!{areas[0]}")

    def mark_cell(self, row: int, column: int, formula: str, look: Any) -> None:
        """Show one cell in `look` where `formula` holds; earlier marks win."""
        rule = {"type": "formula", "criteria": f"={formula}", "format": look, "stop_if_true": True}
        place = self._where(row, column)
        accepted(
            self._sheet.conditional_format(row - 1, column - 1, row - 1, column - 1, rule), place
        )

    def compute(self, row: int, column: int, formula: str, shown: str | int, look: Any) -> None:
        """A formula, and what it shows until a program computes it."""
        code = self._sheet.write_formula(row - 1, column - 1, f"={formula}", look, shown)
        self._must(code, row, column)

    def filter(self, columns: int) -> None:
        """AutoFilter buttons in the header; Excel wants them there before protection."""
        code = self._sheet.autofilter(HEADER_ROW - 1, 0, LAST_ROW - 1, columns - 1)
        self._must(code, HEADER_ROW, 1)

    def filter_rows(self, header_row: int, last_row: int, columns: int) -> None:
        """AutoFilter buttons over a list that ends with its last row."""
        code = self._sheet.autofilter(header_row - 1, 0, last_row - 1, columns - 1)
        self._must(code, header_row, 1)

    def freeze(self, row: int, column: int) -> None:
        """Keep what stands above `row` and left of `column` in sight."""
        self._sheet.freeze_panes(row - 1, column - 1)

    def quiet(self, columns: int) -> None:
        """No green corners for texts that look like numbers."""
        self.quiet_cells(FIRST_ROW, 1, LAST_ROW, columns)

    def quiet_cells(self, first_row: int, first: int, last_row: int, last: int) -> None:
        """The same for these cells."""
        area = f"{letters(first)}{first_row}:{letters(last)}{last_row}"
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
        accepted(self._sheet.set_footer(f"&L{footer.replace('&', '&&')}&R&P / &N"), self.title)
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
            accepted(code, self._where(row, column))

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
