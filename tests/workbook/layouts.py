"""Registers of the template with parts of their XML edited, as other programs leave them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from registers import clean

from xlflow.languages import Language
from xlflow.settings import Settings, default_settings
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.mending.mending import Mended, mend
from xlflow.workbook.package import Package
from xlflow.workbook.template import build_register

PARTS = {
    "Register": "xl/worksheets/sheet2.xml",
    "Progress": "xl/worksheets/sheet3.xml",
    "Issues": "xl/worksheets/sheet4.xml",
    "Changes": "xl/worksheets/sheet5.xml",
    "Lists": "xl/worksheets/sheet6.xml",
    "book": "xl/workbook.xml",
    "styles": "xl/styles.xml",
}


@cache
def template(language: Language = "en") -> bytes:
    """A register of three records."""
    rows = [
        clean("submitted", language, title=title, number=f"2024-00{n}")
        for n, title in enumerate(("One", "Two", "Three"), 1)
    ]
    return build_register(language, rows=rows, departments=("Marketing", "Finance"))


def text(data: bytes, name: str) -> str:
    """A part as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(PARTS.get(name, name)).decode()


def edited(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part changed, which must change."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            held = before.read(part)
            if part == PARTS.get(name, name):
                new = change(held.decode()).encode()
                assert new != held
                held = new
            after.writestr(part, held)
    return out.getvalue()


def without(data: bytes, name: str, pattern: str) -> bytes:
    """The workbook without what the pattern finds in a part."""
    return edited(data, name, lambda xml: re.sub(pattern, "", xml, flags=re.DOTALL))


def replaced(data: bytes, name: str, old: str, new: str) -> bytes:
    """The workbook with a text of a part replaced, wherever it stands."""
    return edited(data, name, lambda xml: xml.replace(old, new))


def mended(data: bytes, settings: Settings | None = None) -> Mended:
    """The outcome of mending, which a second one must not change."""
    settings = settings or default_settings()
    outcome = mend(data, settings, file="register.xlsx")
    again = mend(outcome.data, settings, file="register.xlsx")
    assert again.put_back == ()
    assert again.data is outcome.data
    return outcome


def told(found: tuple[Difference, ...]) -> list[tuple[str, str]]:
    """Kind and place of each difference."""
    return [(difference.kind, difference.place) for difference in found]


def children(data: bytes, name: str) -> list[str]:
    """The elements of a part in their order, without namespaces; several of a kind once."""
    found = (node.tag.rpartition("}")[2] for node in ET.fromstring(text(data, name)))
    return [kind for kind, _ in groupby(found)]


def validations(data: bytes, name: str) -> dict[str, dict[str, Any]]:
    """Sqref -> attributes and formulas, of all validations of a sheet."""
    root = ET.fromstring(text(data, name))
    found = {}
    for node in root.iter():
        if node.tag.endswith("}dataValidation"):
            sqref = node.get("sqref") or next(n.text for n in node if n.tag.endswith("}sqref"))
            formulas = ["".join(n.itertext()) for n in node if "}formula" in n.tag]
            found[sqref or ""] = {**node.attrib, "formulas": formulas}
    return found


def rules(data: bytes, name: str) -> list[tuple[int, str, str]]:
    """Priority, sqref and formula of each conditional format, the strongest first."""
    root = ET.fromstring(text(data, name))
    return sorted(
        (
            int(rule.get("priority") or 0),
            block.get("sqref") or "",
            rule.findtext("{*}formula") or "",
        )
        for block in root.iter()
        if block.tag.endswith("}conditionalFormatting") and block.get("sqref")
        for rule in block.iterfind("{*}cfRule")
    )


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """The parts whose compressed bytes differ."""
    old, new = Package.open(before, "before"), Package.open(after, "after")
    assert [entry.name for entry in old.entries] == [entry.name for entry in new.entries]
    return {
        now.name
        for was, now in zip(old.entries, new.entries, strict=True)
        if (was.crc, bytes(was.raw)) != (now.crc, bytes(now.raw))
    }
