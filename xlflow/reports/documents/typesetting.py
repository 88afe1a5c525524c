"""How the documents look: page, fonts, styles, tables and the fields of Word.

Lengths are millimetres, sizes of type points. Source: ECMA-376 part 1, chapter 17.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from xlflow.languages import Language

TEXT_WIDTH_MM = 170
_MARGIN_MM = 20

INK = "1F2933"
FAINT = "6B7785"
ACCENT = "1F4E79"
_LINE = "B8C2CC"
_SHADE = "EEF2F6"
_TINT = "F8FAFB"

# What Chinese is set in, and what stands in where a machine lacks it.
_CHINESE: Mapping[Language, tuple[str, tuple[str, ...], str]] = {
    "zh-Hans": ("Microsoft YaHei", ("Noto Sans CJK SC", "PingFang SC", "SimHei"), "zh-CN"),
    "zh-Hant": ("Microsoft JhengHei", ("Noto Sans CJK TC", "PingFang TC", "PMingLiU"), "zh-TW"),
    "en": ("Microsoft YaHei", ("Noto Sans CJK SC", "PingFang SC", "SimHei"), "zh-CN"),
}
_LATIN = ("Calibri", ("Carlito", "Arial", "Liberation Sans"))

_KEPT_STYLES = {
    *("Normal", "Default Paragraph Font", "Normal Table", "No List"),
    *("Title", "heading 1", "header", "footer"),
}


def new_document(language: Language) -> DocumentObject:
    """An empty A4 document with our styles and nothing else of python-docx's own template."""
    document = Document()
    for style in list(document.styles):
        if style.element.find(qn("w:name")).get(qn("w:val")) not in _KEPT_STYLES:
            style.element.getparent().remove(style.element)
    _drop_unused_parts(document)
    _page(document)
    _be_current(document, language)
    _fonts(document, language)
    _styles(document)
    return document


def saved(document: DocumentObject) -> bytes:
    """The document as a file."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def add_paragraph(
    holder: Any,
    text: str,
    *,
    size: float | None = None,
    colour: str | None = None,
    bold: bool = False,
    first: bool = False,
    after: float | None = None,
    keep: bool = False,
) -> Paragraph:
    """A paragraph at the end of a document, header or cell; `first`: the one that is there."""
    paragraph: Paragraph = holder.paragraphs[0] if first else holder.add_paragraph()
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break()
        run.add_text(line)
        run.bold = bold or None
        look(run, size, colour)
    if after is not None:
        paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = keep or None
    return paragraph


def look(run: Run, size: float | None = None, colour: str | None = None) -> None:
    """Give a run its size and colour, if other than those of its style."""
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def add_tag(holder: Any, tag: str) -> None:
    """A paragraph with nothing but a tag of the template; it vanishes when that is filled."""
    add_paragraph(holder, "{%p " + tag + " %}", size=8, colour=FAINT, after=0)


def add_end(document: DocumentObject) -> None:
    """The paragraph that Word needs behind a table at the end, too low to begin a page."""
    paragraph = add_paragraph(document, "", after=0)
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(0.1)
    mark = _made("w:rPr")
    mark.append(_made("w:vanish"))
    mark.append(_made("w:sz", val="2"))
    paragraph._p.get_or_add_pPr().append(mark)  # noqa: SLF001


def add_table(holder: Any, widths: Sequence[float]) -> Table:
    """A table over the whole width of the text, without rows; `widths` in parts of the whole."""
    table: Table = (
        holder.add_table(rows=0, cols=len(widths), width=Mm(TEXT_WIDTH_MM))
        if not isinstance(holder, DocumentObject)
        else holder.add_table(rows=0, cols=len(widths))
    )
    table.autofit = False
    whole = sum(widths)
    twips = [round(width / whole * TEXT_WIDTH_MM * 56.6929) for width in widths]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, twips, strict=True):  # noqa: SLF001
        column.set(qn("w:w"), str(width))
    properties = table._tbl.tblPr  # noqa: SLF001
    for old in properties.findall(qn("w:tblStyle")):
        properties.remove(old)
    properties.find(qn("w:tblW")).set(qn("w:type"), "dxa")
    properties.find(qn("w:tblW")).set(qn("w:w"), str(sum(twips)))
    properties.find(qn("w:tblLayout")).addprevious(_borders())
    properties.find(qn("w:tblLayout")).addnext(_cell_margins())
    return table


def add_row(
    table: Table,
    spans: Sequence[int] | None = None,
    *,
    head: bool = False,
    whole: bool = False,
    top: bool = False,
    height_mm: float | None = None,
) -> list[_Cell]:
    """A row with a cell for each of `spans` columns (default: one each).

    `head`: repeated on every page; `whole`: never broken over two pages; `top`: its texts begin at
    the top, not halfway down.
    """
    columns = table._tbl.tblGrid.gridCol_lst  # noqa: SLF001
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    if whole or head:
        properties.append(OxmlElement("w:cantSplit"))
    if height_mm:
        properties.append(_made("w:trHeight", val=str(round(height_mm * 56.6929)), hRule="atLeast"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    position = 0
    cells = []
    for span in spans or [1] * len(columns):
        width = sum(int(column.get(qn("w:w"))) for column in columns[position : position + span])
        position += span
        cell = parse_xml(
            f'<w:tc {nsdecls("w")}><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
            + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
            + f'<w:vAlign w:val="{"top" if top else "center"}"/></w:tcPr><w:p/></w:tc>'
        )
        row.append(cell)
        cells.append(_Cell(cell, table))
    table._tbl.append(row)  # noqa: SLF001
    return cells


def add_row_tag(table: Table, tag: str) -> None:
    """A row with nothing but a tag of the template; it vanishes when that is filled."""
    columns = len(table._tbl.tblGrid.gridCol_lst)  # noqa: SLF001
    (cell,) = add_row(table, [columns])
    fill(cell, "{%tr " + tag + " %}", size=8, colour=FAINT)


def fill(
    cell: _Cell,
    text: str,
    *,
    label: bool = False,
    tinted: bool = False,
    centred: bool = False,
    keep: bool = False,
    size: float | None = None,
    colour: str | None = None,
) -> None:
    """Set a cell's text; a `label` is shaded and bold, a `tinted` cell shaded a little."""
    colour = colour or (ACCENT if label else None)
    paragraph = add_paragraph(
        cell, text, first=True, bold=label, size=size, colour=colour, after=0, keep=keep
    )
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if label or tinted:
        shade = _made("w:shd", val="clear", color="auto", fill=_SHADE if label else _TINT)
        cell._tc.get_or_add_tcPr().find(qn("w:vAlign")).addprevious(shade)  # noqa: SLF001


