"""A faulty template says what is wrong and where, harms nothing, and takes nothing down."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
import word
from docx import Document

from xlflow.languages import LANGUAGES
from xlflow.reports.documents import package
from xlflow.reports.documents.rendering import TemplateFaulty

LOOPS = "{% for a in progress %}" * 12 + "x" + "{% endfor %}" * 12


def fault(data: bytes) -> TemplateFaulty:
    """What is said of a template that cannot be filled."""
    with pytest.raises(TemplateFaulty) as caught:
        word.fill(data)
    for language in LANGUAGES:
        assert "own.docx" in caught.value.message(language)
        assert "{}" not in caught.value.message(language)
    return caught.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ ''.__class__ }}", "unknown"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "not-offered"),
        ("{{ record.__init__ }}", "unknown"),
        ("{{ record['__class__'] }}", "unknown"),
        ("{{ record._held }}", "unknown"),
        ("{{ record.title.format }}", "unknown"),
        ("{{ record.title|attr('__class__') }}", "no-filter"),
        ("{{ progress|map(attribute='__class__')|join }}", "unknown"),
        ("{{ self }}", "no-value"),
        ("{{ cycler }}", "unknown"),
        ("{{ namespace() }}", "not-offered"),
        ("{{ record.title.upper() }}", "not-offered"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "not-offered"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "not-offered"),
        ("{% for a in progress recursive %}{{ loop(progress) }}{% endfor %}", "not-offered"),
        ("{% include 'passwd' %}", "not-offered"),
        ("{% import 'os' as os %}", "not-offered"),
        ("{{ 9 ** 999999999 }}", "not-offered"),
        ("{{ 'x' * 999999999 }}", "no-number"),
        ("{{ '%999999999d' % 1 }}", "no-number"),
        ("{% set a = 'aa' %}{% set a = a ~ a %}{{ a }}", "not-offered"),
        ("{% set a = 9999999999 %}{{ a * a * a * a }}", "too-large-number"),
        ("{{ today|date('%999999999Y') }}", "no-date-format"),
        ("{{ today|date('%x' * 9) }}", "no-number"),
        ("{{ record.goal|center(99999999999) }}", "no-filter"),
        ("{{ '%999999999d' is even }}", "syntax"),
        ("{{ progress|selectattr('text', 'divisibleby', 1)|length }}", "cannot"),
        ("{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}", "cannot"),
        ("{{ " + "9" * 5_000 + " }}", "cannot"),
        ("{% for a in progress %}" * 60 + "{% endfor %}" * 60, "cannot"),
        ("{{ 1 " + "+ 1 " * 20_000 + "}}", "cannot"),
        ("{{ progress|join('x', 'text') }}", "cannot"),
        (LOOPS, "too-many-turns"),
    ],
)
def test_a_template_can_do_no_harm(text, reason):
    found = fault(word.template("before", text))
    assert found.fault.reason.removesuffix("-near") == reason
    assert text[:9] in found.place or reason == "cannot"


def test_what_joins_texts_without_end_is_stopped():
    joined = "{% set a = progress|map(attribute='text')|join('x' ) %}"
    nested = joined + "{% set b = '" + "y" * 9_000 + "' %}{{ '" + "z" * 9_000 + "'|list|join(b) }}"
    assert fault(word.template(nested)).fault.reason == "no-filter"
    squared = "{% set b = '" + "y" * 90_000 + "' %}{{ progress|join(b)|join(b)|join(b) }}"
    assert fault(word.template(squared)).fault.reason in ("no-list", "no-value")


@pytest.mark.parametrize(
    ("text", "reason", "facts"),
    [
        ("{{ record.gaol }}", "unknown-near", {"name": "record.gaol", "near": "record.goal"}),
        ("{{ recrod.goal }}", "unknown", {"name": "recrod"}),
        ("{% for p in progress %}{{ p.txt }}{% endfor %}", "unknown-near", {"near": "line.text"}),
        ("{% if record.nothing %}x{% endif %}", "unknown", {"name": "record.nothing"}),
        ("{{ record.goal }", "syntax", {}),
        ("{% if record.goal %}no end", "syntax", {}),
        ("{{ record.goal|shout }}", "no-filter", {"name": "shout"}),
        ("{{ record }}", "no-value", {"found": "record"}),
        ("{{ progress }}", "no-value", {"found": "list"}),
        ("{% for c in record.goal %}{{ c }}{% endfor %}", "no-list", {}),
        ("{{ record.interruption + 1 }}", "no-number", {}),
        ("{{ record.core_days / 0 }}", "cannot", {}),
    ],
)
def test_a_mistake_is_named_with_its_place(text, reason, facts):
    found = fault(word.template("All is well here.", f"Beside {text}", "And here."))
    assert found.fault.reason == reason
    assert facts.items() <= found.fault.facts.items()
    assert "All is well" not in found.place
    assert "Beside" in found.place


def test_a_name_that_is_only_asked_about_need_not_exist():
    text = "{% if record.cost_centre is defined %}{{ record.cost_centre }}{% else %}none{% endif %}"
    assert "none" in word.texts(word.fill(word.template(text)).data)


@pytest.mark.parametrize("place", ["header", "footer", "title"])
def test_mistakes_in_header_footer_and_properties_are_found(place):
    found = fault(word.template("text", **{place: "see {{ record.gaol }}"}))
    assert found.fault.reason == "unknown-near"
    assert "see" in found.place


def test_a_tag_that_word_has_cut_into_pieces_is_filled():
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ rec", "ord.", "title }", "}"):
        paragraph.add_run(piece).bold = piece == "ord."
    assert "Live synchronisation of user order status" in word.texts(
        word.fill(word.saved(document)).data
    )


def test_a_tag_that_ends_in_a_table_is_told_instead_of_losing_text():
    document = Document()
    document.add_paragraph("{% if record.failure %}")
    document.add_table(rows=1, cols=1).cell(0, 0).text = "{% endif %}"
    assert fault(word.saved(document)).fault.reason == "torn"


def test_rows_and_paragraphs_repeat():
    document = Document()
    table = document.add_table(rows=3, cols=1)
    for row, text in enumerate(("{%tr for p in progress %}", "{{ p.text }}", "{%tr endfor %}")):
        table.cell(row, 0).text = text
    made = Document(BytesIO(word.fill(word.saved(document)).data))
    assert len(made.tables[0].rows) == 3
    assert made.tables[0].cell(0, 0).text == "Interface design finished, coding started."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no-word"),
        (b"just text", "no-word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000), "no-word"),  # Word 97, or encrypted
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_what_is_no_word_document_is_refused(data, reason):
    assert fault(data).fault.reason == reason


def changed(**parts: bytes | None) -> bytes:
    """A template with parts put in, replaced or, by None, left out; `__` stands for a slash."""
    held = package.parts_of(word.template("{{ record.title }}"))
    for name, content in parts.items():
        path = name.replace("__", "/").replace("_xml", ".xml")
        held.pop(path, None)
        if content is not None:
            held[path] = content
    return package.packed(held)


def test_a_workbook_with_the_wrong_ending_is_refused():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert fault(out.getvalue()).fault.reason == "broken"


@pytest.mark.parametrize(
    "data",
    [
        changed(word__document_xml=b"<w:document"),
        changed(word__document_xml=None),
        changed(word__document_xml=b"<x/>"),
        changed(word__styles_xml=b"\x00\x01"),
    ],
)
def test_a_package_whose_parts_do_not_fit_is_refused(data):
    assert fault(data).fault.reason == "broken"


def test_entities_are_refused():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert fault(changed(word__document_xml=bomb)).fault.reason == "damaged"


def test_a_zip_bomb_is_refused_before_it_is_read():
    assert fault(changed(word__bomb_xml=bytes(20 << 20))).fault.reason == "too-large"
    assert fault(changed(word__media__bomb=bytes(110 << 20))).fault.reason == "too-large"


def test_so_many_tags_that_they_would_take_minutes_are_refused_at_once():
    assert fault(word.template("{{ a {% " * 20_000)).fault.reason == "too-many-tags"


def test_tags_where_nothing_is_filled_are_told():
    comment = b"<w:comments>{{ record.title }}</w:comments>"
    assert fault(changed(word__comments_xml=comment)).fault.reason == "not-filled-there"
