"""Writing the rules, looks and names that a register has lost: a workbook -> the new bytes.

Rules go behind the rows of their sheet, whose bytes stay; looks go into the styles, names into the
workbook's part. All other parts keep their compressed bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlflow.record.register import quoted
from xlflow.workbook.addresses import column_letters
from xlflow.workbook.archive import write_archive
from xlflow.workbook.mending.comparing import Comparison, Layers
from xlflow.workbook.mending.looks import looks, with_looks
from xlflow.workbook.mending.marks import Rule, held_rules, with_marks
from xlflow.workbook.mending.names import Name, with_names
from xlflow.workbook.mending.outline import SheetFrame, Splice
from xlflow.workbook.mending.places import Place
from xlflow.workbook.mending.register_sheets import RegisterSheet
from xlflow.workbook.mending.sheet_order import position_of
from xlflow.workbook.mending.validations import with_validations
from xlflow.workbook.mending.wanted import styles_of, styles_part
from xlflow.workbook.package import Package
from xlflow.workbook.schema import LAST_ROW


def with_rules(package: Package, comparison: Comparison) -> bytes:
    """The workbook with the rules, looks and names that `comparison` found missing.

    Raises:
        WorkbookRefused: A part is damaged.
    """
    sheets = comparison.register.sheets
    damaged = {key: layers for key, layers in comparison.layers.items() if layers.any}
    known = looks(styles_of(package))
    new: dict[str, list[bytes | memoryview]] = {}
    numbers: Mapping[int, int] = {}
    if any(layers.marks for layers in damaged.values()):
        numbers = _write_looks(package, comparison, new)
    for key, layers in damaged.items():
        sheet = sheets[key]
        frame = SheetFrame(package.read(sheet.part))  # as it is with the texts written
        rules = tuple(held_rules(frame, sheet.place, known))
        new[sheet.part] = list(frame.around_rows(_splices(frame, rules, sheet, layers, numbers)))
    filters = (sheets[key] for key, layers in damaged.items() if layers.filter)
    names = [*comparison.names, *(_filter_name(package, sheet.place) for sheet in filters)]
    if names:
        part = package.workbook_part
        with package.refusing(part):
            new[part] = [with_names(package.read(part), names)]
    entries = [
        entry.holding(new[entry.name]) if entry.name in new else entry for entry in package.entries
    ]
    return write_archive(entries, package.comment)


def _write_looks(
    package: Package, comparison: Comparison, new: dict[str, list[bytes | memoryview]]
) -> Mapping[int, int]:
    """Number of a look in the template -> in this workbook, whose new styles go into `new`."""
    wanted = comparison.register.wanted
    part = styles_part(package)
    styles = package.read(part)
    used = (mark.number for sheet in wanted.sheets.values() for mark in sheet.marks)
    with package.refusing(part):
        changed, numbers = with_looks(styles, wanted.styles, used)
    if changed != styles:
        new[part] = [changed]
    return numbers


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
        known = frame.root.first("sheetProtection")
        at = position_of("sheetProtection", frame)
        start, end = (known.tag.start, known.end) if known else (at, at)
        element = b"<%ssheetProtection%s/>" % (frame.prefix, wanted.protection)
        yield Splice(start, end, element)
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


def _filtered(place: Place, sign: str) -> str:
    """The filter's range, from the headers down; `sign` stands before columns and rows."""
    first, last = (column_letters(end(place.columns.values())) for end in (min, max))
    return f"{sign}{first}{sign}{place.header_row}:{sign}{last}{sign}{LAST_ROW}"


def _filter_name(package: Package, place: Place) -> Name:
    """The hidden name that Excel keeps for a filter. Source: ECMA-376 18.2.5."""
    number = [sheet.name for sheet in package.sheets].index(place.title)
    told = f"{quoted(place.title)}!{_filtered(place, '$')}"
    return Name("_xlnm._FilterDatabase", told, is_hidden=True, sheet=number)