def add_field(
    paragraph: Paragraph, instruction: str, shown: str, *, size: float, colour: str
) -> None:
    """A field that Word computes, such as PAGE; `shown` until it does."""
    for kind, text in (
        ("begin", ""),
        ("", instruction),
        ("separate", ""),
        ("show", shown),
        ("end", ""),
    ):
        run = paragraph.add_run()
        look(run, size, colour)
        if kind == "show":
            run.add_text(text)
        elif kind:
            run._r.append(_made("w:fldChar", fldCharType=kind))  # noqa: SLF001
        else:
            held = OxmlElement("w:instrText")
            held.set(qn("xml:space"), "preserve")
            held.text = f" {text} "
            run._r.append(held)  # noqa: SLF001


def add_right_tab(paragraph: Paragraph) -> None:
    """A tab stop at the right margin."""
    paragraph.paragraph_format.tab_stops.clear_all()
    tabs = _made("w:tabs")
    tabs.append(_made("w:tab", val="right", pos=str(round(TEXT_WIDTH_MM * 56.6929))))
    paragraph._p.get_or_add_pPr().insert_element_before(tabs, *_AFTER_TABS)  # noqa: SLF001


_AFTER_TABS = ("w:spacing", "w:ind", "w:jc", "w:rPr")


def underline(paragraph: Paragraph, side: str) -> None:
    """A thin line at the "top" or "bottom" of a paragraph."""
    border = _made("w:pBdr")
    border.append(_made(f"w:{side}", val="single", sz="6", space="4", color=_LINE))
    following = ("w:shd", "w:tabs", *_AFTER_TABS)
    paragraph._p.get_or_add_pPr().insert_element_before(border, *following)  # noqa: SLF001


def _made(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _borders() -> Any:
    borders = _made("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_made(f"w:{side}", val="single", sz="4", space="0", color=_LINE))
    return borders


def _cell_margins() -> Any:
    margins = _made("w:tblCellMar")
    for side, width in (("top", 45), ("left", 100), ("bottom", 45), ("right", 100)):
        margins.append(_made(f"w:{side}", w=str(width), type="dxa"))
    return margins


def _drop_unused_parts(document: DocumentObject) -> None:
    """The parts of python-docx's template that no document of ours needs: thumbnail and data."""
    package = document.part.package
    for owner, kinds in (
        (package, (RELATIONSHIP_TYPE.THUMBNAIL,)),
        (document.part, (RELATIONSHIP_TYPE.CUSTOM_XML, RELATIONSHIP_TYPE.NUMBERING)),
    ):
        for key, relation in list(owner.rels.items()):
            effects = relation.reltype.endswith("/stylesWithEffects")
            if relation.reltype in kinds or effects:
                del owner.rels[key]


def _page(document: DocumentObject) -> None:
    (section,) = document.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(22), Mm(19)
    section.header_distance = section.footer_distance = Mm(10)


def _be_current(document: DocumentObject, language: Language) -> None:
    """Lay it out as Word 2013 and later do: tables as wide as the text, no "compatibility mode"."""
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), _CHINESE[language][2])


def _fonts(document: DocumentObject, language: Language) -> None:
    chinese, stand_ins, tag = _CHINESE[language]
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(properties):
        properties.remove(child)
    latin = _LATIN[0]
    properties.append(_made("w:rFonts", ascii=latin, hAnsi=latin, eastAsia=chinese, cs=latin))
    properties.append(_made("w:sz", val="20"))
    properties.append(_made("w:lang", val="en-US", eastAsia=tag, bidi="ar-SA"))
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/>'
        f'<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
        for name, others in ((chinese, stand_ins), _LATIN)
    )
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table._blob = (  # noqa: SLF001
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f"<w:fonts {nsdecls('w')}>{fonts}</w:fonts>"
    ).encode()


def _styles(document: DocumentObject) -> None:
    for name, size, colour, before, after, line in (
        ("Normal", 10, INK, 0, 3, 1.15),
        ("Title", 22, ACCENT, 0, 6, 1.0),
        ("Heading 1", 12, ACCENT, 11, 4, 1.0),
        ("Header", 8.5, FAINT, 0, 0, 1.0),
        ("Footer", 8.5, FAINT, 0, 0, 1.0),
    ):
        style = document.styles[name]
        if not isinstance(style, ParagraphStyle):
            raise TypeError(name)
        for old in ("w:rPr", "w:pPr"):
            found = style.element.find(qn(old))
            if found is not None:
                style.element.remove(found)
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor.from_string(colour)
        style.font.bold = name in ("Title", "Heading 1") or None
        layout = style.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        layout.line_spacing = line
        if name == "Heading 1":
            layout.keep_with_next = True
            style.element.get_or_add_pPr().append(_made("w:outlineLvl", val="0"))
