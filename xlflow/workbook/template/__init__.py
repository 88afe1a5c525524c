"""The register as a new workbook: seven sheets in one language, locked but for the typing columns.

The same function writes the empty template, the sample register and large registers for
benchmarks. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from xlflow.languages import Language, entry, say
from xlflow.record.register import Person
from xlflow.settings import Settings, default_settings
from xlflow.workbook.template.book import TemplateBook
from xlflow.workbook.template.example import write_example
from xlflow.workbook.template.extra import ExtraColumn as ExtraColumn
from xlflow.workbook.template.extra import ExtraTab as ExtraTab
from xlflow.workbook.template.extra import write_extra
from xlflow.workbook.template.guide import write_guide
from xlflow.workbook.template.lists import HIDDEN, Lists, write_lists
from xlflow.workbook.template.looks import Looks
from xlflow.workbook.template.records import write_records
from xlflow.workbook.template.refusal import TemplateRefused as TemplateRefused

Row = Mapping[str, Any]

TABS = ("guide", "register", "progress", "issues", "changes", "lists", "example")
"""The sheets from left to right."""


def build_register(
    language: Language,
    *,
    settings: Settings | None = None,
    register_id: str = "main",
    rows: Iterable[Row] = (),
    progress: Iterable[Row] = (),
    issues: Iterable[Row] = (),
    changes: Iterable[Row] = (),
    people: Iterable[Person] = (),
    departments: Iterable[str] | None = None,
    extra: Iterable[ExtraTab] = (),
) -> bytes:
    """A register in `language`, ready to be saved as .xlsx.

    Rows and lines are field key -> value, choices as their labels, dates as `date` or `datetime`;
    values are written as they are, faulty ones too. `departments` default to those of the
    settings, then to a short list to begin with. `extra` sheets come last.

    Raises:
        TemplateRefused: A text or list is longer than Excel or the template allows.
        KeyError: A row names a field that its sheet does not have.
    """
    settings = settings or default_settings()
    listed = tuple(departments if departments is not None else settings.template.departments)
    if departments is None and not listed:
        listed = tuple(entry(language, "template.departments"))
    lines = dict(zip(settings.schema.sheets, (rows, progress, issues, changes), strict=True))
    saved = BytesIO()
    with TemplateBook(saved, password=settings.template.password or "") as book:
        book.describe(language, register_id, title=say(language, "template.title"))
        looks = Looks(book, language)
        lists = Lists(settings.schema, language, listed, tuple(people))
        tabs = {tab: book.add_tab(say(language, f"record.sheet.{tab}")) for tab in TABS}
        write_guide(tabs["guide"], looks, settings)
        for sheet, held in lines.items():
            write_records(tabs[sheet], sheet, held, looks, settings)
        write_lists(tabs["lists"], lists, looks)
        write_example(tabs["example"], looks, settings.schema)
        for part in (part for held in extra for part in held.parts()):
            write_extra(book.add_open_tab(part.title), part, looks)
        book.define_names(lists.names(), hidden=HIDDEN)
        tabs["register"].open_here()
    return saved.getvalue()
