"""Putting a document into its folder without ever replacing what a person has made of one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from xlflow.files import explained_reading, write_new, write_whole
from xlflow.reports.documents.package import Marks, marks_of

Filed = Literal["written", "replaced", "unchanged", "kept"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document lies now.

    `filed`: `written` anew, `replaced` an older one of xlflow's, `unchanged` since nothing but the
    day differs, or `kept`: a person has edited it, and nothing but the record's status has changed.
    `beside`: an edited one that was left alone because the record has changed.
    """

    path: Path
    filed: Filed
    beside: Path | None = None


def file_document(
    folder: Path, name: str, data: bytes, marks: Marks, *, overwrite: bool = False
) -> Place:
    """Write a document, as ``name (2).docx`` and so on if people have edited the others.

    `marks`: those of `data`. `overwrite`: replace the first one whatever it is.

    Raises:
        FileNotWritten: What lay there is as it was.
    """
    beside: Path | None = None
    for turn in count(1):
        path = folder / (f"{name} ({turn}).docx" if turn > 1 else f"{name}.docx")
        held = _held(path)
        if held is None:
            if write_new(path, data):
                return Place(path, "written", beside)
            continue
        earlier, untouched = marks_of(held) or (Marks(), False)
        if held != data and (overwrite or (untouched and earlier.source != marks.source)):
            write_whole(path, data)
            return Place(path, "replaced", beside)
        if untouched or held == data:
            return Place(path, "unchanged", beside)
        if earlier.substance == marks.substance:
            return Place(path, "kept", beside)
        beside = beside or path
    raise AssertionError  # pragma: no cover


def _held(path: Path) -> bytes | None:
    with explained_reading(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
