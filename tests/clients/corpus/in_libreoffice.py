"""What LibreOffice finds in a workbook."""

from __future__ import annotations

from pathlib import Path

from clients.corpus.changes import Changed
from clients.corpus.readers import serial
from clients.corpus.worksheets import Place
from clients.libreoffice import Office

from xlflow.workbook.cell_values import Value
from xlflow.workbook.package import Package, Sheet

Entered = dict[Place, str]
"""Place -> what stands in the cell's input line: the formula, else the value."""

_READ = """
result = []
for sheet in doc.Sheets:
    for found in sheet.queryContentCells(1 | 2 | 4 | 16).RangeAddresses:
        left, top, right, bottom = (
            found.StartColumn, found.StartRow, found.EndColumn, found.EndRow
        )
        area = sheet.getCellRangeByPosition(left, top, right, bottom)
        result.append([sheet.Name, top + 1, left + 1, area.FormulaArray])
"""


def entered(office: Office, path: Path) -> tuple[list[str], dict[str, Entered]]:
    """The tabs, and what is entered in each sheet."""
    with office.open(path) as opened:
        tabs = opened.sheets()
        found: dict[str, Entered] = {tab: {} for tab in tabs}
        for tab, top, left, rows in opened.run(_READ):
            for row, texts in enumerate(rows, top):
                found[tab].update({(row, column): t for column, t in enumerate(texts, left) if t})
    return tabs, found


def faults(office: Office, folder: Path, name: str, data: bytes, changed: Changed) -> list[str]:
    """LibreOffice opens the workbook with the same sheets, and reads what was set and all else.

    Sheets with a pivot table are left out: LibreOffice lays them out anew, from the changed cells.
    """
    old, new = folder / f"old-{name}", folder / f"new-{name}"
    old.write_bytes(data)
    new.write_bytes(changed.result.data)
    (tabs, before), (new_tabs, after) = entered(office, old), entered(office, new)
    if tabs != new_tabs:
        return [f"{name}: the sheets are {new_tabs}"]
    package = Package.open(data, name)
    found = []
    for number, sheet in enumerate(package.sheets):
        if _has_pivot_table(package, sheet):
            continue
        # LibreOffice gives a tab another name where it does not like the old one
        tab = sheet.name if sheet.name in tabs else tabs[number]
        places = {(edit.row, edit.column_index) for edit in changed.in_(sheet.name)}
        others = [{p: t for p, t in e[tab].items() if p not in places} for e in (before, after)]
        if others[0] != others[1]:
            differing = [p for p in others[0] | others[1] if others[0].get(p) != others[1].get(p)]
            found.append(f"{name}: {tab}: other values in {differing[:5]}")
        for edit in changed.in_(sheet.name):
            text = after[tab].get((edit.row, edit.column_index), "")
            if not _is_entered(text, edit.value, date_1904=package.date_1904):
                found.append(f"{name}: {tab}!{edit.address} holds {text!r}")
    return found


def _has_pivot_table(package: Package, sheet: Sheet) -> bool:
    related = package.relations(sheet.part) if sheet.part else ()
    return any(relation.kind == "pivotTable" for relation in related)


def _is_entered(text: str, value: Value, *, date_1904: bool) -> bool:
    if value is None:
        return text == ""
    if isinstance(value, str):
        return text == value
    if isinstance(value, bool):
        return text.strip("=()").upper() in ("1", "TRUE")
    try:
        return float(text) == serial(value, date_1904=date_1904)
    except ValueError:
        return False
