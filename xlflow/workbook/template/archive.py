"""The archive of one year as a new workbook: the register's own sheets, locked, to be read.

Nothing is typed there, so there are no dropdowns, prompts or marks; and since all cells are locked,
nobody sorts the columns of the template away from those that stand behind them.
"""

from __future__ import annotations

from io import BytesIO
from itertools import count

from xlflow.languages import Language, entry, say
from xlflow.pages.heights import row_height
from xlflow.record.fields import Field, Kind
from xlflow.settings import Settings
from xlflow.workbook.schema import HEADER_ROW, KEY_ROW
from xlflow.workbook.template.book import TemplateBook
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.records import BANNER_ROW, finish_records, write_head
from xlflow.workbook.template.tab import Tab

_FACTS = (
    Field("register", "archived_at", Kind.MOMENT, width_chars=17),
    Field("register", "archived_from", Kind.TEXT, width_chars=24),
)
_MODULE = "guidance"
_SPARE, _SPARE_CHARS = 20, 18  # columns that the staff may have added to the register
_WIDTHS = (4, 96)  # characters: the number of a line, the line


def build_archive(language: Language, year: int, register_id: str, settings: Settings) -> bytes:
    """An empty archive in `language`, for records that were closed in `year`.

    Raises:
        TemplateRefused: A text is longer than Excel allows.
    """
    saved = BytesIO()
    title = say(language, "archive.workbook.title", year=year)
    with TemplateBook(saved, password=settings.template.password or "") as book:
        book.describe(language, register_id, title=title)
        looks = Looks(book, language)
        sheets = settings.schema.sheets
        about = book.add_tab(say(language, "record.sheet.guide"))
        tabs = {sheet: book.add_tab(say(language, f"record.sheet.{sheet}")) for sheet in sheets}
        _write_about(about, title, looks)
        for sheet, tab in tabs.items():
            _write_sheet(tab, sheet, looks, settings)
        tabs["register"].open_here()
    return saved.getvalue()


def _write_sheet(tab: Tab, sheet: str, looks: Looks, settings: Settings) -> None:
    write_head(tab, sheet, looks, settings)
    fields = settings.schema.sheets[sheet]
    for column, field in enumerate(fields, 1):
        tab.column(column, field.width_chars, looks.column(field, locked=True))
    facts: tuple[Field, ...] = _FACTS if sheet == "register" else ()
    for column, field in enumerate(facts, len(fields) + 1):
        _write_fact(tab, column, field, looks, is_first=field is _FACTS[0])
    last = len(fields) + len(facts)
    for column in range(last + 1, last + 1 + _SPARE):
        tab.column(column, _SPARE_CHARS, looks.make(text_wrap=True, align="left"))
    finish_records(tab, sheet, last, settings)


def _write_fact(tab: Tab, column: int, field: Field, looks: Looks, *, is_first: bool) -> None:
    """A column that tells of the move itself."""
    text = say(looks.language, "archive.workbook.facts") if is_first else None
    label = say(looks.language, f"archive.workbook.{field.key}")
    tab.column(column, field.width_chars, looks.column(field, locked=True))
    tab.write(KEY_ROW, column, field.key, looks.make())
    tab.write(BANNER_ROW, column, text, looks.banner(_MODULE))
    tab.write(HEADER_ROW, column, label, looks.label(field, _MODULE))


def _write_about(tab: Tab, title: str, looks: Looks) -> None:
    """What this workbook is, and what to do with it: one printed page."""
    language = looks.language
    tab.bare()
    for column, width in enumerate(_WIDTHS, 1):
        tab.column(column, width, looks.make())
    rows = count(1)
    row = next(rows)
    big = looks.make(font_size=looks.size + 7, bold=True, font_color=COLOURS["basic"][0])
    tab.write(row, 1, title, big)
    tab.row(row, 28)
    for number in entry(language, "archive.workbook.about"):
        row = next(rows)
        text = say(language, f"archive.workbook.about.{number}")
        tab.write(row, 1, f"{number}.", looks.make(valign="vcenter"))
        tab.write(row, 2, text, looks.make(text_wrap=True, valign="vcenter"))
        tab.row(row, row_height([(text, _WIDTHS[1])], looks.size) + 6)
    tab.paper(landscape=False, footer=tab.title, fit=(1, 1))
