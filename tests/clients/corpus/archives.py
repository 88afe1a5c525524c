"""What differs between the archives of two workbooks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection

from lxml import etree

Raw = dict[str, tuple[bytes, int]]
"""Part -> its compressed bytes and its CRC."""


def archive_faults(data: bytes, after: bytes, removed: Collection[str]) -> list[str]:
    """The zip holds the same entries in the same order, with the same dates and attributes."""
    old, new = (zipfile.ZipFile(io.BytesIO(each)) for each in (data, after))
    with old, new:
        told = [
            [
                (entry.filename, entry.date_time, entry.external_attr, entry.create_system)
                for entry in each.infolist()
                if entry.filename not in removed
            ]
            for each in (old, new)
        ]
        faults = [] if told[0] == told[1] else ["the entries of the zip differ"]
        faults += [] if old.comment == new.comment else ["the comment of the zip differs"]
        return faults + ([f"{damaged} is damaged"] if (damaged := new.testzip()) else [])


def changed_parts(data: bytes, after: bytes) -> list[str]:
    """The parts that are not in both with the same compressed bytes."""
    old, new = _raw(data), _raw(after)
    return sorted(part for part in old.keys() | new.keys() if old.get(part) != new.get(part))


def asks_to_be_computed(data: bytes, after: bytes, part: str) -> bool:
    """Whether a part differs by the wish to have all formulas computed, and by nothing else."""
    asking = (rb'<(\w+:)?calcPr fullCalcOnLoad="1"/>', rb' fullCalcOnLoad="1"')
    new = _part(after, part)
    return _part(data, part) in (re.sub(pattern, b"", new) for pattern in asking)


def forgets_calculation_chain(data: bytes, after: bytes, part: str) -> bool:
    """Whether a part differs by naming no calculation chain any more, and by nothing else."""
    parser = etree.XMLParser(remove_blank_text=True)
    old, new = (etree.fromstring(_part(each, part), parser) for each in (data, after))
    chains = [node for node in old if _names_chain(node)]
    for node in chains:
        old.remove(node)
    same = etree.tostring(old, method="c14n") == etree.tostring(new, method="c14n")
    return len(chains) == 1 and same


def _names_chain(node: etree._Element) -> bool:
    told = (node.get("Type") or node.get("ContentType") or "").lower()
    return told.endswith(("/calcchain", ".calcchain+xml"))


def _part(data: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(part)


def _raw(data: bytes) -> Raw:
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            head = data[info.header_offset : info.header_offset + 30]
            start = info.header_offset + 30 + int.from_bytes(head[26:28], "little")
            start += int.from_bytes(head[28:30], "little")
            found[info.filename] = (data[start : start + info.compress_size], info.CRC)
    return found
