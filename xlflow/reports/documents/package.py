"""A Word file as a package of parts: read without trust, packed alike every time, and marked.

The marks are custom properties of the document: for which record and of what xlflow made it, and a
digest of its content, by which a person's later edits are seen. Source: ECMA-376 part 1, 22.3.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from io import BytesIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.package import OpcPackage
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

MAX_PARTS = 2_000
MAX_BYTES = 100 << 20
MAX_XML_BYTES = 8 << 20

_MARKS = "docProps/custom.xml"
_MARKS_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the set of custom properties, always this one
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day of zip

_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zipfile.zlib.error,  # type: ignore[attr-defined]
    EOFError,
    IndexError,
    NotImplementedError,
    OverflowError,
    RuntimeError,  # encrypted
    ValueError,
)


class NotWordError(Exception):
    """The file is no Word document that can be used; `reason` names its fault in the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Marks:
    """What a document that xlflow made says about itself.

    `source`: a digest of what it was made of, the day left out; `substance`: the same without the
    record's status; `digest`: one of what the document holds.
    """

    number: str = ""
    document: str = ""
    source: str = ""
    substance: str = ""
    digest: str = ""


def parts_of(data: bytes) -> dict[str, bytes]:
    """Name -> content of each part, in the order of the package.

    Raises:
        NotWordError: No zip, damaged, encrypted, or far larger than a template is.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            _refuse_excess(infos)
            parts = {info.filename: package.read(info) for info in infos}
    except _UNREADABLE as err:
        raise NotWordError("damaged" if data.startswith(b"PK") else "no-word") from err
    if len(parts) < len(infos):
        raise NotWordError("damaged")
    if any(_is_xml(name) and b"<!DOCTYPE" in content for name, content in parts.items()):
        raise NotWordError("damaged")
    return parts


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts: the same bytes for the same parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    return out.getvalue()


def add_marks(package: OpcPackage, marks: Marks) -> None:
    """Put the marks among the custom properties, beside those that are there."""
    held = [
        relation.target_part
        for relation in package.rels.values()
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_PROPERTIES and not relation.is_external
    ]
    if held:
        part = held[0]
        part._blob = _with_marks(part.blob, marks)  # noqa: SLF001 - python-docx knows no such part
        return
    blob = _with_marks(f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'.encode(), marks)
    part = Part(PackURI(f"/{_MARKS}"), _MARKS_TYPE, blob)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def sealed(data: bytes) -> bytes:
    """The document packed alike every time, with the digest of its content among its marks."""
    parts = parts_of(data)
    if marks := _marks_in(parts):
        marked = replace(marks, digest=_digest(parts))
        parts[_MARKS] = _with_marks(parts[_MARKS], marked)
    return packed(parts)


def marks_of(data: bytes) -> tuple[Marks, bool] | None:
    """The marks of a document, and whether it is still as xlflow wrote it; None if it has none."""
    try:
        parts = parts_of(data)
        marks = _marks_in(parts)
    except NotWordError:
        return None
    return (marks, marks.digest == _digest(parts)) if marks else None


def _refuse_excess(infos: list[zipfile.ZipInfo]) -> None:
    """By what the directory tells; reading never goes beyond that."""
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_BYTES:
        raise NotWordError("too-large")
    if any(_is_xml(info.filename) and info.file_size > MAX_XML_BYTES for info in infos):
        raise NotWordError("too-large")


def _is_xml(name: str) -> bool:
    return re.search(r"\.(xml|rels)$", name, re.IGNORECASE) is not None


def _digest(parts: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(parts.keys() - {_MARKS}):
        whole.update(f"{name} {len(parts[name])}\n".encode())
        whole.update(parts[name])
    return whole.hexdigest()


def _names() -> dict[str, str]:
    """Name of the property -> attribute of `Marks`."""
    return {f"xlflow-{field.name}": field.name for field in fields(Marks)}


def _marks_in(parts: Mapping[str, bytes]) -> Marks | None:
    try:
        root = etree.fromstring(parts.get(_MARKS, b""), _parser())
    except etree.XMLSyntaxError:
        return None
    known = _names()
    values = {
        known[name]: "".join(held.itertext())
        for held in root
        if isinstance(name := held.get("name"), str) and name in known
    }
    return Marks(**values) if values.get("digest") is not None else None


def _with_marks(blob: bytes, marks: Marks) -> bytes:
    root = etree.fromstring(blob, _parser())
    for held in list(root):
        if held.get("name") in _names():
            root.remove(held)
    last = max((int(held.get("pid", "1")) for held in root), default=1)
    for number, (name, attribute) in enumerate(_names().items(), last + 1):
        held = etree.SubElement(root, f"{{{_PROPERTIES}}}property")
        held.set("fmtid", _FORMAT)
        held.set("pid", str(number))
        held.set("name", name)
        etree.SubElement(held, f"{{{_VALUES}}}lpwstr").text = getattr(marks, attribute)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)
