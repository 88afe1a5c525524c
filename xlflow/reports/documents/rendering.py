"""Filling a template with a record: a Word file, or the fault of the template and its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from docx.document import Document as DocumentObject
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from lxml import etree

from xlflow.errors import UsageError
from xlflow.languages import Language, say
from xlflow.reports.documents.language import Fault
from xlflow.reports.documents.package import Marks, NotWordError, add_marks, parts_of, sealed
from xlflow.reports.documents.sandbox import Sandbox
from xlflow.reports.documents.values import Gap
from xlflow.reports.texts import one_line

_LONGEST_PROPERTY = 255  # as python-docx has it
_PROPERTIES = ("title", "subject", "comments", "identifier", "keywords", "category")
# What python-docx and docxtpl raise on a package whose parts do not fit together.
_BROKEN = (
    PackageNotFoundError,
    etree.LxmlError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_MOST_TAGS = 2_000
_TAG = re.compile(rb"\{[{%#]")
_MARKUP = re.compile(rb"<[^<>]*>")
_STATUS = ("record", "status")
# Parts that docxtpl does not fill.
_UNFILLED = ("word/endnotes.xml", "word/comments.xml")


class TemplateFaulty(UsageError):
    """A template cannot be filled; no document was made from it.

    `place`: the text around the fault, as it stands in the template.
    """

    def __init__(self, template: str, fault: Fault, place: str) -> None:
        super().__init__("documents.faulty", template=template, fault=fault, place=place)

    def message(self, language: Language) -> str:
        """Template, place, and what to do."""
        reason = say(language, f"documents.fault.{self.fault.reason}", **self.fault.facts)
        where = say(language, "documents.place", place=self.place) if self.place else ""
        return say(language, self.key, template=self.template, reason=reason, place=where)


@dataclass(frozen=True, slots=True)
class Filled:
    """A document with its marks, and the blank fields that it shows as missing, in their order."""

    data: bytes
    marks: Marks
    gaps: tuple[Gap, ...]


def filled(
    template: bytes,
    name: str,
    names: Mapping[str, Any],
    language: Language,
    now: datetime,
    about: Marks,
) -> Filled:
    """The document that `template` becomes with these `names`; `name` is told in errors.

    `about`: its marks, as far as they are known before.

    Raises:
        TemplateFaulty: It is no Word file, or holds what cannot be filled in.
    """
    sandbox = Sandbox(language, names)
    try:
        _refuse_tags(parts_of(template))
        document = _Document(BytesIO(template), sandbox, names)
        document.render(dict(names), sandbox)
        _stamp(document.docx, now)
        marks = replace(
            about,
            source=_origin(template, sandbox.read),
            substance=_origin(template, [one for one in sandbox.read if one[:2] != _STATUS]),
        )
        add_marks(document.docx.part.package, marks)
        out = BytesIO()
        document.save(out)
        return Filled(sealed(out.getvalue()), marks, tuple(sandbox.gaps))
    except NotWordError as err:
        raise TemplateFaulty(name, Fault(err.reason), "") from err
    except Fault as err:
        raise TemplateFaulty(name, err, _place(err.source, err.line)) from err
    except _BROKEN as err:
        raise TemplateFaulty(name, Fault("broken", why=str(err)), "") from err


class _Document(DocxTemplate):  # type: ignore[misc]  # no type hints of its own
    """docxtpl's template, with properties that are not escaped as XML and no silent mending."""

    def __init__(self, file: BytesIO, sandbox: Sandbox, names: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._plain = Sandbox(sandbox.language, names, is_xml=False)

    def fix_tables(self, xml: str) -> Any:
        """Raise where a tag has torn the document apart; docxtpl would mend it and lose text."""
        try:
            etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError as err:
            raise Fault("torn") from err
        return super().fix_tables(xml)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:  # noqa: ARG002
        """Fill the document's properties: plain text, of a length that Word takes."""
        properties = self.docx.core_properties
        for name in _PROPERTIES:
            held = getattr(properties, name)
            if "{" in held:
                text = self._plain.from_string(held).render(context)
                setattr(properties, name, one_line(text, _LONGEST_PROPERTY))


def _origin(template: bytes, read: Iterable[tuple[str, str, str]]) -> str:
    """A digest of a template and of the values that it has read."""
    return sha256(template + repr(list(read)).encode()).hexdigest()


def _stamp(document: DocumentObject, now: datetime) -> None:
    properties = document.core_properties
    properties.created = properties.modified = now.astimezone(UTC).replace(tzinfo=None)
    properties.last_modified_by = "xlflow"
    properties.revision = 1


def _refuse_tags(parts: Mapping[str, bytes]) -> None:
    """Refuse tags where none are filled, and more of them than docxtpl finds in reasonable time."""
    for part, content in parts.items():
        if part.startswith("word/") and part.endswith(".xml"):
            count = len(_TAG.findall(_MARKUP.sub(b"", content)))
            if count and part in _UNFILLED:
                raise Fault("not-filled-there", part=part)
            if count > _MOST_TAGS:
                raise Fault("too-many-tags", most=_MOST_TAGS)


def _place(source: str, line: int) -> str:
    """The text that stands in a line of the XML; docxtpl begins one with each paragraph."""
    lines = source.splitlines()
    if not 0 < line <= len(lines):
        return ""
    try:
        text = "".join(etree.HTML(f"<p>{lines[line - 1]}</p>").itertext())
    except etree.LxmlError:
        return ""
    return one_line(text, 80)
