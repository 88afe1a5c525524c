"""The shipped templates: built from the description of the kinds and the catalogue, a file each.

They hold docxtpl's tags: ``{{ record.goal }}``, ``{%tr if ... %}`` in a row of its own,
``{%p if ... %}`` in a paragraph of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from docx.document import Document as DocumentObject
from docx.table import Table

from xlflow.languages import Language, say
from xlflow.record.fields import Kind as FieldKind
from xlflow.record.schema import STANDARD
from xlflow.reports.documents import typesetting as page
from xlflow.reports.documents.kinds import Kind
from xlflow.reports.documents.package import sealed
from xlflow.reports.documents.parts import (
    NEEDED_WHEN,
    Facts,
    Filing,
    Lines,
    Note,
    Part,
    Schedule,
    Section,
    Signatures,
    Trials,
)

_BORN = datetime(2024, 1, 1)  # noqa: DTZ001 - documents have no time zone
# Widths of label, value, label, value, in parts of the whole.
_PAIRS: Mapping[Language, tuple[int, ...]] = {
    "zh-Hans": (17, 33, 17, 33),
    "zh-Hant": (17, 33, 17, 33),
    "en": (20, 30, 20, 30),
}
_STAGES = ("design", "development", "test", "golive")
_FILED = ("requirement-record", "solution", "test-report", "uat-report")


def template_name(kind: str, language: Language) -> str:
    """The file name of a template: ``solution.zh-Hans.docx``."""
    return f"{kind}.{language}.docx"


@cache
def build_template(kind: Kind, language: Language) -> bytes:
    """The shipped template of a document; the same bytes each time."""
    document = page.new_document(language)
    _head_and_foot(document, kind, language)
    _title_block(document, kind, language)
    for section in kind.sections:
        _section(document, section, language)
    page.add_end(document)
    properties = document.core_properties
    properties.title = "{{ record.number }} {{ document.name }}"
    properties.subject = "{{ record.title }}"
    properties.author = "xlflow"
    properties.last_modified_by = "xlflow"
    properties.comments = ""
    properties.keywords = ""
    properties.language = language
    properties.created = properties.modified = _BORN
    properties.revision = 1
    return sealed(page.saved(document))


def _say(language: Language, name: str, **values: object) -> str:
    return say(language, f"documents.{name}", **values)


def _value(key: str) -> str:
    is_days = STANDARD.field(key).kind is FieldKind.DAYS
    return "{{ record." + key + ("|days" if is_days else "") + " }}"


def _line_value(key: str, sheet: str) -> str:
    """Columns are narrow, so dates are written short."""
    form = _SHORT.get(STANDARD.field(key, sheet).kind, "")
    return "{{ line." + key + form + " }}"


_SHORT = {FieldKind.DATE: "|date", FieldKind.MOMENT: '|date("%Y-%m-%d %H:%M")'}


def _head_and_foot(document: DocumentObject, kind: Kind, language: Language) -> None:
    (section,) = document.sections
    look: dict[str, Any] = {"size": 8.5, "colour": page.FAINT}
    head = page.add_paragraph(
        section.header,
        "{{ register.company or register.name }}\t{{ record.number }}",
        first=True,
        **look,
    )
    page.add_right_tab(head)
    page.underline(head, "bottom")
    foot = page.add_paragraph(section.footer, f"{kind.name(language)}\t", first=True, **look)
    page.add_right_tab(foot)
    page.underline(foot, "top")
    text = _say(language, "page.footer", page="\0PAGE\0", pages="\0NUMPAGES\0")
    for piece in text.split("\0"):
        if piece in ("PAGE", "NUMPAGES"):
            page.add_field(foot, piece, "1", **look)
        elif piece:
            page.look(foot.add_run(piece), **look)


def _title_block(document: DocumentObject, kind: Kind, language: Language) -> None:
    title = document.add_paragraph(style="Title")
    title.add_run(kind.name(language))
    table = page.add_table(document, _PAIRS[language])
    _pair_row(table, language, "number", "status")
    label, cell = page.add_row(table, [1, 3])
    page.fill(label, STANDARD.field("title").label(language), label=True)
    page.fill(cell, _value("title"))
    name, held, made, day = page.add_row(table, whole=True)
    page.fill(name, _say(language, "page.register"), label=True)
    page.fill(held, "{{ register.name }}")
    page.fill(made, _say(language, "page.made_on"), label=True)
    page.fill(day, "{{ today }}")


def _section(document: DocumentObject, section: Section, language: Language) -> None:
    if section.when:
        page.add_tag(document, f"if {section.when}")
    document.add_paragraph(_say(language, f"section.{section.name}"), style="Heading 1")
    for part in section.parts:
        if isinstance(part, Lines):
            _lines(document, part, language, is_asked=section.when == part.sheet)
        else:
            _part(document, part, language)
    if section.when:
        page.add_tag(document, "endif")


def _part(document: DocumentObject, part: Part, language: Language) -> None:
    match part:
        case Facts():
            _facts(document, part, language)
        case Schedule():
            _schedule(document, language)
        case Trials():
            _trials(document, language)
        case Filing():
            _filing(document, language)
        case Note():
            _note(document, part, language)
        case Signatures():
            _signatures(document, part, language)


def _facts(document: DocumentObject, facts: Facts, language: Language) -> None:
    table = page.add_table(document, _PAIRS[language])
    for left, right in zip(facts.short[::2], [*facts.short[1::2], ""], strict=False):
        _pair_row(table, language, left, right)
    for key in facts.long:
        condition = NEEDED_WHEN.get(key, "")
        if condition:
            page.add_row_tag(table, f"if record.{key} or {condition}")
        label, cell = page.add_row(table, [1, 3], top=True)
        page.fill(label, STANDARD.field(key).label(language), label=True)
        page.fill(cell, _value(key))
        if condition:
            page.add_row_tag(table, "endif")
    if facts.own:
        page.add_row_tag(table, f"for field in own.{facts.own}")
        label, cell = page.add_row(table, [1, 3], top=True)
        page.fill(label, "{{ field.label }}", label=True)
        page.fill(cell, "{{ field.value }}")
        page.add_row_tag(table, "endfor")


def _pair_row(table: Table, language: Language, left: str, right: str) -> None:
    """Two short fields beside each other; the last one of an odd number has the whole row."""
    keys = [left, right] if right else [left]
    cells = page.add_row(table, [1] * 4 if right else [1, 3], whole=True)
    for key, (label, cell) in zip(keys, zip(cells[::2], cells[1::2], strict=True), strict=True):
        page.fill(label, STANDARD.field(key).label(language), label=True)
        page.fill(cell, _value(key))


def _lines(document: DocumentObject, lines: Lines, language: Language, *, is_asked: bool) -> None:
    """A row each line; `is_asked`: the section stands there only if there are any."""
    if not is_asked:
        page.add_tag(document, f"if {lines.sheet}")
    table = page.add_table(document, lines.widths)
    first = [(key, 1) for key in lines.keys]
    rows = [row for row in (first, list(lines.below)) if row]
    for row in rows:
        labels = [STANDARD.label(key, language, lines.sheet) for key, _ in row]
        _head_row(table, labels, spans=[span for _, span in row])
    page.add_row_tag(table, f"for line in {lines.sheet}")
    for number, row in enumerate(rows, 1):
        cells = page.add_row(table, [span for _, span in row], whole=True, top=True)
        for (key, _), cell in zip(row, cells, strict=True):
            leads = number < len(rows)
            text = _line_value(key, lines.sheet)
            page.fill(cell, text, size=9, tinted=leads, keep=leads)
    page.add_row_tag(table, "endfor")
    if not is_asked:
        page.add_tag(document, "endif")


def _head_row(
    table: Table,
    labels: list[str],
    *,
    spans: list[int] | None = None,
    keep: bool = False,
    repeated: bool = True,
) -> None:
    cells = page.add_row(table, spans, head=repeated, whole=True)
    for text, cell in zip(labels, cells, strict=True):
        page.fill(cell, text, label=True, keep=keep, size=9)


def _schedule(document: DocumentObject, language: Language) -> None:
    table = page.add_table(document, (20, 40, 40))
    _head_row(table, [_say(language, f"schedule.{name}") for name in ("stage", "due", "owner")])
    for stage in _STAGES:
        label, due, owner = page.add_row(table, whole=True)
        page.fill(label, _say(language, f"schedule.{stage}"), label=True)
        page.fill(due, _value(f"{stage}_due"))
        page.fill(owner, _value(f"{stage}_owner"))


def _trials(document: DocumentObject, language: Language) -> None:
    table = page.add_table(document, (20, 45, 20, 15))
    heads = ("kind", "content", "result", "tester")
    _head_row(table, [_say(language, f"tests.{name}") for name in heads])
    for kind in ("functional", "performance", "compatibility"):
        label, _, result, _ = page.add_row(table, whole=True, height_mm=14)
        page.fill(label, _say(language, f"tests.{kind}"), label=True)
        page.fill(result, _say(language, "tests.passed"), size=9)
    label, conclusion = page.add_row(table, [1, 3], whole=True, height_mm=14)
    page.fill(label, _say(language, "tests.conclusion-label"), label=True)
    page.fill(conclusion, _say(language, "tests.conclusion"))


def _filing(document: DocumentObject, language: Language) -> None:
    table = page.add_table(document, (84, 16))
    _head_row(table, [_say(language, f"archive.{name}") for name in ("document", "there")])
    for kind in _FILED:
        name, box = page.add_row(table, whole=True)
        page.fill(name, _say(language, f"archive.{kind}"))
        page.fill(box, _say(language, "archive.check"), centred=True)


def _note(document: DocumentObject, note: Note, language: Language) -> None:
    if note.when:
        page.add_tag(document, f"if {note.when}")
    text = _note_text(note, language)
    page.add_paragraph(document, text, colour=page.FAINT, after=6, keep=True)
    if note.when:
        page.add_tag(document, "endif")


def _note_text(note: Note, language: Language) -> str:
    return _say(
        language,
        f"note.{note.name}",
        confirm="{{ deadlines.confirm|days }}",
        monitor="{{ deadlines.monitor|hours }}",
        close="{{ deadlines.close_due|days }}",
    )


def _signatures(document: DocumentObject, signatures: Signatures, language: Language) -> None:
    """A column for each side; the whole block, notes included, stays on one page."""
    count = len(signatures.signers)
    table = page.add_table(document, (17, *[83 / count] * count))
    for note in signatures.notes:
        if note.when:
            page.add_row_tag(table, f"if {note.when}")
        (cell,) = page.add_row(table, [count + 1], whole=True)
        page.fill(cell, _note_text(note, language), colour=page.FAINT, keep=True)
        if note.when:
            page.add_row_tag(table, "endif")
    roles = [_say(language, f"signature.{role}") for role, _, _ in signatures.signers]
    _head_row(table, [_say(language, "signature.side"), *roles], keep=True, repeated=False)
    rows = (
        ("name", [_value(name) for _, name, _ in signatures.signers], None),
        ("signature", ["" for _ in signatures.signers], 14),
        ("date", [_signing_day(day, language) for _, _, day in signatures.signers], 9),
    )
    for number, (name, texts, height) in enumerate(rows, 1):
        keep = number < len(rows)
        label, *cells = page.add_row(table, whole=True, height_mm=height)
        page.fill(label, _say(language, f"signature.{name}"), label=True, keep=keep)
        for text, cell in zip(texts, cells, strict=True):
            page.fill(cell, text, keep=keep)


def _signing_day(key: str, language: Language) -> str:
    blank = _say(language, "signature.blank-date")
    if not key:
        return blank
    return "{% if record." + key + " %}" + _value(key) + "{% else %}" + blank + "{% endif %}"
