"""A workbook's bytes as a package of parts, opened without trusting them.

Every way of being no workbook, or a hostile one, ends in a `WorkbookRefused` with the reason.
Source: ECMA-376 part 2 (packages), part 1 section 12 (parts of a workbook).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from xlflow.workbook import deflate, markup, refusals
from xlflow.workbook.archive import Entry, Limits, read_archive

CONTENT_TYPES = "[Content_Types].xml"

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_LEGACY_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_SMALL_PART_BYTES = 64 << 20  # parsed as a tree, which takes ten times as much memory
_RELATION_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",  # strict
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part. `target` is a part's name, or None where it lies outside."""

    id: str
    kind: str  # the last step of its type: "worksheet", "calcChain"
    target: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook lists it. `part` is None where the package lacks it."""

    name: str
    kind: str  # "worksheet", "chartsheet", ...
    part: str | None


class Package:
    """The parts of one workbook. Part names are found whatever their case, as Excel finds them."""

    def __init__(self, file: str, data: bytes, entries: tuple[Entry, ...], comment: bytes) -> None:
        self.file = file
        self.data = data
        self.entries = entries
        self.comment = comment
        self._by_name = {e.name.lower(): e for e in entries if not e.is_folder}
        self.workbook_part = self._find_workbook()
        self.sheets, self.date_1904 = self._read_workbook()

    @classmethod
    def open(cls, data: bytes, file: str, limits: Limits | None = None) -> Package:
        """Take `data` apart; `file` is its name in messages. Sheets are not inflated yet.

        Raises:
            WorkbookRefused: With the reason.
        """
        limits = limits or Limits()
        if len(data) > limits.file_bytes:
            sizes = {"megabytes": -(-len(data) >> 20), "limit": limits.file_bytes >> 20}
            raise refusals.WorkbookTooLarge(file, **sizes)
        if data.startswith(_COMPOUND_FILE):
            raise _compound_file(data, file)
        entries, comment = read_archive(data, file, limits)
        _refuse_doubles(entries, file)
        return cls(file, data, entries, comment)

    def find(self, part: str) -> str | None:
        """The name of a part as the package writes it, if it has the part."""
        entry = self._by_name.get(part.lower())
        return entry.name if entry else None

    def entry(self, part: str) -> Entry:
        """The zip entry of a part.

        Raises:
            DamagedWorkbook: No such part.
        """
        entry = self._by_name.get(part.lower())
        if entry is None:
            raise refusals.DamagedWorkbook(self.file, part)
        return entry

    def read(self, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            DamagedWorkbook: No such part, or one that does not inflate to what the zip tells.
        """
        entry = self.entry(part)
        with self.refusing(part):
            return entry.inflated()

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, a piece at a time; raises as `read` does."""
        entry = self.entry(part)
        with self.refusing(part):
            yield from entry.chunks()

    def tree(self, part: str) -> Element:
        """A small part (all but sheets and shared strings), parsed.

        Raises:
            WorkbookRefused: Missing, damaged, too large for a tree, or unsafe.
        """
        if self.entry(part).size > _SMALL_PART_BYTES:
            raise refusals.ExpandsTooFar(self.file, part=part)
        xml = self.read(part)
        with self.refusing(part):
            return markup.parse(xml)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part ("" for the package) points to; external targets are never followed."""
        listed = self.find(relations_part(part))
        if listed is None:
            return ()
        return tuple(
            Relation(
                id=node.get("Id", ""),
                kind=node.get("Type", "").rpartition("/")[2],
                target=None
                if node.get("TargetMode", "").lower() == "external"
                else self._resolve(part, node.get("Target", "")),
            )
            for node in self.tree(listed)
            if markup.local_name(node.tag) == "Relationship"
        )

    def worksheet(self, name: str) -> str:
        """The part of the worksheet named `name`, in any case, as Excel compares names.

        Raises:
            SheetMissing, SheetDoubled, NotAWorksheet: It cannot be told or has no cells.
            DamagedWorkbook: The workbook lists it, but the package lacks it.
        """
        found = [sheet for sheet in self.sheets if sheet.name.casefold() == name.casefold()]
        if not found:
            raise refusals.SheetMissing(self.file, sheet=name)
        if len(found) > 1:
            raise refusals.SheetDoubled(self.file, sheet=name)
        if found[0].kind != "worksheet":
            raise refusals.NotAWorksheet(self.file, sheet=name)
        if found[0].part is None:
            raise refusals.DamagedWorkbook(self.file, name)
        return found[0].part

    @property
    def worksheet_parts(self) -> tuple[str, ...]:
        """The parts of all worksheets, each once."""
        parts = (sheet.part for sheet in self.sheets if sheet.kind == "worksheet")
        return tuple(dict.fromkeys(part for part in parts if part))

    def refuse_changes(self) -> None:
        """Refuse what may be read but not written.

        Raises:
            SignedWorkbook, LegacySharedWorkbook: It is one.
        """
        origins = [relation.kind for relation in self.relations("")]
        if "origin" in origins or any(name.startswith("_xmlsignatures/") for name in self._by_name):
            raise refusals.SignedWorkbook(self.file)
        kinds = [relation.kind for relation in self.relations(self.workbook_part)]
        if "revisionHeaders" in kinds:
            raise refusals.LegacySharedWorkbook(self.file)

    @contextmanager
    def refusing(self, part: str) -> Iterator[None]:
        """Turn what goes wrong with the bytes of a part into the refusal of the workbook."""
        try:
            yield
        except (deflate.DeflateError, markup.MalformedError) as err:
            raise refusals.DamagedWorkbook(self.file, part) from err
        except markup.UnsafeXmlError as err:
            raise refusals.UnsafeXml(self.file, part=part) from err
        except markup.EncodingError as err:
            raise refusals.UnsupportedEncoding(self.file, part=part) from err

    def _find_workbook(self) -> str:
        types = self.find(CONTENT_TYPES)
        if types is None or markup.local_name(self.tree(types).tag) != "Types":
            raise refusals.NotAWorkbook(self.file)
        targets = [r.target for r in self.relations("") if r.kind == "officeDocument"]
        part = next((target for target in targets if target), None) or self.find("xl/workbook.xml")
        if part is None:
            raise refusals.NotAWorkbook(self.file)
        if part.lower().endswith(".bin"):
            raise refusals.BinaryWorkbook(self.file)
        return part

    def _read_workbook(self) -> tuple[tuple[Sheet, ...], bool]:
        root = self.tree(self.workbook_part)
        namespace, _, name = root.tag.removeprefix("{").rpartition("}")
        if name != "workbook" or namespace not in markup.SPREADSHEET_NAMESPACES:
            raise refusals.NotAWorkbook(self.file)
        related = {relation.id: relation for relation in self.relations(self.workbook_part)}
        sheets = []
        for node in root.iterfind(f"{{{namespace}}}sheets/{{{namespace}}}sheet"):
            keys = (node.get(f"{{{space}}}id") for space in _RELATION_NAMESPACES)
            relation = related.get(next(filter(None, keys), ""))
            kind, part = (relation.kind, relation.target) if relation else ("", None)
            sheets.append(Sheet(node.get("name", ""), kind, part))
        properties = root.find(f"{{{namespace}}}workbookPr")
        date_1904 = properties is not None and properties.get("date1904") in ("1", "true", "on")
        return tuple(sheets), date_1904

    def _resolve(self, source: str, target: str) -> str | None:
        """The part that a relation names: relative to its source, or absolute."""
        path = target.partition("#")[0].replace("\\", "/")
        joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path))
        name = joined.lstrip("/")
        return self.find(name) or self.find(unquote(name))


def relations_part(part: str) -> str:
    """``xl/_rels/workbook.xml.rels`` for ``xl/workbook.xml``; ``_rels/.rels`` for the package."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _compound_file(data: bytes, file: str) -> refusals.WorkbookRefused:
    """Which refusal an OLE compound file deserves: its directory names the streams in UTF-16."""
    if _ENCRYPTED_STREAM in data:
        return refusals.EncryptedWorkbook(file)
    if any(stream in data for stream in _LEGACY_STREAMS):
        return refusals.LegacyWorkbook(file)
    return refusals.NotAWorkbook(file)


def _refuse_doubles(entries: tuple[Entry, ...], file: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name.lower()
        if name in seen:
            raise refusals.DoubledPart(file, part=entry.name)
        seen.add(name)
