from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from zipfile import ZipFile

import pytest
import word
from checkout import ROOT
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import KINDS
from xlflow.reports.documents.package import marks_of
from xlflow.reports.documents.templates import build_template

EVERYWHERE = word.template(
    "{{ record.goal }}",
    header="{{ record.goal }}",
    footer="{{ record.goal }}",
    title="{{ record.goal }}",
)

NASTY = (
    "a < b && c > d",
    "</w:t></w:r></w:p><w:p>",
    "<script>alert(1)</script> & <!-- -->",
    "&amp; &lt; &#x0; ]]>",
    "{{ record.title }} {% for %} {# no #} {{",
    "{_{ 7*7 }_} {_% x %_} %}}",
    "line one\nline two\n\n- third",
    "tab\tin\tside",
    "emoji 🚀👩‍🔧, rare 𠮷 and 龘",
    "“smart” ‘quotes’ 'straight' \"double\"",
    "100 % of {things}",
    "=SUM(A1:A3)",
    "C:\\new\\table \\1 \\g<0>",
)


@pytest.mark.parametrize("text", NASTY)
def test_a_text_arrives_as_typed_wherever_it_stands(text):
    document = word.fill(EVERYWHERE, word.example(goal=text)).data
    assert word.texts(document)[0] == text
    assert word.texts(document)[1] == text
    assert word.texts(document)[-1] == text
    assert Document(BytesIO(document)).core_properties.title == " ".join(text.split())


def test_control_characters_are_left_out_and_windows_line_ends_are_line_ends():
    text = "one\r\ntwo\x00\x07\x1b\x0cthree\ud800\u202e\x0bfour"
    assert "one\ntwothree\nfour" in word.texts(word.fill(EVERYWHERE, word.example(goal=text)).data)


def test_a_very_long_text_arrives_whole():
    text = "永" * 32_000 + "x" * 700
    assert text in word.texts(word.fill(EVERYWHERE, word.example(goal=text)).data)


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("{}%#_<>&\n\t \"'"),
        min_size=1,
    )
)
def test_any_text_arrives_as_typed(text):
    visible = text.strip()
    kept = "".join(c for c in visible if c not in HIDDEN)
    paragraphs = word.texts(word.fill(EVERYWHERE, word.example(goal=text)).data)
    assert (kept or "【Goal】") in paragraphs or (visible and not kept)


# What turns the direction of text around, and what XML cannot hold.
HIDDEN = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"


def test_the_same_record_at_the_same_moment_gives_the_same_bytes():
    for kind in KINDS:
        data = build_template(kind, "zh-Hans")
        held = word.example("zh-Hans")
        assert word.fill(data, held, "zh-Hans").data == word.fill(data, held, "zh-Hans").data


def test_every_process_gives_the_same_bytes():
    script = (
        "import hashlib, own_fields, word\n"
        "from xlflow.reports.documents.kinds import BY_ID\n"
        "from xlflow.reports.documents.templates import build_template\n"
        "held = word.example('en', own_fields.SCHEMA, **own_fields.FILLED)\n"
        "made = word.fill(build_template(BY_ID['assessment-report'], 'en'), held)\n"
        "print(hashlib.sha256(made.data).hexdigest())\n"
    )
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_moment_is_the_document_s_date():
    document = word.fill(EVERYWHERE, now=word.NOW + timedelta(hours=1)).data
    properties = Document(BytesIO(document)).core_properties
    assert properties.created.isoformat() == "2024-03-22T02:00:00+00:00"
    assert properties.modified == properties.created
    assert properties.last_modified_by == "xlflow"


def test_a_document_knows_what_it_was_made_of_and_whether_it_was_edited():
    data = word.fill(EVERYWHERE).data
    marks, untouched = marks_of(data)
    assert (marks.number, marks.document) == ("2024-015", "solution")
    assert untouched
    assert marks.source == marks.substance  # this template does not show the status
    document = Document(BytesIO(data))
    document.add_paragraph("a word by hand")
    assert marks_of(word.saved(document)) == (marks, False)


def test_custom_properties_of_a_template_stay():
    first = word.fill(EVERYWHERE).data  # has custom properties, so it may stand for such a template
    parts = ZipFile(BytesIO(first))
    custom = parts.read("docProps/custom.xml").replace(b"xlflow-number", b"Department code")
    out = BytesIO()
    with ZipFile(out, "w") as changed:
        for name in parts.namelist():
            changed.writestr(name, custom if name == "docProps/custom.xml" else parts.read(name))
    again = word.fill(out.getvalue()).data
    held = ZipFile(BytesIO(again)).read("docProps/custom.xml")
    assert b"Department code" in held
    assert b"xlflow-number" in held
    assert marks_of(again)[1]


def test_a_workbook_or_a_foreign_document_has_no_marks():
    assert marks_of(b"no zip at all") is None
    assert marks_of(word.template("by hand")) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_worked_example_leaves_nothing_open(kind, language):
    filled = word.fill(build_template(kind, language), word.example(language), language)
    text = word.text_of(filled.data)
    assert filled.gaps == ()
    assert "【" not in text
    assert "{" not in text
    assert "2024-015" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_missing_field_is_both_shown_and_listed(kind, language):
    empty = dict.fromkeys(word.example(language).register.requirements.frame)
    bare = {
        **empty,
        "number": "2024-015",
        "title": "T",
        "progress": [],
        "issues": [],
        "changes": [],
    }
    filled = word.fill(build_template(kind, language), word.example(language, **bare), language)
    text = word.text_of(filled.data)
    shown = {piece.partition("】")[0] for piece in text.split("【")[1:]}
    assert shown == {gap.label for gap in filled.gaps}
    assert shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_no_heading_stands_over_nothing(kind):
    for held in (word.example(), word.example(progress=[], priority="Low", interruption=None)):
        body = Document(BytesIO(word.fill(build_template(kind, "en"), held).data))
        blocks = list(body.iter_inner_content())
        for block, following in pairwise(blocks):
            if block.style and block.style.name == "Heading 1":
                assert not (following.style and following.style.name == "Heading 1"), block.text
        assert all(table.rows for table in body.tables)
