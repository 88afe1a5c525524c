from __future__ import annotations

import re
from io import BytesIO

import pytest
import word
from checkout import ROOT
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from xlflow.languages import LANGUAGES
from xlflow.record.fields import SHEETS
from xlflow.reports.documents.kinds import KINDS, STEPS
from xlflow.reports.documents.naming import fit_name
from xlflow.reports.documents.package import parts_of
from xlflow.reports.documents.parts import Facts, Lines, Signatures
from xlflow.reports.documents.templates import build_template, template_name


def every_template():
    return [
        pytest.param(kind, language, id=template_name(kind.id, language))
        for kind in KINDS
        for language in LANGUAGES
    ]


@pytest.mark.parametrize(("kind", "language"), every_template())
def test_the_shipped_templates_are_what_the_code_builds(kind, language):
    path = ROOT / "workbook_templates" / "documents" / template_name(kind.id, language)
    shipped, built = parts_of(path.read_bytes()), parts_of(build_template(kind, language))
    assert list(shipped) == list(built)
    differing = [name for name in built if shipped[name] != built[name]]
    assert differing == [], "type: scripts/build_templates"


def test_nothing_else_is_shipped_among_the_documents():
    folder = ROOT / "workbook_templates" / "documents"
    wanted = {template_name(kind.id, language) for kind in KINDS for language in LANGUAGES}
    assert {path.name for path in folder.iterdir()} == wanted


@pytest.mark.parametrize(("kind", "language"), every_template())
def test_pages_are_a4_with_number_and_count_in_the_footer(kind, language):
    document = Document(BytesIO(build_template(kind, language)))
    (section,) = document.sections
    assert abs(section.page_width - Mm(210)) < Mm(0.1)
    assert abs(section.page_height - Mm(297)) < Mm(0.1)
    footer = section.footer._element.xml
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    assert "{{ record.number }}" in section.header.paragraphs[0].text


@pytest.mark.parametrize(
    ("language", "font", "tag"),
    [
        ("en", "Microsoft YaHei", "zh-CN"),
        ("zh-Hans", "Microsoft YaHei", "zh-CN"),
        ("zh-Hant", "Microsoft JhengHei", "zh-TW"),
    ],
)
def test_chinese_has_a_font_of_its_region_and_stand_ins(language, font, tag):
    parts = parts_of(build_template(KINDS[0], language))
    defaults = parts["word/styles.xml"].decode().partition("</w:docDefaults>")[0]
    assert f'w:eastAsia="{font}"' in defaults
    assert f'w:eastAsia="{tag}"' in defaults
    assert "Noto Sans CJK" in parts["word/fontTable.xml"].decode()


# The order of children in ECMA-376 part 1, annex A: Word is strict about it, LibreOffice is not.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind "
    "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs vanish color spacing kern sz szCs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "tc": "tcPr p",
    "tr": "trPr tc",
    "tbl": "tblPr tblGrid tr",
    "font": "altName panose1 charset family pitch sig",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr "
    "tblPr",
    "sectPr": "headerReference footerReference pgSz pgMar cols docGrid",
}


@pytest.mark.parametrize(("kind", "language"), every_template())
def test_elements_stand_in_the_order_that_word_wants(kind, language):
    seen = set()
    for name, content in parts_of(build_template(kind, language)).items():
        if not name.startswith("word/") or name.endswith(".rels") or "theme" in name:
            continue
        for element in etree.fromstring(content).iter():
            place = etree.QName(element).localname
            if place in ORDER:
                children = [etree.QName(child).localname for child in element]
                wanted = ORDER[place].split()
                assert children == sorted(children, key=wanted.index), f"{name}: {place}"
                seen.add(place)
    assert seen == set(ORDER)


