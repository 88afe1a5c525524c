"""One requirement in the standard's own layout: to read, to print, to attach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from xlflow.languages import Language, say
from xlflow.record.fields import MODULES, Field
from xlflow.record.register import CellError
from xlflow.record.schema import Schema
from xlflow.settings import Settings
from xlflow.workbook.template.book import TemplateBook
from xlflow.workbook.template.looks import COLOURS, Looks
from xlflow.workbook.template.vertical import VerticalPage

_WIDTHS = (25, 84)
_MODULE_OF = {"progress": "progress", "issues": "assessment", "changes": "solution"}
_HEADS = {
    "progress": ("date", "mark"),
    "issues": ("raised_at", "state"),
    "changes": ("change_number", "date"),
}
_TEXTS = {"progress": "text", "issues": "issue", "changes": "change"}
_LEFT_OUT = ("number", "check")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RecordFacts:
    """A record as the register has it: field key -> value, and its lines by sheet."""

    number: str
    row: int
    file: str
    held: Row
    lines: Mapping[str, Sequence[Row]]


def build_record_form(
    language: Language, record: RecordFacts, now: datetime, settings: Settings
) -> bytes:
    """The record on one sheet: six modules, then its lines; choices in `language`.

    Raises:
        TemplateRefused: A text is longer than Excel allows.
    """
    saved = BytesIO()
    with TemplateBook(saved, password=settings.template.password or "") as book:
        looks = Looks(book, language)
        page = VerticalPage(book.add_tab(say(language, "form.sheet")), looks, _WIDTHS)
        title = str(record.held.get("title") or "").strip()
        name = "form.record.title" if title else "form.record.untitled"
        heading = say(language, name, number=record.number, title=title)
        book.describe(language, settings.workbook.id, title=heading)
        page.title(heading)
        moment = now.strftime("%Y-%m-%d %H:%M")
        page.note(
            say(language, "form.record.note", file=record.file, row=record.row, moment=moment)
        )
        teller = _Teller(language, settings.schema)
        _write_modules(page, record, teller)
        for sheet, lines in record.lines.items():
            _write_lines(page, sheet, lines, teller)
        page.tab.colour(COLOURS["basic"][0])
        page.tab.paper(landscape=False, footer=heading, fit=(1, 0))
    return saved.getvalue()


@dataclass(frozen=True)
class _Teller:
    """How values are told in the language of the form."""

    language: Language
    schema: Schema

    def shown(self, field: Field, value: object) -> object:
        """A choice in the form's language, an error by its name, all else as it is."""
        if field.choices:
            choices = self.schema.choices[field.choices]
            if code := choices.parse(value):
                return choices.label(code, self.language)
        return str(value) if isinstance(value, CellError) else value

    def text(self, field: Field, line: Row) -> str:
        """The value of a line's field as text; "" where it has none."""
        value = self.shown(field, line.get(field.key))
        if isinstance(value, datetime):
            return value.isoformat(" ", "minutes")
        return "" if value is None else str(value).strip()


def _write_modules(page: VerticalPage, record: RecordFacts, teller: _Teller) -> None:
    for module in MODULES:
        if module == "guidance":
            continue
        page.module(module)
        for field in (field for field in teller.schema.register if field.module == module):
            page.field(field, teller.shown(field, record.held.get(field.key)))


def _write_lines(page: VerticalPage, sheet: str, lines: Sequence[Row], teller: _Teller) -> None:
    module, fields, language = _MODULE_OF[sheet], teller.schema.by_key(sheet), teller.language
    title = say(language, f"record.sheet.{sheet}")
    page.module(module, say(language, "form.record.lines", sheet=title, count=len(lines)))
    if not lines:
        page.line(module, "", say(language, "form.record.none"))
    text = fields[_TEXTS[sheet]]
    heads = [fields[key] for key in _HEADS[sheet]]
    left_out = {text.key, *_HEADS[sheet], *_LEFT_OUT}
    for line in lines:
        rest = [
            say(language, "form.record.pair", label=field.label(language), text=told)
            for field in fields.values()
            if field.key not in left_out and (told := teller.text(field, line))
        ]
        head = "\n".join(filter(None, (teller.text(field, line) for field in heads)))
        page.line(module, head, "\n".join([teller.text(text, line), *rest]).strip())
