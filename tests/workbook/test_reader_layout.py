"""People insert, move, hide, rename and delete; the reader finds its columns, or says which not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from odd_registers import (
    PROGRESS,
    SHORT,
    column,
    edited,
    move_columns,
    plain,
    rows_of,
    with_parts,
)
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from xlflow.languages import LANGUAGES, Language
from xlflow.record.example import worked_example
from xlflow.record.fields import REGISTER, SHEETS
from xlflow.workbook.reader import read_register
from xlflow.workbook.reader_refusals import LayoutRefused, NewerSchema, NoRegisterSheet
from xlflow.workbook.refusals import WorkbookRefused

Edit = Callable[[Workbook], object]
GOAL = column("goal")


def clear(tab: str, row: int) -> Edit:
    def edit(book: Workbook) -> None:
        for cell in book[tab][row]:
            if type(cell).__name__ == "Cell":
                cell.value = None

    return edit


def put(tab: str, row: int, at: int, value: Any) -> Edit:
    return lambda book: setattr(book[tab].cell(row, at), "value", value)


def labels_in(language: Language, tab: str = "Register") -> Edit:
    def edit(book: Workbook) -> None:
        for n, field in enumerate(REGISTER, 1):
            book[tab].cell(3, n).value = field.label(language)

    return edit


def untidy_labels(book: Workbook) -> None:
    for cell in book["Register"][3]:
        cell.value = f"  {str(cell.value).upper().replace(' ', '   ')}\u200b "


def extra_columns(book: Workbook) -> None:
    sheet = book["Register"]
    for at in (1, 20, sheet.max_column + 3):
        sheet.insert_cols(at)
        sheet.cell(3, at).value = "Our own remarks"
        sheet.cell(4, at).value = "kept out"
        sheet.cell(40, at).value = "kept out"


def hide(book: Workbook) -> None:
    sheet = book["Register"]
    sheet.column_dimensions["D"].hidden = True
    sheet.row_dimensions[5].hidden = True
    sheet.auto_filter.add_filter_column(0, ["2024-015"])
    sheet.sheet_state = "veryHidden"
    book["Progress"].sheet_state = "hidden"


def rename_tabs(book: Workbook) -> None:
    book["Register"].title = "2024's list"
    book["Progress"].title = "Daily"


def rows_on_top(book: Workbook) -> None:
    sheet = book["Register"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.insert_rows(1, 4)
    sheet["A1"] = "ACME: register of requirements"


def copy_sheet(title: str) -> Edit:
    def edit(book: Workbook) -> None:
        copy = book.copy_worksheet(book["Register"])
        copy.title = title
        copy["B4"] = "In the copy"

    return edit


def both_tabs_renamed(book: Workbook) -> None:
    copy_sheet("B")(book)
    book["Register"].title = "A"


READ: dict[str, tuple[Edit, ...]] = {
    "saved by another program": (),
    "columns in reverse order": (
        lambda book: move_columns(book, "Register", range(len(REGISTER), 0, -1)),
    ),
    "columns in reverse order, without keys": (
        lambda book: move_columns(book, "Register", range(len(REGISTER), 0, -1)),
        clear("Register", 1),
    ),
    "key row cleared": (clear("Register", 1),),
    "key rows cleared on all sheets": tuple(
        clear(tab, 1) for tab in ("Register", "Progress", "Issues", "Changes", "Lists")
    ),
    "banner cleared": (clear("Register", 2),),
    "headers in traditional Chinese": (labels_in("zh-Hant"),),
    "headers in traditional Chinese, without keys": (labels_in("zh-Hant"), clear("Register", 1)),
    "headers in simplified Chinese, without keys": (labels_in("zh-Hans"), clear("Register", 1)),
    "headers in other case, width and spacing, without keys": (
        untidy_labels,
        clear("Register", 1),
    ),
    "a usual other spelling of a header": (put("Register", 3, 2, "Name"), clear("Register", 1)),
    "extra columns": (extra_columns,),
    "extra columns, without keys": (extra_columns, clear("Register", 1)),
    "an extra column with a usual other spelling": (
        put("Register", 3, len(REGISTER) + 1, "Name"),
        put("Register", 4, len(REGISTER) + 1, "Somebody"),
    ),
    "a header typed over, its key still there": (put("Register", 3, GOAL, "What we want"),),
    "a header deleted, its key still there": (put("Register", 3, GOAL, None),),
    "a key deleted, its header still there": (put("Register", 1, GOAL, None),),
    "hidden columns, rows and sheets, a filter": (hide,),
    "tabs renamed": (rename_tabs,),
    "a copy of the sheet kept beside it": (copy_sheet("Register (2)"),),
    "a copy of the sheet kept before it": (
        copy_sheet("Backup"),
        lambda book: book.move_sheet("Backup", -9),
    ),
    "tabs in another order": (lambda book: book.move_sheet("Register", 5),),
    "guide, lists and example deleted": (
        lambda book: [book.remove(book[tab]) for tab in ("Guide", "Lists", "Example")],
    ),
}


@pytest.mark.parametrize("edits", READ.values(), ids=READ.keys())
def test_the_records_are_read_all_the_same(edits: tuple[Edit, ...]) -> None:
    found = read_register(edited(plain(), *edits), "r.xlsx")

    assert rows_of(found.requirements) == [worked_example("en"), SHORT]
    assert list(found.requirements.frame.index) == [4, 5]
    assert rows_of(found.progress) == [PROGRESS]


def test_rows_above_the_headers_move_the_records_down() -> None:
    found = read_register(edited(plain(), rows_on_top), "r.xlsx")

    assert list(found.requirements.frame.index) == [8, 9]
    assert rows_of(found.requirements) == [worked_example("en"), SHORT]


def test_a_deleted_key_row_moves_the_records_up() -> None:
    def delete(book: Workbook) -> None:
        for merged in list(book["Register"].merged_cells.ranges):
            book["Register"].unmerge_cells(str(merged))
        book["Register"].delete_rows(1, 2)

    found = read_register(edited(plain(), delete), "r.xlsx")

    assert list(found.requirements.frame.index) == [2, 3]
    assert found.requirements.cell(2, "title") == "Register!B2"


def test_cells_are_named_where_they_now_stand() -> None:
    moved = edited(plain(), lambda book: book["Register"].insert_cols(1), rename_tabs)

    found = read_register(moved, "r.xlsx")

    assert found.requirements.title == "2024's list"
    assert found.requirements.cell(4, "title") == "'2024''s list'!C4"
    assert found.requirements.columns["number"] == "B"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_properties_the_language_is_guessed_from_the_headers(language: Language) -> None:
    def drop(name: str, content: bytes) -> bytes | None:
        if name in ("_rels/.rels", "[Content_Types].xml"):
            return b"".join(p for p in split(content) if b"custom" not in p)
        return None if name == "docProps/custom.xml" else content

    def split(xml: bytes) -> list[bytes]:
        return [part + b">" for part in xml.split(b">") if part.strip()]

    found = read_register(with_parts(plain(language), drop), "r.xlsx")
    told = read_register(with_parts(plain(language), drop), "r.xlsx", register_id="sales")

    assert (found.language, found.layout, found.register_id) == (language, 1, "main")
    assert told.register_id == "sales"
    assert rows_of(found.requirements)[0] == worked_example(language)


def test_the_language_that_the_caller_names_counts_where_the_workbook_is_silent() -> None:
    silent = with_parts(plain("en"), lambda name, xml: xml.replace(b"xlflow language", b"x"))

    assert read_register(silent, "r.xlsx", language="zh-Hant").language == "zh-Hant"
    assert read_register(plain("en"), "r.xlsx", language="zh-Hant").language == "en"


def newer(name: str, xml: bytes) -> bytes:
    return xml.replace(b"<vt:i4>1</vt:i4>", b"<vt:r8>2</vt:r8>")


def test_a_register_of_a_newer_layout_is_refused() -> None:
    with pytest.raises(NewerSchema) as refused:
        read_register(with_parts(plain(), newer), "sales.xlsx")

    assert (refused.value.schema, refused.value.known) == (2, 1)
    assert "Update xlflow" in refused.value.message("en")


def test_a_workbook_without_a_register_names_the_sheets_it_has() -> None:
    book = Workbook()
    book.create_sheet("Travel costs")
    book["Travel costs"].append(["Title", "Status", "Cost"])

    with pytest.raises(NoRegisterSheet) as refused:
        read_register(
            edited(plain(), lambda old: [old.remove(s) for s in old.worksheets[1:]]), "r.xlsx"
        )
    assert "(Guide)" in refused.value.message("en")

    saved = BytesIO()
    book.save(saved)
    with pytest.raises(NoRegisterSheet, match="Sheet, Travel costs"):
        read_register(saved.getvalue(), "costs.xlsx")


def faults(*edits: Edit, language: Language = "en") -> list[tuple[str, str, str]]:
    with pytest.raises(LayoutRefused) as refused:
        read_register(edited(plain(language), *edits), "r.xlsx")
    return [(fault.kind, fault.sheet, fault.key) for fault in refused.value.faults]


REFUSED: dict[str, tuple[tuple[Edit, ...], list[tuple[str, str, str]]]] = {
    "a child sheet deleted": (
        (lambda book: book.remove(book["Issues"]),),
        [("sheet-missing", "issues", "")],
    ),
    "two copies, neither with the sheet's name": (
        (both_tabs_renamed,),
        [("sheet-doubled", "register", "")],
    ),
    "a header typed over, without keys": (
        (clear("Register", 1), put("Register", 3, GOAL, "What we want")),
        [("header-changed", "register", "goal")],
    ),
    "a header deleted, without keys": (
        (clear("Register", 1), put("Register", 3, GOAL, None)),
        [("header-empty", "register", "goal")],
    ),
    "a column deleted": (
        (lambda book: book["Register"].delete_cols(GOAL),),
        [("column-missing", "register", "goal")],
    ),
    "a column copied with its key": (
        (
            put("Register", 1, len(REGISTER) + 1, "goal"),
            put("Register", 3, len(REGISTER) + 1, "Goal"),
        ),
        [("column-doubled", "register", "goal")],
    ),
    "a second column with the same label": (
        (put("Register", 3, len(REGISTER) + 1, "目标描述"),),
        [("column-doubled", "register", "goal")],
    ),
    "the header row cleared": (
        (clear("Register", 3),),
        [("no-header", "register", "")],
    ),
    "the sheet emptied, its tab still there": (
        (lambda book: book["Progress"].delete_rows(1, 50),),
        [("no-header", "progress", "")],
    ),
    "all at once": (
        (
            lambda book: book["Register"].delete_cols(GOAL),
            put("Register", 1, len(REGISTER) + 1, "title"),
            lambda book: book.remove(book["Changes"]),
            put("Progress", 1, 2, None),
            put("Progress", 3, 2, "When"),
        ),
        [
            ("sheet-missing", "changes", ""),
            ("column-doubled", "register", "title"),
            ("column-missing", "register", "goal"),
            ("header-changed", "progress", "date"),
        ],
    ),
}


@pytest.mark.parametrize(("edits", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_all_that_is_missing_or_doubled_is_named(
    edits: tuple[Edit, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert faults(*edits) == expected


def test_the_message_says_which_cell_to_restore_to_what() -> None:
    broken = edited(
        plain(),
        clear("Register", 1),
        put("Register", 3, GOAL, "What we want"),
        put("Register", 3, 40, "Title"),
    )
    with pytest.raises(LayoutRefused) as refused:
        read_register(broken, "r.xlsx")

    lost = REGISTER[39].label("en")
    first, doubled, goal, title = refused.value.message("en").splitlines()
    assert first == (
        "r.xlsx cannot be read as a register. Type `xlflow repair`, or mend this in Excel and save "
        "(3 places):"
    )
    assert "Register!B3, Register!AN3" in doubled
    assert goal == (
        f'  Register!{get_column_letter(GOAL)}3 reads "What we want": the column "Goal" is missed. '
        'Restore the header cell to read "Goal".'
    )
    assert title == (
        f'  Register!AN3 reads "Title": the column "{lost}" is missed. '
        f'Restore the header cell to read "{lost}".'
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_is_told_in_each_language(language: Language) -> None:
    for edits, _ in REFUSED.values():
        with pytest.raises(WorkbookRefused) as refused:
            read_register(edited(plain(), *edits), "r.xlsx")
        lines = refused.value.message(language).splitlines()
        assert lines[0].startswith("r.xlsx")
        assert len(lines) == 1 + len(refused.value.faults)


def test_labels_stand_in_the_language_of_the_workbook_whatever_the_reader_reads() -> None:
    tab = "需求登记"
    broken = edited(plain("zh-Hans"), clear(tab, 1), put(tab, 3, GOAL, "想要什么"))

    with pytest.raises(LayoutRefused) as refused:
        read_register(broken, "r.xlsx")

    assert f'{tab}!{get_column_letter(GOAL)}3 reads "想要什么"' in refused.value.message("en")
    assert '"目标描述"' in refused.value.message("en")


def test_every_sheet_has_a_label_of_its_own_for_every_field() -> None:
    for sheet, fields in SHEETS.items():
        for language in LANGUAGES:
            assert len({field.label(language) for field in fields}) == len(fields), sheet


def test_sorted_records_are_read_where_they_now_stand() -> None:
    rows = [SHORT | {"title": f"Record {n}", "submitted_on": date(2024, 3, n)} for n in range(1, 9)]
    found = read_register(plain(rows=reversed(rows)), "r.xlsx")

    assert found.requirements.frame.loc[4, "title"] == "Record 8"
    assert found.requirements.frame.loc[11, "title"] == "Record 1"
