"""Which records lie in an archive: what the ledger says before, during and after the moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ledger.journal import facts

from xlflow.ledger import Archived, Ledger


def moved(number: str, now: datetime, **changes: str) -> Archived:
    move = Archived(number, "archived", "2024.xlsx", f"content of {number}", now)
    return replace(move, **changes)


def intend(ledger: Ledger, intent: str, now: datetime, *moves: Archived) -> None:
    with ledger.transaction():
        ledger.intents.store(facts(intent), "R1", now)
        ledger.archived.note("R1", moves, intent=intent)


def test_a_record_is_archived_when_its_commit_is_done(ledger: Ledger, now: datetime) -> None:
    one = moved("2024-001", now)
    intend(ledger, "i1", now, one)
    assert ledger.archived.of("R1") == {}
    ledger.settle("i1", now)
    assert ledger.archived.of("R1") == {"2024-001": one}
    assert ledger.archived.of("R2") == {}


def test_a_commit_that_came_to_nothing_archived_nothing(ledger: Ledger, now: datetime) -> None:
    intend(ledger, "i1", now, moved("2024-001", now))
    ledger.release("i1", now)
    assert ledger.archived.of("R1") == {}
    assert ledger.archived.contents("R1") == {"2024-001": {"content of 2024-001"}}


def test_an_update_that_came_to_nothing_leaves_what_was_known(
    ledger: Ledger, now: datetime
) -> None:
    one = moved("2024-001", now)
    ledger.archived.note("R1", [one])
    intend(ledger, "i1", now, replace(one, content="edited"))
    ledger.release("i1", now)
    assert ledger.archived.of("R1") == {"2024-001": one}
    assert ledger.archived.contents("R1") == {"2024-001": {one.content, "edited"}}


def test_a_record_that_was_taken_back_is_in_no_archive(ledger: Ledger, now: datetime) -> None:
    later = now + timedelta(days=1)
    one, two = moved("2024-001", now), moved("2024-002", now)
    ledger.archived.note("R1", [one, two])
    back = replace(one, move="taken-back", at=later)
    intend(ledger, "i1", later, back)
    assert ledger.archived.of("R1") == {"2024-001": one, "2024-002": two}
    ledger.settle("i1", later)
    assert ledger.archived.of("R1") == {"2024-002": two}
    assert ledger.archived.taken_back("R1") == {"2024-001": later}
    ledger.archived.note("R1", [one])
    assert set(ledger.archived.of("R1")) == {"2024-001", "2024-002"}
    assert ledger.archived.taken_back("R1") == {}
