"""What damaged, hostile and odd workbooks are made of, and what is to become of each.

They are made from a real register of three records. The tables stand in `bad_archives` (the zip),
`bad_parts` (the package and its XML) and `bad_sheets` (the cells).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from company import new
from workbook.odd_registers import REGISTER_PART, with_parts

from xlflow.errors import XlflowError
from xlflow.workbook.template import build_register

RECORDS = 3
Outcome = type[XlflowError] | int
"""The refusal, or how many records are read."""

Maker = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A workbook, and what becomes of it when it is checked and when a run is to write into it."""

    make: Maker
    check: Outcome
    run: Outcome


def refused(make: Maker, by: type[XlflowError]) -> Case:
    """Refused at once."""
    return Case(make, by, by)


def readable(make: Maker, records: int = RECORDS) -> Case:
    """Odd, but a register all the same: read and written."""
    return Case(make, records, records)


def unwritable(make: Maker, by: type[XlflowError], records: int = RECORDS) -> Case:
    """Read, but not written: the fault lies where only a writer must look."""
    return Case(make, records, by)


@cache
def register() -> bytes:
    """Three new records without a fault, in rows 4 to 6; a run would give them numbers."""
    rows = [new("First"), new("Second"), new("Third")]
    return build_register("en", rows=rows, departments=["Marketing", "Finance"])


def part(name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The register with one part changed; None leaves the part out."""
    return with_parts(register(), lambda held, xml: change(xml) if held == name else xml)


def with_more(*parts: tuple[str, bytes]) -> bytes:
    """The register with more parts."""
    return appended(register(), dict(parts))


def appended(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A zip archive with parts added at its end."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def text(name: str, old: str, new_text: str) -> bytes:
    """The register with the first `old` in a part replaced."""

    def change(xml: bytes) -> bytes:
        assert old.encode() in xml, old
        return xml.replace(old.encode(), new_text.encode(), 1)

    return part(name, change)


def sheet(change: Callable[[str], str]) -> bytes:
    """The register with the XML of its main sheet changed."""
    return part(REGISTER_PART, lambda xml: change(xml.decode()).encode())
