"""What people were told: noted with the mail that tells it, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from xlflow.ledger import Ledger, Topic

ONE = Topic("li@example.com", "main", 7, "deadline:confirm", "2024-03-04", "late-0")


def noted(ledger: Ledger, *topics: Topic, now: datetime) -> bool:
    with ledger.transaction():
        return ledger.told.note(topics, "digest:1", now)


def test_what_was_told_is_known_by_register(ledger: Ledger, now: datetime):
    two = replace(ONE, register="hr")
    assert noted(ledger, ONE, two, now=now)
    assert ledger.told.of("main") == {ONE}
    assert ledger.told.of("hr") == {two}
    assert ledger.told.of("it") == frozenset()


@pytest.mark.parametrize("name", ["recipient", "about", "version", "level"])
def test_what_differs_in_one_thing_is_another_topic(ledger: Ledger, now: datetime, name: str):
    noted(ledger, ONE, now=now)
    assert noted(ledger, replace(ONE, **{name: "other"}), now=now)


def test_nothing_is_told_twice_and_that_is_said(ledger: Ledger, now: datetime):
    noted(ledger, ONE, now=now)
    assert not noted(ledger, replace(ONE, entry=8), ONE, now=now)


def test_many_topics_are_noted_at_once(ledger: Ledger, now: datetime):
    many = [replace(ONE, entry=entry) for entry in range(450)]
    assert noted(ledger, *many, now=now)
    assert ledger.told.of("main") == {*many}
    assert noted(ledger, now=now)


def test_a_mail_that_was_not_stored_told_nothing(ledger: Ledger, now: datetime):
    def fails() -> None:
        with ledger.transaction():
            ledger.told.note([ONE], "digest:1", now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert ledger.told.of("main") == frozenset()


def test_it_is_noted_in_the_transaction_of_the_mail_only(ledger: Ledger, now: datetime):
    with pytest.raises(RuntimeError):
        ledger.told.note([ONE], "digest:1", now)
