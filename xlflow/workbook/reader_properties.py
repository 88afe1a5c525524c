"""What a register says of itself in its custom document properties. Source: ECMA-376 22.3."""

from __future__ import annotations

from dataclasses import dataclass

from xlflow.languages import LANGUAGES, Language
from xlflow.workbook import markup
from xlflow.workbook.package import Package
from xlflow.workbook.schema import LANGUAGE_PROPERTY, REGISTER_PROPERTY, SCHEMA_PROPERTY


@dataclass(frozen=True, slots=True)
class Properties:
    """Each None where the workbook does not say it: some programs drop the properties on saving."""

    schema: int | None
    language: Language | None
    register_id: str | None


def read_properties(package: Package) -> Properties:
    """The properties that xlflow's template writes."""
    texts: dict[str, str] = {}
    for relation in package.relations(""):
        if relation.kind == "custom-properties" and relation.target:
            for node in package.tree(relation.target):
                if markup.local_name(node.tag) == "property":
                    texts[node.get("name", "").casefold()] = "".join(node.itertext()).strip()
    language = texts.get(LANGUAGE_PROPERTY)
    return Properties(
        schema=_whole(texts.get(SCHEMA_PROPERTY, "")),
        language=language if language in LANGUAGES else None,
        register_id=texts.get(REGISTER_PROPERTY) or None,
    )


def _whole(text: str) -> int | None:
    """A number that another program may have stored as a real number or as text."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None
