"""XlsxWriter for reports: every value written as what it is, every refusal an error.

Rows and columns count from 1, as in Excel.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from types import TracebackType
from typing import Any, Self

from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from xlflow.errors import XlflowError
from xlflow.languages import Language, say
from xlflow.pages.finishing import finished
from xlflow.pages.fitting import FittingWorksheet
from xlflow.record.register import CellError, quoted
from xlflow.reports.links import Link
from xlflow.reports.status.looks import QUIET, properties
from xlflow.reports.status.named_styles import StyledWorkbook
from xlflow.reports.texts import cell_text

_A4 = 9
_MOST_LINKS = 65_000  # of a sheet; Excel holds 65,530
_LONGEST_LINK = 2_000  # letters; Excel takes 2,079
_FIRST_YEAR = 1900  # Excel knows no day before it
LAST_ROW = 1_048_576


class ReportRefused(XlflowError):
    """A value does not fit into the workbook. `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__("reports.refused", place=place, reason=reason)


@dataclass(frozen=True, slots=True)
class Area:
    """Cells of a page, for charts and formats."""

    page: str
    first_row: int
    first: int
    last_row: int
    last: int

    @property
    def cells(self) -> str:
        """Without the page: ``$B$4:$B$9``."""
        where = (self.first_row - 1, self.first - 1, self.last_row - 1, self.last - 1)
        return str(xl_range_abs(*where))

    @property
    def formula(self) -> str:
        """With the page: ``=Summary!$B$4:$B$9``."""
        return f"={quoted(self.page)}!{self.cells}"


class ReportBook:
    """A workbook in the making, in one language; a context manager that finishes it on leaving."""

    def __init__(self, language: Language, title: str, now: datetime) -> None:
        self._target = BytesIO()
        self._book = StyledWorkbook(self._target, {"in_memory": True})
        # Pinned, so that the same input gives the same bytes.
        created = now.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": cell_text(title), "created": created})
        self._looks: dict[str, Any] = {}
        self._stack = ExitStack()
        self.language = language

    def __enter__(self) -> Self:
        self._stack.enter_context(
            finished(self._book, lambda said: ReportRefused("", said), Warning)
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, fault, at)

    def add_page(self, title: str, colour: str) -> Page:
        """A new sheet to the right of the others."""
        sheet = self._book.add_worksheet(title, FittingWorksheet)
        sheet.set_tab_color(colour)
        return Page(self, sheet, title)

    def look(self, name: str) -> Any:
        """The format of one of the named looks."""
        if name not in self._looks:
            title = say(self.language, f"reports.look.{name}")
            self._looks[name] = self._book.add_style(title, properties(name, self.language))
        return self._looks[name]

    def shade(self, colour: str) -> Any:
        """A format of conditional formats: texts in this colour."""
        return self._book.add_format({"font_color": colour, "bold": False})

    def add_chart(self, kind: str) -> Any:
        """A native chart of XlsxWriter."""
        return self._book.add_chart({"type": kind})

    def content(self) -> bytes:
        """The workbook's bytes, once it is finished."""
        return self._target.getvalue()


class Page:
    """One sheet of the workbook."""

    def __init__(self, book: ReportBook, sheet: Any, title: str) -> None:
        self._sheet = sheet
        self._links = 0
        self.book = book
        self.title = title

    def write(self, row: int, column: int, value: Any, look: str) -> None:
        """Write one value as it is; a text stays a text whatever it begins with."""
        at, form = (row - 1, column - 1), self.book.look(look)
        if isinstance(value, Link):
            self._link(row, column, value, look)
        elif value is None or value == "":
            self._must(self._sheet.write_blank(*at, None, form), row, column)
        elif isinstance(value, bool | str | CellError):
            self._must(self._sheet.write_string(*at, cell_text(str(value)), form), row, column)
        elif isinstance(value, date):
            self._date(row, column, value, look)
        else:
            self._must(self._sheet.write_number(*at, value, form), row, column)

    def merge(
        self, row: int, columns: tuple[int, int], value: Any, look: str, *, rows: int = 1
    ) -> None:
        """One value over several cells."""
        first, last = columns
        area = (row - 1, first - 1, row + rows - 2, last - 1)
        self._must(self._sheet.merge_range(*area, "", self.book.look(look)), row, first)
        self.write(row, first, value, look)

    def column(self, column: int, width_chars: float) -> None:
        """The width of a column."""
        self._must(self._sheet.set_column(column - 1, column - 1, width_chars), 1, column)

    def row(self, row: int, height_points: float) -> None:
        """The height of a row."""
        self._must(self._sheet.set_row(row - 1, height_points), row, 1)

    def fit_row(self, row: int, height_points: float) -> None:
        """The height that a row has until its text changes and Excel fits it anew."""
        self._sheet.fitted[row - 1] = height_points

    def insert(self, row: int, column: int, chart: Any, shift: tuple[int, int] = (0, 0)) -> None:
        """Put a chart on the page, its corner so many pixels right of and below the cell's."""
        held = {"x_offset": shift[0], "y_offset": shift[1], "object_position": 1}
        self._must(self._sheet.insert_chart(row - 1, column - 1, chart, held), row, column)

    def bars(self, area: Area, colour: str) -> None:
        """Draw a bar into each of these cells, as long as its number."""
        # Plain bars of 2007: those of 2010 are an extension that other programs complain about.
        rule = {"type": "data_bar", "bar_color": colour, "min_type": "num", "min_value": 0}
        code = self._sheet.conditional_format(area.cells.replace("$", ""), rule)
        self._must(code, area.first_row, area.first)

    def dim(self, area: Area, column: int, texts: Sequence[str]) -> None:
        """Grey the rows whose cell in `column` holds one of these texts."""
        cell = f"${xl_col_to_name(column - 1)}{area.first_row}"
        tests = (f'{cell}="{text.replace(chr(34), chr(34) * 2)}"' for text in texts)
        rule = {
            "type": "formula",
            "criteria": f"=OR({','.join(tests)})",
            "format": self.book.shade(QUIET),
        }
        code = self._sheet.conditional_format(area.cells.replace("$", ""), rule)
        self._must(code, area.first_row, area.first)

    def filter(self, area: Area) -> None:
        """AutoFilter buttons in the first row of these cells."""
        where = (area.first_row - 1, area.first - 1, area.last_row - 1, area.last - 1)
        self._must(self._sheet.autofilter(*where), area.first_row, area.first)

    def freeze(self, row: int, column: int) -> None:
        """Keep what stands above `row` and left of `column` in sight."""
        self._sheet.freeze_panes(row - 1, column - 1)

    def quiet(self, area: Area) -> None:
        """No green corners for texts that look like numbers."""
        self._sheet.ignore_errors({"number_stored_as_text": area.cells.replace("$", "")})

    def bare(self) -> None:
        """No grid lines, on screen and on paper."""
        self._sheet.hide_gridlines(2)

    def paper(self, area: Area, footer: str, *, pages_high: int, header_row: int = 0) -> None:
        """Print `area` on A4 landscape, one page wide; `pages_high` 0 = as many as needed."""
        self._sheet.set_paper(_A4)
        self._sheet.set_landscape()
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.fit_to_pages(1, pages_high)
        where = (area.first_row - 1, area.first - 1, area.last_row - 1, area.last - 1)
        self._must(self._sheet.print_area(*where), area.first_row, area.first)
        if pages_high == 1:
            self._sheet.center_horizontally()
        if header_row:
            self._sheet.repeat_rows(header_row - 1)
        left = cell_text(footer)[:120].replace("&", "&&")
        self._must(self._sheet.set_footer(f"&L&8{left}&R&8&P / &N"), 1, 1)

    def area(self, first_row: int, first: int, last_row: int, last: int) -> Area:
        """Cells of this page."""
        return Area(self.title, first_row, first, last_row, last)

    def _link(self, row: int, column: int, link: Link, look: str) -> None:
        if not link.target or self._links >= _MOST_LINKS or len(link.target) > _LONGEST_LINK:
            self.write(row, column, link.text, "code" if look == "link" else look)
            return
        self._links += 1
        form, text = self.book.look(look), cell_text(link.text)
        code = self._sheet.write_url(row - 1, column - 1, link.target, form, text)
        self._must(code, row, column)

    def _date(self, row: int, column: int, day: date, look: str) -> None:
        if day.year < _FIRST_YEAR:
            self.write(row, column, day.isoformat(), "code")
            return
        if isinstance(day, datetime):
            day = day.replace(tzinfo=None)
            look = "moment" if look == "date" else look
        form = self.book.look(look)
        self._must(self._sheet.write_datetime(row - 1, column - 1, day, form), row, column)

    def _must(self, code: object, row: int, column: int) -> None:
        if isinstance(code, int) and code < 0:
            place = f"{quoted(self.title)}!{xl_col_to_name(column - 1)}{row}"
            raise ReportRefused(place, f"XlsxWriter {code}")


def own_page(title: str) -> str:
    """What XlsxWriter calls a page of the same workbook."""
    return f"internal:{quoted(title)}!A1"
