"""XML as bytes: small parts parsed, large ones scanned, both without trusting them.

A large part is scanned by regular expressions. That is exact once comments, CDATA sections and
processing instructions are blanked out (`masked`): in well-formed XML every ``<`` that is left
begins a tag, since neither text nor attribute values may hold one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET

SPREADSHEET_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # strict
)

# Attributes of a start tag, values quoted either way; possessive, so that no input is slow.
ATTRIBUTES = rb"""(?:\s++[^\s=<>"'/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+"""

_ATTRIBUTE = re.compile(rb"""\s([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_HOLE = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_HOLE_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ENTITY = re.compile(rb"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"', b"apos": "'"}


class MarkupError(Exception):
    """XML that xlflow does not read."""


class MalformedError(MarkupError):
    """Not well-formed."""


class UnsafeXmlError(MarkupError):
    """A document type declaration."""


class EncodingError(MarkupError):
    """Another encoding than UTF-8."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag in a masked part, from the offset of its ``<`` to the one past its ``>``."""

    start: int
    end: int
    attributes: bytes
    attributes_start: int
    is_empty: bool  # <row/>

    @classmethod
    def of(cls, found: re.Match[bytes]) -> Tag:
        """The tag that a pattern of `start_tag` found."""
        return cls(found.start(), found.end(), found[1], found.start(1), bool(found[2]))

    @property
    def attributes_end(self) -> int:
        """The offset past the attributes."""
        return self.attributes_start + len(self.attributes)

    def get(self, name: bytes) -> str | None:
        """The value of an attribute without prefix, if it is there."""
        return dict(attributes(self.attributes)).get(name)


class _Tree(ET.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002
        """Entities, and so their expansion, can be declared nowhere else."""
        raise UnsafeXmlError


def parse(xml: bytes) -> ET.Element:
    """The root element of a small part.

    Raises:
        MarkupError: Malformed, in another encoding, or with a document type (not read any further).
    """
    check_encoding(xml)
    parser = ET.XMLParser(target=_Tree())  # noqa: S314
    try:
        parser.feed(xml)
        root: ET.Element = parser.close()
    except ET.ParseError as err:
        raise MalformedError from err
    return root


def check_encoding(xml: bytes) -> None:
    """Accept UTF-8, with or without a byte order mark, and ASCII.

    Raises:
        EncodingError: Anything else.
    """
    declared = _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    named = declared[1].lower() if declared else b"utf-8"
    if b"\0" in xml[:4] or named not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise EncodingError


def masked(xml: bytes) -> bytes:
    """`xml` with blanks in place of comments, CDATA and instructions: every offset stays.

    Raises:
        MarkupError: A document type declaration, or a comment, CDATA or instruction without an end.
    """
    declaration = xml.find(b"?>", 0, 256) + 1  # most parts hold no other
    if not _holds(xml, b"<!", 0) and not _holds(xml, b"<?", declaration):
        return xml
    blank = _without_holes(xml)
    if b"<!DOCTYPE" in blank:
        raise UnsafeXmlError
    if b"<!" in blank:
        raise MalformedError
    return blank


def _without_holes(xml: bytes) -> bytes:
    """One pass from left to right: a pattern would look for each missing end anew."""
    pieces: list[bytes] = []
    done = 0
    while hole := _HOLE.search(xml, done):
        mark = _HOLE_ENDS[hole[0]]
        end = xml.find(mark, hole.end())
        if end < 0:
            raise MalformedError
        pieces += (xml[done : hole.start()], b" " * (end + len(mark) - hole.start()))
        done = end + len(mark)
    return b"".join((*pieces, xml[done:]))


def _holds(xml: bytes, mark: bytes, start: int) -> bool:
    """Whether `mark` stands after `start`: its rare second byte first, found at memory speed."""
    return xml.find(mark[1:], start + 1) >= 0 and xml.find(mark, start) >= 0


def local_name(tag: str) -> str:
    """``sheet`` of ``{namespace}sheet``."""
    return tag.rpartition("}")[2]


@cache
def start_tag(prefix: bytes, name: bytes) -> re.Pattern[bytes]:
    """Matches a start tag; groups: its attributes, and ``/`` where the element is empty."""
    return re.compile(rb"<%s(?=[\s/>])(%s)\s*(/?)>" % (re.escape(prefix + name), ATTRIBUTES))


@cache
def end_tag(prefix: bytes, name: bytes) -> re.Pattern[bytes]:
    """Matches an end tag."""
    return re.compile(rb"</%s\s*>" % re.escape(prefix + name))


def tags(blank: bytes, prefix: bytes, name: bytes, start: int, end: int) -> Iterator[Tag]:
    """The start tags of an element between two offsets of a masked part."""
    for found in start_tag(prefix, name).finditer(blank, start, end):
        yield Tag.of(found)


def attributes(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Names and values of a start tag's attributes, references resolved."""
    for found in _ATTRIBUTE.finditer(raw):
        value = found[2] if found[2] is not None else found[3]
        yield found[1], unescaped(value)


def without_attributes(raw: bytes, *names: bytes) -> bytes:
    """The attributes of a start tag but those named; the others stay as they are written."""
    if not any(name in raw for name in names):
        return raw
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], raw)


def unescaped(text: bytes) -> str:
    """Character data or an attribute value as text."""
    plain = text.decode("utf-8", "replace")
    if "&" not in plain:
        return plain
    return _ENTITY.sub(_resolved, text).decode("utf-8", "replace")


def _resolved(entity: re.Match[bytes]) -> bytes:
    name = entity[1]
    if name in _NAMED:
        return _NAMED[name].encode()
    code = int(name[2:], 16) if name.startswith(b"#x") else int(name[1:])
    return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"
