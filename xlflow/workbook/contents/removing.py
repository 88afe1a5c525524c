"""Take whole records out of a workbook, as far as nothing stands in the way of each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from xlflow.record.schema import Schema
from xlflow.workbook.archive import Limits
from xlflow.workbook.compaction import (
    Obstacle,
    Removal,
    blocked_until,
    compact,
    refusals_of,
    verify_compaction,
)
from xlflow.workbook.contents.reading import Contents, read_contents
from xlflow.workbook.contents.records import WholeRecord
from xlflow.workbook.edits import CellEdit
from xlflow.workbook.patch import patch
from xlflow.workbook.verification import verify


@dataclass(frozen=True)
class TakenOut:
    """The workbook without the records `numbers`; `data` is the very object given if none went.

    `obstacles` are what keeps the others in it.
    """

    data: bytes
    numbers: frozenset[str]
    obstacles: tuple[Obstacle, ...]


def without_records(
    data: bytes, contents: Contents, numbers: Collection[str], *, limits: Limits | None = None
) -> TakenOut:
    """Take out the records with their lines; those below move up. `contents` are those of `data`.

    A record goes with all its lines or not at all.

    Raises:
        WorkbookRefused: The workbook may not be written, or is damaged.
        NotVerified: What came out is not what should: a fault of the program.
    """
    going = {number: contents.records[number] for number in numbers if number in contents.records}
    found: list[Obstacle] = []
    while going:
        removals = _removals(contents, going.values())
        obstacles = refusals_of(data, removals, file=contents.file, limits=limits)
        if not obstacles:
            result = compact(data, removals, file=contents.file, limits=limits)
            verify_compaction(data, result.data, removals, file=contents.file, limits=limits)
            return TakenOut(result.data, frozenset(going), tuple(dict.fromkeys(found)))
        found += obstacles
        free = {n: record for n, record in going.items() if _is_free(record, contents, obstacles)}
        going = free if len(free) < len(going) else {}
    return TakenOut(data, frozenset(), tuple(dict.fromkeys(found)))


def _is_free(record: WholeRecord, contents: Contents, obstacles: Collection[Obstacle]) -> bool:
    """Whether all rows of the record lie below whatever stands in the way on their sheets."""
    return all(
        line.row > blocked_until(obstacles, contents.sheets[sheet].title)
        for sheet, line in record.rows
    )


def _removals(contents: Contents, records: Iterable[WholeRecord]) -> list[Removal]:
    rows: dict[str, list[int]] = {}
    for record in records:
        for sheet, line in record.rows:
            rows.setdefault(sheet, []).append(line.row)
    return [
        Removal(
            held.title,
            rows[sheet],
            first_row=held.first_row,
            last_row=held.last_row,
            columns=held.typed,
        )
        for sheet, held in contents.sheets.items()
        if sheet in rows
    ]


def emptied(
    data: bytes,
    file: str,
    numbers: Collection[str],
    schema: Schema,
    *,
    limits: Limits | None = None,
) -> bytes:
    """The workbook with the rows of these records blank where they are: for an archive.

    Raises:
        EditsRefused: Cells that cannot be emptied, all of them.
    """
    contents = read_contents(data, file, schema, limits=limits)
    edits = [
        CellEdit(*contents.sheets[sheet].place(line.row, name), None, overwrite_formulas=True)
        for number in numbers
        for sheet, line in contents.records[number].rows
        for name in line.cells
    ]
    result = patch(data, edits, file=file, limits=limits)
    verify(data, result.data, result.edits, file=file, limits=limits)
    return result.data
