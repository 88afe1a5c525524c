"""Forms that were taken in: what the ledger says before, during and after their commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from ledger.journal import facts

from xlflow.ledger import Intake, Ledger


def taken(intent: str, now: datetime, position: int = 0, **changes: str) -> Intake:
    intake = Intake(
        intent=intent,
        position=position,
        register="R1",
        digest="answers",
        form="form",
        file="a.xlsx",
        sha256="file",
        number=f"2024-00{position + 1}",
        row=4 + position,
        answers={"title": "One"},
        receipt="registered",
        taken_at=now,
    )
    return replace(intake, **changes)


def take(ledger: Ledger, intent: str, now: datetime, *intakes: Intake) -> None:
    with ledger.transaction():
        ledger.intents.store(facts(intent), "R1", now)
        ledger.intakes.store(intakes)


def test_a_form_is_taken_in_when_its_commit_is_done(ledger: Ledger, now: datetime) -> None:
    one = taken("i1", now)
    take(ledger, "i1", now, one)
    assert ledger.intakes.of_digest("R1", "answers") is None
    ledger.settle("i1", now)
    assert ledger.intakes.of_digest("R1", "answers") == one
    assert ledger.intakes.of_digest("R2", "answers") is None
    assert ledger.intakes.of_digest("R1", "others") is None


def test_a_commit_that_came_to_nothing_took_nothing_in(ledger: Ledger, now: datetime) -> None:
    take(ledger, "i1", now, taken("i1", now))
    ledger.release("i1", now)
    assert ledger.intakes.of_digest("R1", "answers") is None
    assert ledger.intakes.to_be_moved("R1") == ()


def test_a_commit_that_was_undone_took_nothing_in(ledger: Ledger, now: datetime) -> None:
    take(ledger, "i1", now, taken("i1", now))
    ledger.settle("i1", now)
    ledger.intents.store(facts("i2"), "R1", now, cells={"undoes": "i1", "cells": 3})
    assert ledger.intakes.of_digest("R1", "answers")
    ledger.settle("i2", now, undoes="i1")
    assert ledger.intakes.of_digest("R1", "answers") is None


def test_an_undo_of_another_commit_takes_nothing_back(ledger: Ledger, now: datetime) -> None:
    take(ledger, "i1", now, taken("i1", now))
    ledger.settle("i1", now)
    ledger.intents.store(facts("i2"), "R1", now, cells={"undoes": "i10", "cells": 3})
    ledger.settle("i2", now)
    assert ledger.intakes.of_digest("R1", "answers")


def test_a_form_whose_number_somebody_saved_was_taken_in(ledger: Ledger, now: datetime) -> None:
    one, two = taken("i1", now), taken("i1", now, 1, digest="others")
    with ledger.transaction():
        ledger.intents.store(facts("i1"), "R1", now)
        assert ledger.numbers.reserve("R1", 2024, 2, 0, "i1") == (1, 2)
        ledger.intakes.store([one, two])
    ledger.numbers.observe("R1", {2024: (1,)})
    ledger.release("i1", now)
    assert ledger.intakes.of_digest("R1", "answers") == one
    assert ledger.intakes.of_digest("R1", "others") is None
    assert ledger.intakes.to_be_moved("R1") == (one,)


def test_forms_wait_until_they_are_in_their_place(ledger: Ledger, now: datetime) -> None:
    one, two = taken("i1", now), taken("i1", now, 1)
    take(ledger, "i1", now, one, two)
    ledger.settle("i1", now)
    assert ledger.intakes.to_be_moved("R1") == (one, two)
    ledger.intakes.moved(one, "taken/a.xlsx")
    assert ledger.intakes.to_be_moved("R1") == (two,)


def test_copies_of_one_form_are_told_the_last_one_first(ledger: Ledger, now: datetime) -> None:
    later = now + timedelta(days=1)
    one, two = taken("i1", now), taken("i2", later, digest="edited")
    for intake in (one, two):
        take(ledger, intake.intent, intake.taken_at, intake)
        ledger.settle(intake.intent, later)
    assert ledger.intakes.of_form("R1", "form") == (two, one)
    assert ledger.intakes.of_form("R1", "another") == ()


def test_a_file_is_told_once_until_it_changes(ledger: Ledger, now: datetime) -> None:
    assert ledger.intakes.tell_once("R1", "a.png", "100 bytes", now)
    assert not ledger.intakes.tell_once("R1", "a.png", "100 bytes", now)
    assert ledger.intakes.tell_once("R1", "a.png", "101 bytes", now)
    assert ledger.intakes.tell_once("R2", "a.png", "100 bytes", now)


def test_an_intake_belongs_to_a_commit(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        ledger.intakes.store([taken("i1", now)])
