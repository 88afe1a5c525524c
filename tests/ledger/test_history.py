from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from registers import Row, clean, register

from xlflow.history.cells import digest
from xlflow.history.comparing import compare
from xlflow.history.entries import Event
from xlflow.ledger import Ledger, Sighting
from xlflow.record.memory import Baseline
from xlflow.record.values import CellError

ONE = clean("submitted", number="2024-001", title="One")
TWO = clean("submitted", number="2024-002", title="Two", background="Something else entirely")


def see(ledger: Ledger, at: datetime, *rows: Row, **lines: Iterable[Row]) -> str:
    """A run looks at a register and notes it."""
    history = ledger.history
    entries = history.entries("R1")
    found = compare(
        register(rows, **lines),
        entries,
        len(entries) + 1,
        lambda ids: history.cells("R1", ids),
        is_number=bool,
    )
    with ledger.transaction():
        run = ledger.runs.start("R1", at)
        saved = at - timedelta(minutes=5)
        history.note("R1", Sighting(run, at, f"sha {at}", "Ann", saved), found)
    return run


def test_what_was_seen_comes_back_typed(ledger: Ledger, now: datetime) -> None:
    odd = {
        "core_days": 2.5,
        "other_days": True,
        "risk": CellError("#N/A"),
        "solution": "half \ud83d",
    }
    see(ledger, now, {**ONE, **odd})

    (entry,) = ledger.history.entries("R1")
    cells = ledger.history.cells("R1", [entry.id])[entry.id]
    assert entry.number == "2024-001"
    assert {key: cells[key] for key in odd} == odd
    assert cells["submitted_on"] == ONE["submitted_on"]
    assert [type(cells[key]) for key in ("core_days", "other_days")] == [float, bool]


def test_each_change_is_kept_with_its_run_and_who_saved(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE, TWO)
    later = now + timedelta(days=1)
    run = see(ledger, later, {**TWO, "goal": "3 clicks fewer"}, ONE)

    (noted,) = ledger.history.events("R1", since=now)
    assert noted.event == Event(2, "changed", "goal", TWO["goal"], "3 clicks fewer")
    assert (noted.run, noted.at) == (run, later)
    assert (noted.saved_by, noted.saved_at) == ("Ann", later - timedelta(minutes=5))
    assert ledger.history.events("R1", seen_by=[run]) == (noted,)
    assert ledger.history.events("R1", of=[1])[-1].event.kind != "vanished"


def test_all_events_can_be_read_one_by_one_and_other_things_in_between(
    ledger: Ledger, now: datetime
) -> None:
    see(ledger, now, ONE, TWO)
    later = now + timedelta(days=1)
    see(ledger, later, {**TWO, "goal": "3 clicks fewer"}, ONE)

    one_by_one = ledger.history.each_event("R1")
    first = next(one_by_one)
    assert len(ledger.history.entries("R1")) == 2  # while it is being read
    assert (first, *one_by_one) == ledger.history.events("R1")
    upto = list(ledger.history.each_event("R1", until=now))
    assert upto == [noted for noted in ledger.history.events("R1") if noted.at <= now]


def test_what_appeared_is_told_with_all_its_cells(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE)

    appeared, numbered = (noted.event for noted in ledger.history.events("R1", of=[1]))
    assert (appeared.kind, appeared.field) == ("appeared", "")
    assert appeared.after["title"] == "One"
    assert numbered == Event(1, "changed", "number", None, "2024-001")


def test_the_statuses_of_a_record_are_told_in_the_order_of_time(
    ledger: Ledger, now: datetime
) -> None:
    days = [now + timedelta(days=n) for n in range(3)]
    see(ledger, days[0], ONE)
    see(ledger, days[1], {**ONE, "goal": "3 clicks fewer"})
    see(ledger, days[2], {**ONE, "status": "Assessing"})

    told = ledger.history.statuses("R1")
    assert told == {1: [(days[0], "Submitted"), (days[2], "Assessing")]}


