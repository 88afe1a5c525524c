"""Word files for tests: templates written by hand, and what a document says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document
from docx.oxml.ns import qn
from registers import register

from xlflow.languages import Language
from xlflow.record.example import NUMBER, worked_example, worked_progress
from xlflow.record.schema import STANDARD, Schema
from xlflow.reports.documents.kinds import BY_ID
from xlflow.reports.documents.package import Marks
from xlflow.reports.documents.rendering import Filled, filled
from xlflow.reports.documents.values import Source, context_of
from xlflow.settings.sections import DeadlineSettings

NOW = datetime(2024, 3, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def template(*paragraphs: str, header: str = "", footer: str = "", **properties: str) -> bytes:
    """A template as a person writes it in Word, a text a paragraph."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    (section,) = document.sections
    section.header.paragraphs[0].text = header
    section.footer.paragraphs[0].text = footer
    for name, text in properties.items():
        setattr(document.core_properties, name, text)
    return saved(document)


def saved(document: Any) -> bytes:
    """What Word would have on disk."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def example(language: Language = "en", schema: Schema = STANDARD, **changes: Any) -> Source:
    """The worked example 2024-015 in row 4; `changes` set fields, or the lines of a sheet."""
    lines = {sheet: changes.pop(sheet, []) for sheet in ("issues", "changes")}
    progress = changes.pop("progress", worked_progress(language))
    row = worked_example(language) | changes
    held = register([row], language=language, progress=progress, schema=schema, **lines)
    return source(held)


def source(held: Any, row: int = 4, number: str = NUMBER) -> Source:
    """A record of a register."""
    return Source(held, row, number, NOW, deadlines=DeadlineSettings().model_dump())


def fill(
    data: bytes, made_of: Source | None = None, language: Language = "en", now: datetime = NOW
) -> Filled:
    """A template filled with a record, the worked example if no other."""
    names = context_of(made_of or example(language), BY_ID["solution"], language)
    return filled(data, "own.docx", names, language, now, Marks(NUMBER, "solution"))


def texts(data: bytes) -> list[str]:
    """The paragraphs of a document in their order: headers, body with its tables, footers."""
    document = Document(BytesIO(data))
    (section, *_) = document.sections
    roots = (section.header._element, document.element.body, section.footer._element)
    return [text for root in roots for text in _paragraphs(root)]


def said(element: Any) -> str:
    """The text of an element of a part."""
    return "".join(element.itertext())


def text_of(data: bytes) -> str:
    """All that a document says."""
    return "\n".join(texts(data))


def _paragraphs(root: Any) -> Iterator[str]:
    for paragraph in root.iter(qn("w:p")):
        pieces = {qn("w:br"): "\n", qn("w:tab"): "\t"}
        yield "".join(
            held.text or "" if held.tag == qn("w:t") else pieces.get(held.tag, "")
            for run in paragraph.iter(qn("w:r"))
            for held in run
        )
