"""The elements of a small part with the offsets at which they stand, found by a real XML parser.

So that an element can be changed, added or taken out while every other byte stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from xlflow.workbook import markup
from xlflow.workbook.markup import Tag
from xlflow.workbook.sheet_xml import SheetXml

_START_TAG = re.compile(rb"<(?:([^\s:/>]+):)?[^\s:/>]+(%s)\s*(/?)>" % markup.ATTRIBUTES)


@dataclass(slots=True, eq=False)
class Node:
    """One element. What it holds ends at `inner_end`; `end` is past its end tag."""

    name: str  # without prefix
    prefix: bytes  # ``x:`` or nothing
    tag: Tag
    given: Mapping[str, str]  # its attributes; those with a prefix begin with their namespace
    inner_end: int = 0
    end: int = 0
    text: str = ""  # its own, without that of its children
    children: list[Node] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The value of an attribute; "" where it is not there."""
        return self.given.get(name, "")

    def is_on(self, name: str, default: str = "0") -> bool:
        """A boolean attribute. Source: ECMA-376 22.9.2.7 and XML Schema, xsd:boolean."""
        return (self.get(name) or default) in ("1", "true", "on")

    def all(self, name: str) -> Iterator[Node]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Node | None:
        """The first child of that name."""
        return next(self.all(name), None)

    def within(self, *path: str) -> Iterator[Node]:
        """The elements at the end of a path of names."""
        if not path:
            yield self
            return
        for child in self.all(path[0]):
            yield from child.within(*path[1:])


@dataclass(frozen=True, slots=True)
class Splice:
    """`new` in place of what stands between two offsets."""

    start: int
    end: int
    new: bytes = b""

    def moved(self, by: int) -> Splice:
        """The same, in a text that begins so much earlier or later."""
        return Splice(self.start + by, self.end + by, self.new)


def outline(xml: bytes) -> Node:
    """The root element of a part, with all that it holds.

    Raises:
        markup.MarkupError: Malformed, in another encoding, or with a document type.
    """
    markup.check_encoding(xml)
    markup.masked(xml)  # refuses document types
    parser = expat.ParserCreate("utf-8", " ")
    top = Node("", b"", Tag(0, 0, b"", 0, is_empty=True), {})
    open_nodes = [top]

    def begin(name: str, given: dict[str, str]) -> None:
        found = _START_TAG.match(xml, parser.CurrentByteIndex)
        if found is None:
            raise markup.MalformedError
        tag = Tag(found.start(), found.end(), found[2], found.start(2), bool(found[3]))
        prefix = found[1] + b":" if found[1] else b""
        node = Node(name.rpartition(" ")[2], prefix, tag, given)
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        node = open_nodes.pop()
        node.inner_end = node.tag.end if node.tag.is_empty else parser.CurrentByteIndex
        node.end = node.inner_end if node.tag.is_empty else xml.index(b">", node.inner_end) + 1

    def text(data: str) -> None:
        open_nodes[-1].text += data

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)  # noqa: FBT003
    except expat.ExpatError as err:
        raise markup.MalformedError from err
    return top.children[0]


def spliced(xml: bytes, splices: Iterable[Splice]) -> bytes:
    """`xml` with all the splices in it; what is added at one place keeps its order."""
    pieces: list[bytes] = []
    position = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        pieces += (xml[position : splice.start], splice.new)
        position = splice.end
    return b"".join((*pieces, xml[position:]))


class SheetFrame:
    """A worksheet without its rows: `xml` is the sheet with an empty sheetData, `root` its outline.

    `sheet` is the whole of it. `prefix` is that of its elements, ``x:`` or nothing.
    """

    def __init__(self, sheet_xml: bytes) -> None:
        """Take the rows out.

        Raises:
            markup.MarkupError, AlternativeRowsError: As `SheetXml` raises them.
        """
        sheet = self.sheet = SheetXml(sheet_xml)
        self.prefix = sheet.prefix
        self._start = sheet.data.tag.start
        self._stand_in = b"<%ssheetData/>" % sheet.prefix
        self.xml = sheet_xml[: self._start] + self._stand_in + sheet_xml[sheet.data.end :]
        self.root = outline(self.xml)

    @property
    def rows(self) -> bytes:
        """The rows as they are written."""
        return self.sheet.xml[self.sheet.data.tag.start : self.sheet.data.end]

    def written(self, splices: Iterable[Splice], in_rows: Iterable[Splice] = ()) -> Iterator[bytes]:
        """The whole sheet in pieces, with splices of `xml`, and others of the sheet's rows."""
        behind = self._start + len(self._stand_in)
        found = list(splices)
        yield spliced(self.xml[: self._start], (s for s in found if s.end <= self._start))
        yield spliced(self.rows, (splice.moved(-self._start) for splice in in_rows))
        yield spliced(self.xml[behind:], (s.moved(-behind) for s in found if s.start >= behind))