def test_a_record_that_has_gone_is_kept(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE, TWO)
    see(ledger, now + timedelta(days=1), ONE)

    assert [entry.state for entry in ledger.history.entries("R1")] == ["present", "gone"]
    assert ledger.history.cells("R1", [2])[2]["title"] == "Two"
    assert ledger.history.seen_before("R1", now + timedelta(days=1)) == now
    assert [one.seen_at for one in ledger.history.sightings("R1", limit=1)] == [
        now + timedelta(days=1)
    ]


def test_entries_are_found_by_number_and_by_id(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE, TWO, progress=[{"number": "2024-001", "text": "Begun"}])

    of_one = ledger.history.entries("R1", number="2024-001")
    assert [entry.sheet for entry in of_one] == ["register", "progress"]
    assert ledger.history.entries("R1", number="2024-003") == ()
    assert [entry.id for entry in ledger.history.entries("R1", of={3, 1, 99})] == [1, 3]
    assert ledger.history.entries("R1", of=()) == ()


def test_a_number_that_was_taken_back_is_nobodys(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE, TWO)
    with ledger.transaction():
        run = ledger.runs.start("R1", now + timedelta(hours=1))
        for _ in range(2):
            ledger.history.forget_numbers("R1", ["2024-002"], run)

    assert [entry.number for entry in ledger.history.entries("R1")] == ["2024-001", ""]
    told = [noted.event for noted in ledger.history.events("R1", seen_by=[run])]
    assert told == [Event(2, "changed", "number", "2024-002", None)]


def test_two_registers_do_not_know_each_other(ledger: Ledger, now: datetime) -> None:
    see(ledger, now, ONE)
    assert ledger.history.entries("R2") == ()
    assert ledger.history.events("R2") == ()
    assert ledger.history.statuses("R2") == {}


def test_baselines_are_kept_version_by_version(ledger: Ledger, now: datetime) -> None:
    signed = (date(2024, 3, 5), date(2024, 3, 6))
    scope: dict[str, Any] = {
        "goal": "15% fewer calls",
        "golive_due": date(2024, 3, 15),
        "risk": None,
    }
    first = Baseline("2024-001", 1, now, signed, scope)
    second = replace(first, version=2, values={**scope, "goal": "10%"}, changes=(7, 9))
    ledger.baselines.add("R1", "run 1", [first])
    ledger.baselines.add("R1", "run 2", [second, replace(first, number="2024-002")])

    assert ledger.baselines.of_number("R1", "2024-001") == (first, second)
    assert list(ledger.baselines.of("R1", ["2024-001", "2024-002", "2024-003"])) == [
        "2024-001",
        "2024-002",
    ]
    assert ledger.baselines.of("R2", ["2024-001"]) == {}
    assert ledger.baselines.digests("R1") == {
        "2024-001": digest(second.values),
        "2024-002": digest(first.values),
    }


def test_of_each_record_and_its_lines_the_newest_events_are_found(
    ledger: Ledger, now: datetime
) -> None:
    for day in range(4):
        line = {"number": "2024-001", "date": date(2024, 3, 1), "text": f"day {day}"}
        changed = {**ONE, "goal": f"{day} clicks fewer"}
        see(ledger, now + timedelta(days=day), changed, TWO, clean(number=None), progress=[line])

    newest = ledger.history.newest_of_each("R1", 3)

    numbers = {entry.id: entry.number for entry in ledger.history.entries("R1")}
    every = [one for one in ledger.history.events("R1") if numbers[one.event.entry]]
    of_one, of_two = (
        [one for one in every if numbers[one.event.entry] == number]
        for number in ("2024-001", "2024-002")
    )
    assert len(of_one) > 3 > len(of_two)
    assert list(newest.noted) == [one for one in every if one in of_one[-3:] + of_two]
    assert newest.earlier == {"2024-001": len(of_one) - 3}
    assert ledger.history.newest_of_each("R1", 30).earlier == {}
    assert ledger.history.newest_of_each("R2", 3).noted == ()
