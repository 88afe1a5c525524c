"""Writing the rules, looks and names that a register has lost: a workbook -> the new bytes.

Rules go behind the rows of their sheet, of which nothing changes but the formats of locked cells;
looks go into the styles, names into the workbook's part. All other parts keep their compressed
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlflow.record.register import quoted
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.archive import write_archive
from xlflow.workbook.mending.comparing import Comparison, Layers
from xlflow.workbook.mending.formats import (
    CellFormats,
    LockedCell,
    cell_formats,
    locked_cells,
    with_open_cells,
    with_open_copies,
)
from xlflow.workbook.mending.looks import looks, with_looks
from xlflow.workbook.mending.marks import Rule, held_rules, with_marks
from xlflow.workbook.mending.names import Name, with_names
from xlflow.workbook.mending.outline import SheetFrame, Splice
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.register_sheets import RegisterSheet
from xlflow.workbook.mending.sheet_order import position_of
from xlflow.workbook.mending.validations import with_validations
from xlflow.workbook.mending.wanted import styles_part
from xlflow.workbook.package import Package
from xlflow.workbook.schema import LAST_ROW


def with_rules(package: Package, comparison: Comparison) -> bytes:
    """The workbook with the rules, looks, formats and names that `comparison` found missing.

    Raises:
        WorkbookRefused: A part is damaged.
    """
    new: dict[str, list[bytes]] = {}
    damaged = {key: layers for key, layers in comparison.layers.items() if layers.has_any}
    if damaged.pop("lists", None) and comparison.register.lists:
        part = comparison.register.lists.part
        frame = SheetFrame(package.read(part))
        protection = _protection(frame, comparison.register.wanted.lists.protection)
        new[part] = list(frame.written([protection]))
    sheets = [
        _DamagedSheet(package, comparison.register.sheets[key], layers)
        for key, layers in damaged.items()
    ]
    if sheets:
        _write_sheets(package, comparison, sheets, new)
    filters = (damaged.sheet.place for damaged in sheets if damaged.layers.filter)
    names = [*comparison.names, *(_filter_name(package, place) for place in filters)]
    if names:
        part = package.workbook_part
        with package.refusing(part):
            new[part] = [with_names(package.read(part), names)]
    entries = [
        entry.holding(new[entry.name]) if entry.name in new else entry for entry in package.entries
    ]
    return write_archive(entries, package.comment)


class _DamagedSheet:
    """A sheet as it is once its texts are written, and what of it must be written anew."""

    def __init__(self, package: Package, sheet: RegisterSheet, layers: Layers) -> None:
        self.sheet = sheet
        self.layers = layers
        self.frame = SheetFrame(package.read(sheet.part))

    def locked(self, formats: CellFormats) -> tuple[LockedCell, ...]:
        """The cells to be opened."""
        if not self.layers.formats:
            return ()
        return tuple(locked_cells(self.frame, self.sheet.place, formats))


def _write_sheets(
    package: Package,
    comparison: Comparison,
    sheets: Sequence[_DamagedSheet],
    new: dict[str, list[bytes]],
) -> None:
    """Put the new XML of the sheets, and of the styles if they change, into `new`."""
    wanted, part = comparison.register.wanted, styles_part(package)
    before = styles = package.read(part)
    numbers: Mapping[int, int] = {}
    with package.refusing(part):
        known = looks(styles)
        if any(damaged.layers.marks for damaged in sheets):
            used = (mark.number for sheet in wanted.sheets.values() for mark in sheet.marks)
            styles, numbers = with_looks(styles, wanted.styles, used)
        formats = cell_formats(styles)
        cells = [damaged.locked(formats) for damaged in sheets]
        own = (cell.format for locked in cells for cell in locked if cell.wanted is None)
        styles, copies = with_open_copies(styles, own)
    if styles != before:
        new[part] = [styles]
    for damaged, locked in zip(sheets, cells, strict=True):
        frame, sheet = damaged.frame, damaged.sheet
        rules = tuple(held_rules(frame, sheet.place, known))
        behind = _splices(frame, rules, sheet, damaged.layers, numbers)
        new[sheet.part] = list(frame.written(behind, with_open_cells(locked, copies)))


def _splices(
    frame: SheetFrame,
    rules: Sequence[Rule],
    sheet: RegisterSheet,
    layers: Layers,
    numbers: Mapping[int, int],
) -> Iterator[Splice]:
    """All changes of a sheet, in the order in which their elements stand."""
    place, wanted = sheet.place, sheet.wanted
    if layers.protection:
        yield _protection(frame, wanted.protection)
    if layers.filter:
        at = position_of("autoFilter", frame)
        element = b'<%sautoFilter ref="%s"/>' % (frame.prefix, _filtered(place, "").encode())
        yield Splice(at, at, element)
    if layers.marks:
        at = position_of("conditionalFormatting", frame)
        yield from with_marks(frame, place, rules, wanted.marks, numbers, at)
    if layers.validations:
        at = position_of("dataValidations", frame)
        yield from with_validations(frame, place, wanted.validations, at)


def _protection(frame: SheetFrame, attributes: bytes) -> Splice:
    known = frame.root.first("sheetProtection")
    at = position_of("sheetProtection", frame)
    start, end = (known.tag.start, known.end) if known else (at, at)
    return Splice(start, end, b"<%ssheetProtection%s/>" % (frame.prefix, attributes))


def _filtered(place: Place, sign: str) -> str:
    """The filter's range, from the headers down; `sign` stands before columns and rows."""
    first, last = (column_letters(end(place.columns.values())) for end in (min, max))
    return f"{sign}{first}{sign}{place.header_row}:{sign}{last}{sign}{LAST_ROW}"


def _filter_name(package: Package, place: Place) -> Name:
    """The hidden name that Excel keeps for a filter. Source: ECMA-376 18.2.5."""
    number = [sheet.name for sheet in package.sheets].index(place.title)
    told = f"{quoted(place.title)}!{_filtered(place, '$')}"
    return Name("_xlnm._FilterDatabase", told, is_hidden=True, sheet=number)
