"""What a cell holds now: its value, and its formula if it has one."""

from __future__ import annotations

import re
from array import array
from datetime import datetime
from functools import cache
from xml.parsers import expat

from xlflow.workbook import cell_values, markup
from xlflow.workbook.cell_values import EMPTY, Content
from xlflow.workbook.markup import Tag
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import Element, SheetXml

_BLANKS = " \t\r\n"


def formula(sheet: SheetXml, cell: Element) -> Tag | None:
    """The start tag of the cell's formula, if it has one."""
    if cell.inner_end <= max(sheet.formulas_start, cell.tag.end):
        return None
    return next(markup.tags(sheet.blank, sheet.prefix, b"f", cell.tag.end, cell.inner_end), None)


def held(sheet: SheetXml, cell: Element, strings: SharedStrings) -> Content:
    """The value in a cell; for a formula, the result that was stored with it.

    Raises:
        markup.MalformedError: It cannot be told.
    """
    inner = sheet.xml[cell.tag.end : cell.inner_end]
    if not inner or inner.isspace():
        return EMPTY
    kind = cell.tag.get(b"t") or "n"
    if kind == "inlineStr":
        return _content("text", rich_text(inner, sheet.prefix, b"is"))
    value = rich_text(inner, sheet.prefix, b"v")
    if kind == "s":
        return _content("text", strings.text(value))
    if kind == "str":
        return _content("text", value)
    value = value.strip(_BLANKS)
    if kind == "d":
        return _iso_date(value, date_1904=strings.package.date_1904)
    kinds: dict[str, cell_values.Kind] = {"b": "bool", "e": "error"}
    return _content(kinds.get(kind, "number"), value)


class SharedStrings:
    """The workbook's table of texts, read when a cell first points into it."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._xml: bytes | None = None
        self._blank = b""
        self._prefix = b""
        self._starts: array[int] = array("q")

    def text(self, index: str) -> str:
        """The text that a cell with ``t="s"`` points to, formatting and phonetic runs left out.

        Raises:
            markup.MalformedError: No such text.
        """
        if self._xml is None:
            self._xml = self._load()
        try:
            start = self._starts[int(index)]
        except (ValueError, IndexError) as err:
            raise markup.MalformedError from err
        tag = markup.start_tag(self._prefix, b"si").match(self._blank, start)
        if tag is None:
            raise markup.MalformedError
        end = markup.end_tag(self._prefix, b"si").search(self._blank, tag.end())
        if tag[2] or end is None:  # <si/>
            return ""
        return rich_text(self._xml[tag.end() : end.start()], self._prefix, b"")

    def _load(self) -> bytes:
        relations = self.package.relations(self.package.workbook_part)
        part = next((r.target for r in relations if r.kind == "sharedStrings" and r.target), None)
        if part is None:
            return b""
        xml = self.package.read(part)
        with self.package.refusing(part):
            markup.check_encoding(xml)
            self._blank = markup.masked(xml)
        root = re.search(rb"<(?:([^\s<>:/?!]+:))?sst(?=[\s/>])", self._blank)
        self._prefix = (root[1] or b"") if root else b""
        opening = markup.start_tag(self._prefix, b"si")
        self._starts.extend(found.start() for found in opening.finditer(self._blank))
        return xml


def rich_text(inner: bytes, prefix: bytes, holder: bytes) -> str:
    """The text in the ``v`` of a cell, in its ``is``, or (no `holder`) of a shared string's runs.

    Blanks around a run without ``xml:space`` are dropped, as the reader drops them.

    Raises:
        markup.MalformedError: No XML.
    """
    simple = _simple(prefix, holder).fullmatch(inner)
    if simple is None:
        return _Runs(prefix, holder).read(inner)
    text = simple[2].decode("utf-8", "replace")
    return text if holder == b"v" or simple[1] else text.strip(_BLANKS)


class _Runs:
    """Collects the text of the runs in a piece of XML, phonetic ones left out."""

    def __init__(self, prefix: bytes, holder: bytes) -> None:
        names = prefix.decode()
        self._text = names + ("v" if holder == b"v" else "t")
        self._phonetic = names + "rPh"
        self._pieces: list[str] = []
        self._run: list[str] | None = None
        self._keeps_blanks = False
        self._phonetic_depth = 0

    def read(self, inner: bytes) -> str:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(b"<_>" + inner + b"</_>", True)  # noqa: FBT003
        except expat.ExpatError as err:
            raise markup.MalformedError from err
        return "".join(self._pieces)

    def _start(self, name: str, given: dict[str, str]) -> None:
        if name == self._phonetic:
            self._phonetic_depth += 1
        elif name == self._text and not self._phonetic_depth:
            self._run = []
            self._keeps_blanks = name.endswith("v") or given.get("xml:space") == "preserve"

    def _end(self, name: str) -> None:
        if name == self._phonetic:
            self._phonetic_depth -= 1
        elif name == self._text and self._run is not None:
            text = "".join(self._run)
            self._pieces.append(text if self._keeps_blanks else text.strip(_BLANKS))
            self._run = None

    def _characters(self, text: str) -> None:
        if self._run is not None:
            self._run.append(text)


@cache
def _simple(prefix: bytes, holder: bytes) -> re.Pattern[bytes]:
    """Matches what nearly every cell holds, a value or one run; groups: ``xml:space``, text."""
    v, t, outer = (re.escape(prefix + name) for name in (b"v", b"t", holder))
    if holder == b"v":
        return re.compile(rb"<%s()>([^<&]*)</%s>" % (v, v))
    run = rb'<%s( xml:space="preserve")?>([^<&]*)</%s>' % (t, t)
    return re.compile(rb"<%s>%s</%s>" % (outer, run, outer) if holder else run)


def _content(kind: cell_values.Kind, value: str) -> Content:
    if kind == "text":
        value = cell_values.unescaped(value)
    return Content(kind, value) if value else EMPTY


def _iso_date(value: str, *, date_1904: bool) -> Content:
    """A strict workbook may write dates as text (``t="d"``). Source: ECMA-376 18.18.11."""
    try:
        moment = datetime.fromisoformat(value)
        return cell_values.content(moment, date_1904=date_1904)
    except ValueError:
        return Content("error", value)