def test_signature_blocks_stay_on_one_page():
    for kind in KINDS:
        blocks = [
            part
            for part in (p for s in kind.sections for p in s.parts)
            if isinstance(part, Signatures)
        ]
        document = Document(BytesIO(build_template(kind, "en")))
        signed = [
            table for table in document.tables if "Side" in {c.text for c in table.columns[0].cells}
        ]
        assert len(signed) == len(blocks)
        for table in signed:
            rows = [row for row in table._tbl.tr_lst if "{%tr" not in word.said(row)]
            assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
            for row in rows[:-1]:
                for paragraph in row.iter(qn("w:p")):
                    assert paragraph.pPr.find(qn("w:keepNext")) is not None


def test_both_sides_sign_the_solution_the_go_live_and_the_closure():
    signing = {
        kind.id: [
            role
            for s in kind.sections
            for p in s.parts
            if isinstance(p, Signatures)
            for role, _, _ in p.signers
        ]
        for kind in KINDS
    }
    for kind in ("solution", "uat-report", "golive-confirmation", "closure-confirmation"):
        assert signing[kind] == ["business", "technology"]


def test_every_field_that_a_person_fills_stands_in_some_document():
    shown = {"title", "status", "mark", "checked_on"}  # title block; the last two are daily work
    for part in (p for kind in KINDS for s in kind.sections for p in s.parts):
        if isinstance(part, Facts):
            shown |= {*part.short, *part.long}
        if isinstance(part, Signatures):
            shown |= {key for _, name, day in part.signers for key in (name, day)}
    shown |= {
        f"{stage}_{what}"
        for stage in ("design", "development", "test", "golive")
        for what in ("due", "owner")
    }
    wanted = {field.key for field in SHEETS["register"] if not field.is_own}
    assert wanted - shown == set()


def test_every_column_of_a_table_of_lines_is_a_field():
    for part in (p for kind in KINDS for s in kind.sections for p in s.parts):
        if isinstance(part, Lines):
            assert len(part.keys) == len(part.widths)
            below = [key for key, _ in part.below]
            assert {*part.keys, *below} <= {field.key for field in SHEETS[part.sheet]}
            assert sum(span for _, span in part.below) in (0, len(part.widths))


def test_step_4_has_no_word_document():
    assert STEPS == (1, 2, 3, 5, 6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_in_the_reference_may_be_used_in_a_template(language):
    page = (ROOT / "docs" / language / "documents.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`((?:record|register|document|deadlines|label)\.\w+)`", page))
    assert len(names) > 60
    lines = re.split(r"^## ", page, flags=re.MULTILINE)
    text = [*("{{ " + name + " }}" for name in sorted(names))]
    for sheet in ("progress", "issues", "changes"):
        (section,) = [
            part
            for part in lines
            if part.find(f"`{{%tr for line in {sheet} ") > 0 and "`line." in part
        ]
        keys = re.findall(r"\| `line\.(\w+)` ", section)
        inside = "".join(
            "{{ line." + key + " }}{{ " + f"{sheet}_label.{key}" + " }}" for key in keys
        )
        text.append("{% for line in " + sheet + " %}" + inside + "{% endfor %}")
    word.fill(word.template(*text), word.example(language), language)
    examples = re.findall(r"`((?:today|record|progress)\S*\\\|[^`]+)`", page)
    assert len(examples) >= 3
    for example in examples:
        word.fill(word.template("{{ " + example.replace("\\|", "|") + " }}"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2024-015 Assessment report", "2024-015 Assessment report"),
        ("2024-015 UAT 验收报告", "2024-015 UAT 验收报告"),
        ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
        ("NUL", "_NUL"),
        ("com1.x", "_com1.x"),
        ("ends in dots... ", "ends in dots"),
        ("..", "_"),
        ("", "_"),
        ("line\nbreak\ttab", "line_break_tab"),
        ("永" * 300, "永" * 80),
    ],
)  # fmt: skip
def test_names_of_files_are_fit_for_windows(text, name):
    assert fit_name(text) == name
