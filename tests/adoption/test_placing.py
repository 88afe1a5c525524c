"""Whatever a grid holds and however it is mapped, each of its cells arrives somewhere."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.adoption.assignment import best_pairs
from xlflow.adoption.grid import Block, Grid
from xlflow.adoption.headers import KEEP
from xlflow.adoption.placing import Adopted, place
from xlflow.adoption.proposal import TrackerMap, propose, remap, words_in
from xlflow.adoption.records import Customs
from xlflow.record.register import CellError
from xlflow.record.schema import STANDARD

CUSTOMS = Customs("en", date(2024, 9, 2))
FIELDS = [
    *("number", "title", "status", "submitted_on", "estimate"),
    *("requester", "progress", "issues", "measures", "goal"),
]
KINDS = ("blank", "text", "date", "number", "log", "error", "choice")


def cell(kind: str, token: str) -> object:
    """A value of a kind that holds a word of its own."""
    return {
        "blank": None,
        "text": token,
        "date": f"2024-03-01 {token}",
        "number": f"2024-{token}",
        "log": f"2024-03-05: {token}",
        "error": CellError(f"#{token}"),
        "choice": f"done {token}",
    }[kind]


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Rows of headers and of cells, some of them merged."""
    height, width = draw(st.integers(2, 7)), draw(st.integers(1, 6))
    rows = [
        [cell(draw(st.sampled_from(KINDS)), f"t{row}x{column}") for column in range(width)]
        for row in range(height)
    ]
    merged = []
    if draw(st.booleans()):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        bottom, right = draw(st.integers(top, height - 1)), draw(st.integers(left, width - 1))
        if (top, left) != (bottom, right):
            merged.append(Block(top, left, bottom, right))
    return Grid("Old", rows, tuple(merged))


def told(adopted: Adopted) -> str:
    """All that the register, the kept rows and the notes hold."""
    lines = (*adopted.rows, *adopted.progress, *adopted.issues, *adopted.changes)
    kept = [row.cells for row in adopted.kept]
    notes = [note.old for note in adopted.notes]
    return repr([{**line} for line in lines]) + repr(kept) + repr(notes)


@settings(max_examples=300, deadline=None)
@given(grid=grids(), fields=st.permutations(FIELDS), sheet=st.sampled_from(["register", "issues"]))
def test_no_cell_is_lost_whatever_the_mapping(grid: Grid, fields: list[str], sheet: str) -> None:
    known = STANDARD.by_key(sheet)
    targets = {n: key if key in known else KEEP for n, key in enumerate(fields[: grid.width])}
    maps = (remap(grid, sheet, (0, 0), targets, STANDARD),)
    mapping = TrackerMap(maps, words_in([grid], maps, STANDARD))
    adopted = place([grid], mapping, STANDARD, CUSTOMS)
    assert adopted.account.is_balanced
    everything = told(adopted)
    for row, column in itertools.product(range(1, len(grid.rows)), range(grid.width)):
        if grid.at(row, column) is not None:
            assert f"t{row}x{column}" in everything


def test_the_best_pairs_have_the_greatest_sum() -> None:
    import random

    chance = random.Random(7)
    for _ in range(300):
        rows, columns = chance.randint(1, 5), chance.randint(1, 5)
        worth = [[chance.choice([0, chance.random()]) for _ in range(columns)] for _ in range(rows)]
        alone = [*range(columns), *[None] * rows]
        best = max(
            sum(worth[row][column] for row, column in enumerate(chosen) if column is not None)
            for chosen in itertools.permutations(alone, rows)
        )
        found = sum(worth[row][column] for row, column in best_pairs(worth).items())
        assert abs(found - best) < 1e-9


def test_a_count_of_rows_is_not_a_number_and_an_own_number_is() -> None:
    def number_column(*values: object) -> str:
        head = ["No.", "Title", "Status", "Owner"]
        rows = [[value, f"Title {n}", "open", "J. Kim"] for n, value in enumerate(values)]
        sheet = propose([Grid("Old", [head, *rows])], STANDARD).sheets[0]
        return sheet.columns[0].target

    assert number_column("R-1", "R-2", "R-9") == "number"
    assert number_column(1, 2, 3) in (KEEP, "number")


def test_a_number_of_the_registers_form_is_taken_over_once() -> None:
    head = ["Number", "Title", "Status", "Submitted on"]
    rows = [
        ["2024-015", "One", "open", date(2024, 1, 2)],
        ["2024-015", "Two", "open", date(2024, 1, 3)],
        ["17", "Three", "open", date(2024, 1, 4)],
    ]
    grid = Grid("Old", [head, *rows])
    adopted = place([grid], propose([grid], STANDARD), STANDARD, CUSTOMS)
    assert [row.get("number") for row in adopted.rows] == ["2024-015", None, None]
    assert [row.cells["Number"] for row in adopted.kept] == ["2024-015", "17"]
    assert [note.what for note in adopted.notes if note.key == "number"] == ["number-kept"]


def test_cells_merged_over_several_records_hold_for_each() -> None:
    head = ["Department", "Title", "Status", "Remarks"]
    rows = [
        ["Sales", "One", "open", "A"],
        [None, "Two", "open", None],
        [None, "Three", "done", None],
    ]
    grid = Grid("Old", [head, *rows], (Block(1, 0, 3, 0), Block(1, 3, 2, 3)))
    adopted = place([grid], propose([grid], STANDARD), STANDARD, CUSTOMS)
    assert [row["department"] for row in adopted.rows] == ["Sales"] * 3
    assert [row.cells for row in adopted.kept] == [{"Remarks": "A"}, {"Remarks": "A"}]


def test_further_rows_of_a_record_go_with_it() -> None:
    head = ["ID", "Title", "Submitted on", "Progress", "Risks"]
    rows = [
        ["R1", "One", date(2024, 3, 1), "2024-03-05: begun", "late"],
        [None, None, None, "2024-03-08: done", "later"],
        ["R2", "Two", date(2024, 3, 2), None, None],
    ]
    grid = Grid("Old", [head, *rows], (Block(1, 1, 2, 1),))
    adopted = place([grid], propose([grid], STANDARD), STANDARD, CUSTOMS)
    assert [row["title"] for row in adopted.rows] == ["One", "Two"]
    assert [(line["number"], line["text"]) for line in adopted.progress] == [
        *(("2024-001", "begun"), ("2024-001", "done"))
    ]
    assert adopted.kept[-1].cells == {"Progress": "2024-03-08: done", "Risks": "later"} or any(
        row.cells.get("Risks") == "later" for row in adopted.kept
    )


def test_a_dash_leaves_a_field_blank_and_a_word_of_doubt_stays() -> None:
    head = ["ID", "Title", "Status", "Submitted on", "Planned go-live", "Risks"]
    rows = [
        ["R1", "One", "done", "2024-03-01", "-", "-"],
        ["R2", "Two", "-", "2024-03-02", "TBD", "none"],
    ]
    grid = Grid("Old", [head, *rows])
    mapping = propose([grid], STANDARD)
    adopted = place([grid], mapping, STANDARD, CUSTOMS)
    assert [row["golive_due"] for row in adopted.rows] == [None, "TBD"]
    assert [row["status"] for row in adopted.rows] == ["Closed", None]
    assert [row["risk"] for row in adopted.rows] == ["-", "none"]
    assert mapping.words == {"status": {"done": "closed"}}
    blanked = [note.places for note in adopted.notes if note.what == "blanked"]
    assert blanked == [((2, 2),), ((1, 4),)]
