"""Take records out of a workbook by compaction: those below move up, and the tail is cleared.

Rows are never deleted: that would have to move whatever refers to them. Instead typed values move
between rows, as a sort would move them; formats, validations, names, formulas, drawings and all
other parts stay as they are. What a sort would tear apart is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xlflow.workbook import recalculation, refusals
from xlflow.workbook.archive import Entry, Limits, write_archive
from xlflow.workbook.compaction.attachments import attached
from xlflow.workbook.compaction.formats import Formats
from xlflow.workbook.compaction.looks import row_obstacles
from xlflow.workbook.compaction.obstacles import CompactionRefused as CompactionRefused
from xlflow.workbook.compaction.obstacles import Obstacle as Obstacle
from xlflow.workbook.compaction.obstacles import blocked_until as blocked_until
from xlflow.workbook.compaction.part_pointers import drawn_pointers, name_pointers
from xlflow.workbook.compaction.pointers import Aims, Pointer
from xlflow.workbook.compaction.proof import verify_compaction as verify_compaction
from xlflow.workbook.compaction.removal import Removal as Removal
from xlflow.workbook.compaction.removal import Zone
from xlflow.workbook.compaction.row_rules import partial_rules
from xlflow.workbook.compaction.sheet_pointers import sheet_pointers
from xlflow.workbook.compaction.surroundings import surroundings
from xlflow.workbook.compaction.survey import Survey
from xlflow.workbook.compaction.writing import compacted
from xlflow.workbook.package import Package
from xlflow.workbook.sheet_xml import AlternativeRowsError, SheetXml


@dataclass(frozen=True, slots=True)
class CompactedSheet:
    """What became of the rows of one sheet.

    `moved`: the row where a record stood -> the row where it stands now. `cleared`: the rows that
    held values and hold none any more. Blank rows are told in neither.
    """

    sheet: str
    moved: Mapping[int, int]
    cleared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CompactionResult:
    """The new workbook; where nothing was to be removed, `data` is the very object given."""

    data: bytes
    changed_parts: tuple[str, ...]
    sheets: tuple[CompactedSheet, ...]


def compact(
    data: bytes,
    removals: Iterable[Removal],
    *,
    file: str = "workbook",
    limits: Limits | None = None,
) -> CompactionResult:
    """Take records out of the sheets of the workbook in `data`; `file` is its name in messages.

    Texts that no cell shows any more stay in the workbook's table of texts until Excel saves it.

    Raises:
        CompactionRefused: Something stands in the way: all of it, on all sheets.
        WorkbookRefused: The workbook may not be written, or is damaged or hostile.
        ValueError: Two removals for one sheet.
    """
    package = Package.open(data, file, limits)
    package.refuse_changes()
    surveys = _surveys(package, removals)
    if obstacles := tuple(_obstacles(package, surveys)):
        raise CompactionRefused(file, obstacles)
    sheets = tuple(map(_outcome, surveys.values()))
    calculates = _check_other_parts(package, surveys)
    new: dict[str, Entry] = {}
    for part in list(surveys):
        survey = surveys.pop(part)  # its XML may be large: let go of it
        if survey.zone:
            new[part] = package.entry(part).holding(compacted(survey, survey.zone))
    if not new:
        return CompactionResult(data, (), sheets)
    if calculates:
        new |= _recalculated(package)
    entries = [new.get(entry.name, entry) for entry in package.entries]
    changed = tuple(entry.name for entry in entries if entry.name in new)
    return CompactionResult(write_archive(entries, package.comment), changed, sheets)


def refusals_of(
    data: bytes,
    removals: Iterable[Removal],
    *,
    file: str = "workbook",
    limits: Limits | None = None,
) -> tuple[Obstacle, ...]:
    """What `compact` would refuse, () where nothing stands in the way; nothing is written.

    Raises:
        WorkbookRefused, ValueError: As `compact`.
    """
    package = Package.open(data, file, limits)
    package.refuse_changes()
    return tuple(_obstacles(package, _surveys(package, removals)))


def _surveys(package: Package, removals: Iterable[Removal]) -> dict[str, Survey]:
    """The data areas by the part of their sheet."""
    surveys: dict[str, Survey] = {}
    for removal in removals:
        part = package.worksheet(removal.sheet)
        if part in surveys:
            raise ValueError(f"two removals for the sheet {removal.sheet!r}")
        with package.refusing(part):
            surveys[part] = Survey(_sheet(package, part, removal.sheet), removal)
    return surveys


def _sheet(package: Package, part: str, title: str) -> SheetXml:
    try:
        return SheetXml(package.read(part))
    except AlternativeRowsError as err:
        raise refusals.SheetUnsupported(package.file, sheet=title) from err


def _obstacles(package: Package, surveys: Mapping[str, Survey]) -> Iterator[Obstacle]:
    formats = Formats(package)
    zones: list[Zone] = []
    for part, survey in surveys.items():
        yield from row_obstacles(survey, formats)
        if survey.zone is None:
            continue
        zones.append(survey.zone)
        with package.refusing(part):
            root = surroundings(survey.sheet)
        yield from attached(package, part, survey.sheet, root, survey.zone)
        yield from partial_rules(root, survey.zone)
    if zones:
        aims = Aims(zones, [sheet.name for sheet in package.sheets])
        found = (obstacle for p in _pointers(package, surveys) for obstacle in aims.obstacles(p))
        yield from dict.fromkeys(found)


def _pointers(package: Package, surveys: Mapping[str, Survey]) -> Iterator[Pointer]:
    """Whatever reads cells, in the whole workbook."""
    yield from name_pointers(package)
    yield from drawn_pointers(package)
    for sheet in package.sheets:
        part = sheet.part
        if sheet.kind != "worksheet" or part is None:
            continue
        with package.refusing(part):
            if part in surveys:
                yield from sheet_pointers(surveys[part].sheet, sheet.name)
            elif b"!" in package.read(part):  # as in whatever names another sheet
                yield from sheet_pointers(_sheet(package, part, sheet.name), sheet.name)


def _outcome(survey: Survey) -> CompactedSheet:
    title, zone = survey.removal.sheet, survey.zone
    if zone is None:
        return CompactedSheet(title, MappingProxyType({}), ())
    held = survey.held
    sources = dict(zone.sources())
    moved = {origin: row for row, origin in sources.items() if origin in held and origin != row}
    cleared = (row for row in zone.rows if row in held and sources[row] not in held)
    return CompactedSheet(title, MappingProxyType(moved), tuple(cleared))


def _check_other_parts(package: Package, surveys: Mapping[str, Survey]) -> bool:
    """Read every part once, so that no damage is passed on; tells whether there is any formula."""
    found = any(survey.sheet.has_formula for survey in surveys.values())
    worksheets = set(package.worksheet_parts)
    for entry in package.entries:
        if entry.is_folder or entry.name in surveys:
            continue
        chunks = package.chunks(entry.name)
        if entry.name in worksheets:
            found |= recalculation.has_formula(chunks)
        else:
            deque(chunks, maxlen=0)
    return found


def _recalculated(package: Package) -> dict[str, Entry]:
    """The workbook's part, where it does not ask for its formulas to be computed on loading yet."""
    part = package.workbook_part
    old = package.read(part)
    with package.refusing(part):
        new = recalculation.recalculated_on_load(old)
    return {} if new == old else {part: package.entry(part).holding([new])}
