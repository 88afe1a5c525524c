"""What a register says of itself in its document properties, and who saved it when.

Source: ECMA-376 Part 1, 22.3 (custom properties); Part 2, 11 (core properties).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from xlflow.languages import LANGUAGES, Language
from xlflow.workbook import markup
from xlflow.workbook.package import Package
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.schema import LANGUAGE_PROPERTY, REGISTER_PROPERTY, SCHEMA_PROPERTY


@dataclass(frozen=True, slots=True)
class Properties:
    """Each None where the workbook does not say it: some programs drop the properties on saving."""

    schema: int | None
    language: Language | None
    register_id: str | None
    saved_by: str | None = None
    saved_at: datetime | None = None  # aware of its zone


def read_properties(package: Package) -> Properties:
    """The properties that xlflow's template writes."""
    texts: dict[str, str] = {}
    core: dict[str, str] = {}
    for relation in package.relations(""):
        if relation.kind == "custom-properties" and relation.target:
            for node in package.tree(relation.target):
                if markup.local_name(node.tag) == "property":
                    texts[node.get("name", "").casefold()] = "".join(node.itertext()).strip()
        elif relation.kind == "core-properties" and relation.target:
            # Nothing of the register depends on it, so that a damaged one does no harm.
            with suppress(WorkbookRefused):
                for node in package.tree(relation.target):
                    core[markup.local_name(node.tag)] = "".join(node.itertext()).strip()
    language = texts.get(LANGUAGE_PROPERTY)
    return Properties(
        schema=whole(texts.get(SCHEMA_PROPERTY, "")),
        language=language if language in LANGUAGES else None,
        register_id=texts.get(REGISTER_PROPERTY) or None,
        saved_by=core.get("lastModifiedBy") or None,
        saved_at=_moment(core.get("modified", "")),
    )


def _moment(text: str) -> datetime | None:
    """A moment of W3CDTF; None of anything else, and without a zone nobody knows which one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def custom_properties(package: Package) -> dict[str, str]:
    """All custom properties as texts, by their names in small letters."""
    texts: dict[str, str] = {}
    for relation in package.relations(""):
        if relation.kind == "custom-properties" and relation.target:
            for node in package.tree(relation.target):
                if markup.local_name(node.tag) == "property":
                    texts[node.get("name", "").casefold()] = "".join(node.itertext()).strip()
    return texts


def whole(text: str) -> int | None:
    """A number that another program may have stored as a real number or as text."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None
