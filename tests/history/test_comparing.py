"""A register beside what was last seen of it: who is who, and what happened."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_fields import SCHEMA
from registers import Row, clean, register

from xlflow.history.cells import Cells
from xlflow.history.comparing import Comparison, compare, with_numbers
from xlflow.history.entries import Entry, Event
from xlflow.record.memory import Misnumbered
from xlflow.record.schema import STANDARD


class Watcher:
    """Sees a register again and again, as a ledger does; `schema` are the fields that it knows."""

    def __init__(self) -> None:
        self.schema = STANDARD
        self.entries: dict[int, Entry] = {}
        self.cells: dict[int, Cells] = {}

    def sees(self, *rows: Row, **lines: Iterable[Row]) -> Comparison:
        found = compare(
            register(rows, schema=self.schema, **lines),
            self.entries.values(),
            max(self.entries, default=0) + 1,
            lambda ids: {one: self.cells[one] for one in ids},
            is_number=lambda text: len(text) == 8,
        )
        self.keep(found)
        return found

    def keep(self, found: Comparison) -> None:
        self.entries |= {entry.id: entry for entry, _ in found.changed}
        self.cells |= {entry.id: cells for entry, cells in found.changed}
        self.entries |= {entry.id: entry for entry in found.missing}


def record(title: str, number: str | None = None, **changes: Any) -> dict[str, Any]:
    """A record of its own: its texts are like those of no other."""
    texts = {
        key: f"{title}: {key} of it, in a few words of its own"
        for key in ("background", "goal", "description", "benefit")
    }
    return clean("submitted") | {"title": title, "number": number} | texts | changes


def owners(found: Comparison) -> dict[Any, int]:
    """Title -> entry."""
    return {seen.row.cells.get("title"): seen.entry.id for seen in found.seen["register"].values()}


ONE, TWO, THREE = (record(f"Title {n}", f"2024-00{n}") for n in (1, 2, 3))


def test_what_is_seen_first_has_appeared():
    found = Watcher().sees(ONE, progress=[{"number": "2024-001", "text": "Begun"}])
    assert [(event.kind, event.field) for event in found.events] == [
        ("appeared", ""),
        ("changed", "number"),
        ("appeared", ""),
    ]
    assert found.events[0].after["title"] == "Title 1"


def test_what_is_as_it_was_has_no_event():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    assert watcher.sees(ONE, TWO).events == ()


def test_sorting_is_no_change():
    watcher = Watcher()
    before = watcher.sees(ONE, TWO, THREE)
    after = watcher.sees(THREE, ONE, TWO)
    assert after.events == ()
    assert owners(after) == owners(before)


def test_a_change_tells_what_was_and_what_is():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    moved = {**TWO, "expected_on": date(2024, 4, 1), "contact": None}
    found = watcher.sees(ONE, moved)
    entry = owners(found)["Title 2"]
    assert set(found.events) == {
        Event(entry, "changed", "expected_on", TWO["expected_on"], date(2024, 4, 1)),
        Event(entry, "changed", "contact", TWO["contact"], None),
    }


def test_a_renamed_record_is_the_same_one():
    watcher = Watcher()
    before = watcher.sees(ONE, TWO)
    after = watcher.sees(ONE, {**TWO, "title": "Another title"})
    assert owners(after)["Another title"] == owners(before)["Title 2"]
    assert [event.kind for event in after.events] == ["changed"]


def test_a_record_that_was_rewritten_whole_keeps_its_number():
    watcher = Watcher()
    before = watcher.sees(ONE)
    after = watcher.sees(record("All is new", "2024-001"))
    assert owners(after)["All is new"] == owners(before)["Title 1"]


def test_a_deleted_record_has_vanished_and_may_return():
    watcher = Watcher()
    entry = owners(watcher.sees(ONE, TWO))["Title 2"]
    assert watcher.sees(ONE).events == (Event(entry, "vanished"),)
    assert watcher.sees(ONE).events == ()
    assert watcher.sees(TWO, ONE).events == (Event(entry, "returned"),)


def test_a_record_that_returns_without_its_number_gets_it_back():
    watcher = Watcher()
    entry = owners(watcher.sees(ONE, TWO))["Title 2"]
    watcher.sees(ONE)
    found = watcher.sees(ONE, {**TWO, "number": None})
    assert owners(found)["Title 2"] == entry
    assert found.misnumbered == {5: Misnumbered("2024-002", "", None)}


def test_a_new_record_that_is_like_a_deleted_one_is_a_new_one():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    watcher.sees(ONE)
    found = watcher.sees(ONE, {**TWO, "number": None, "title": "Like the second"})
    assert found.misnumbered == {}
    assert found.seen["register"][5].entry.number == ""


def test_a_new_record_that_is_half_like_one_that_vanished_with_it_is_a_new_one():
    watcher = Watcher()
    draft = record("A draft of somebody else")
    watcher.sees(ONE, TWO, draft)
    keys = ("background", "goal", "description", "benefit", "solution", "criteria", "resources")
    texts = dict.fromkeys((*keys, "risk"), "Something else altogether")
    half = {**TWO, **texts, "number": None, "title": "Half like the second"}
    found = watcher.sees(ONE, half, {**draft, "risk": "none"})
    assert found.misnumbered == {}
    assert found.seen["register"][5].entry.number == ""


def test_an_emptied_number_is_known_by_the_content():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    found = watcher.sees(ONE, {**TWO, "number": None})
    assert found.misnumbered == {5: Misnumbered("2024-002", "", None)}
    assert found.events == ()


def test_an_altered_number_is_known_by_the_content():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    found = watcher.sees(ONE, {**TWO, "number": "2024-099"})
    assert found.misnumbered == {5: Misnumbered("2024-002", "2024-099", None)}


def test_a_number_that_was_pasted_onto_another_row_names_both_rows():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    found = watcher.sees(ONE, {**TWO, "number": "2024-001"})
    assert found.misnumbered == {5: Misnumbered("2024-002", "2024-001", 4)}


def test_swapped_numbers_go_home():
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    found = watcher.sees({**ONE, "number": "2024-002"}, {**TWO, "number": "2024-001"})
    assert found.misnumbered == {
        4: Misnumbered("2024-001", "2024-002", 5),
        5: Misnumbered("2024-002", "2024-001", 4),
    }
    assert found.events == ()


def test_swapped_numbers_go_home_also_on_the_day_on_which_a_title_was_written_anew():
    watcher = Watcher()
    before = watcher.sees(ONE, TWO)
    anew = {**ONE, "title": "In other words", "background": "Written anew from first to last"}
    after = watcher.sees({**anew, "number": TWO["number"]}, {**TWO, "number": ONE["number"]})
    assert owners(after)["In other words"] == owners(before)["Title 1"]
    assert after.misnumbered == {
        4: Misnumbered("2024-001", "2024-002", 5),
        5: Misnumbered("2024-002", "2024-001", 4),
    }


def test_a_copied_row_is_a_new_record_without_a_number_of_its_own():
    watcher = Watcher()
    watcher.sees(ONE)
    copy = {**ONE, "title": "Written over the copy", "goal": "5 clicks fewer than before"}
    found = watcher.sees(copy, ONE)
    assert found.misnumbered == {}
    assert [found.seen["register"][row].entry.number for row in (4, 5)] == ["", "2024-001"]
    assert watcher.sees(ONE, copy).events == ()


def test_a_draft_is_followed_while_it_is_written():
    watcher = Watcher()
    first = watcher.sees({"title": "An idea"})
    grown = {"title": "An idea", "goal": "Reports within 5 seconds"}
    second = watcher.sees(grown)
    third = watcher.sees({**grown, "title": "A better name for it"})
    assert list(owners(first).values()) == list(owners(second).values())
    assert owners(second)["An idea"] == owners(third)["A better name for it"]


def test_a_draft_takes_the_number_that_a_run_gave_it():
    watcher = Watcher()
    draft = record("Title 9")
    entry = owners(watcher.sees(draft))["Title 9"]
    found = watcher.sees({**draft, "number": "2024-009"})
    assert found.events == (Event(entry, "changed", "number", None, "2024-009"),)


def test_a_malformed_number_is_nobodys():
    watcher = Watcher()
    found = watcher.sees(record("Title 1", "2024-1"))
    assert found.seen["register"][4].entry.number == ""
    assert watcher.sees(record("Title 1")).misnumbered == {}


def test_numbers_that_the_run_gives_are_noted_at_once():
    watcher = Watcher()
    found = with_numbers(watcher.sees(record("Title 1")), {4: "2024-001"}, {})
    watcher.keep(found)
    assert found.events[-1] == Event(1, "changed", "number", None, "2024-001")
    assert watcher.sees(record("Title 1", "2024-001")).events == ()


LINES: tuple[dict[str, Any], ...] = (
    {"number": "2024-001", "date": date(2024, 3, 4), "text": "Began to draw", "by": "L. *"},
    {"number": "2024-001", "date": date(2024, 3, 5), "text": "Drawings done", "by": "L. *"},
    {"number": "2024-002", "date": date(2024, 3, 5), "text": "Began to draw", "by": "C. *"},
)


def test_lines_are_followed_like_records():
    watcher = Watcher()
    first = watcher.sees(ONE, TWO, progress=LINES)
    edited = {**LINES[1], "text": "Drawings done, but for one"}
    found = watcher.sees(ONE, TWO, progress=[LINES[2], edited])
    ids = [first.seen["progress"][row].entry.id for row in (4, 5, 6)]
    assert set(found.events) == {
        Event(ids[1], "changed", "text", "Drawings done", "Drawings done, but for one"),
        Event(ids[0], "vanished"),
    }


def test_a_change_line_keeps_its_number_and_its_copy_gets_none():
    line = {"number": "2024-001", "change": "Also push to phones", "by": "* Manager"}
    watcher = Watcher()
    found = with_numbers(watcher.sees(ONE, changes=[line]), {}, {4: "2024-001-C1"})
    watcher.keep(found)
    numbered = {**line, "change_number": "2024-001-C1"}
    copied = {**numbered, "change": "Also push to tablets"}
    again = watcher.sees(ONE, changes=[copied, numbered])
    numbers = [again.seen["changes"][row].entry.change_number for row in (4, 5)]
    assert numbers == ["", "2024-001-C1"]
    pasted_over = watcher.sees(ONE, changes=[copied, {**line, "change_number": "mine"}])
    assert pasted_over.seen["changes"][5].entry.change_number == "2024-001-C1"


def test_a_ledger_that_begins_late_takes_the_numbers_as_they_are():
    line = {"number": "2024-001", "change": "Also push", "change_number": "2024-001-C1"}
    found = Watcher().sees(ONE, changes=[line])
    assert found.seen["register"][4].entry.number == "2024-001"
    assert found.seen["changes"][4].entry.change_number == "2024-001-C1"


def test_a_field_that_the_settings_drop_for_a_while_is_cleared_by_nobody():
    watcher = Watcher()
    watcher.schema = SCHEMA
    watcher.sees(ONE | {"cost_centre": "4711", "budget": 3}, TWO)
    watcher.schema = STANDARD
    edited = ONE | {"goal": "Orders in sync within 5 s"}
    told = watcher.sees(edited, TWO)
    assert [event.field for event in told.events] == ["goal"]
    assert watcher.sees(edited, TWO).events == ()
    watcher.schema = SCHEMA
    assert watcher.sees(edited | {"cost_centre": "4711", "budget": 3}, TWO).events == ()
    events = watcher.sees(edited | {"budget": 4}, TWO).events
    assert {(event.field, event.before, event.after) for event in events} == {
        ("cost_centre", "4711", None),
        ("budget", 3, 4),
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 12))
def test_whatever_people_do_to_rows_and_numbers_each_record_is_known(seed: int, count: int):
    """Sorted, numbers shuffled, emptied and pasted over, a few cells edited: everybody is found."""
    chance, watcher = random.Random(seed), Watcher()
    rows = [record(f"Title {n}", f"2024-{n:03d}") for n in range(1, count + 1)]
    before = owners(watcher.sees(*rows))
    for _ in range(3):
        chance.shuffle(rows)
        for row in rows:
            row["risk"] = chance.choice(["none", "supplier", None])
        shown: list[Mapping[str, Any]] = [
            {**row, "number": chance.choice([row["number"]] * 3 + [None, "2024-001", "2024-999"])}
            for row in rows
        ]
        found = watcher.sees(*shown)
        assert owners(found) == before
        assert all(event.field == "risk" for event in found.events)
        for at, (row, cells) in enumerate(zip(rows, shown, strict=True), 4):
            known = found.misnumbered.get(at)
            assert (known.number if known else cells["number"]) == row["number"]


@pytest.mark.parametrize("kept", [0.3, 0.6])
def test_numbers_win_unless_the_content_says_otherwise(kept: float):
    watcher = Watcher()
    watcher.sees(ONE, TWO)
    texts = ["background", "goal", "description", "benefit"]
    rewritten = dict.fromkeys(texts[int(4 * kept) :], "Entirely other words than before")
    assert watcher.sees({**ONE, **rewritten}, TWO).misnumbered == {}
