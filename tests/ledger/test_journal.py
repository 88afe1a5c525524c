from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ledger.journal import facts

from xlflow.ledger import Ledger
from xlflow.workbook.share import Intent


def test_an_intent_comes_back_as_it_was_stored(ledger: Ledger, now: datetime) -> None:
    cells = {"F12": ["number", "2024-015"], "G12": ["检查", "【目标】"]}
    ledger.intents.store(facts("i1"), "R1", now, run="r1", cells=cells)

    (entry,) = ledger.intents.open("R1")

    assert entry.facts == facts("i1")
    assert (entry.register, entry.run, entry.cells) == ("R1", "r1", cells)
    assert (entry.state, entry.opened_at, entry.settled_at) == ("open", now, None)


def test_open_intents_are_found_by_register_and_by_workbook(ledger: Ledger, now: datetime) -> None:
    ledger.intents.store(facts("i1"), "R1", now)
    ledger.intents.store(facts("i2"), "R2", now + timedelta(seconds=1))
    ledger.intents.store(facts("i3"), "R1", now - timedelta(seconds=1))
    ledger.settle("i1", now)

    assert [entry.id for entry in ledger.intents.open("R1")] == ["i3"]
    assert [entry.id for entry in ledger.intents.open()] == ["i3", "i2"]
    assert [entry.id for entry in ledger.intents.of_target("/share/register.xlsx")] == ["i3", "i2"]


def test_a_settled_intent_tells_how_and_when(ledger: Ledger, now: datetime) -> None:
    ledger.intents.store(facts("i1"), "R1", now)
    ledger.release("i1", now + timedelta(minutes=1))

    entry = ledger.intents.get("i1")
    assert (entry.state, entry.settled_at) == ("undone", now + timedelta(minutes=1))


def test_an_intent_is_stored_with_its_run_or_not_at_all(ledger: Ledger, now: datetime) -> None:
    def begin_with_half_an_intent() -> None:
        with ledger.transaction():
            ledger.runs.start("R1", now)
            ledger.intents.store({"id": "i1"}, "R1", now)

    with pytest.raises(KeyError):
        begin_with_half_an_intent()

    assert ledger.runs.latest("R1") == ()


def test_runs_are_told_newest_first(ledger: Ledger, now: datetime) -> None:
    first = ledger.runs.start("R1", now)
    ledger.runs.end(first, "clean", {"records": 60, "numbered": 3}, now + timedelta(seconds=2))
    second = ledger.runs.start("R1", now + timedelta(days=1))
    ledger.runs.start("R2", now + timedelta(days=2))

    newest, before = ledger.runs.latest("R1", limit=5)
    assert (newest.id, newest.outcome, newest.counts) == (second, None, {})
    assert (before.id, before.outcome) == (first, "clean")
    assert before.counts == {"records": 60, "numbered": 3}
    assert before.ended_at == now + timedelta(seconds=2)


def test_a_run_that_never_began_cannot_end(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(KeyError):
        ledger.runs.end("r1", "clean", {}, now)


def test_a_register_that_lies_elsewhere_than_before_is_noticed(
    ledger: Ledger, now: datetime
) -> None:
    assert ledger.runs.see_register("R1", "/share/a.xlsx", now) is None
    assert ledger.runs.see_register("R1", "/share/b.xlsx", now) == "/share/a.xlsx"
    assert ledger.runs.see_register("R1", "/share/b.xlsx", now) == "/share/b.xlsx"


def test_moments_come_back_whatever_zone_they_were_told_in(ledger: Ledger, now: datetime) -> None:
    run = ledger.runs.start("R1", now.astimezone(ZoneInfo("America/New_York")))

    assert run.startswith("20260318T020000Z-")
    assert ledger.runs.latest("R1")[0].started_at == now


def test_a_moment_without_a_zone_is_refused(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        ledger.intents.store(facts("i1"), "R1", now.replace(tzinfo=None))


def test_an_entry_holds_all_that_the_share_needs(ledger: Ledger, now: datetime) -> None:
    intent = Intent(**facts("i1"))
    ledger.intents.store(asdict(intent), "R1", now)

    assert Intent(**ledger.intents.get("i1").facts) == intent
