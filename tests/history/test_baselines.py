"""Scope freeze: which baselines come about, and which changes an approved request covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from history.test_comparing import Watcher
from registers import Row, clean

from xlflow.history.baselines import freeze
from xlflow.history.cells import digest
from xlflow.record.memory import Baseline
from xlflow.settings import default_settings

SIGNED = clean("developing", number="2024-015")
UNSIGNED = {**SIGNED, "technical_signed_on": None}


class Company:
    """Sees its register every day and keeps the baselines."""

    def __init__(self, now: datetime) -> None:
        self.now = now.replace(year=2024, month=3, day=6)
        self.watcher = Watcher()
        self.known: dict[str, tuple[Baseline, ...]] = {}

    def sees(self, *rows: Row, changes: Iterable[Row] = (), days: int = 1) -> list[int]:
        """Look at the register; the versions that came about."""
        found = self.watcher.sees(*rows, changes=changes)
        digests = {number: digest(held[-1].values) for number, held in self.known.items()}
        frozen = freeze(
            found,
            digests,
            lambda numbers: {number: self.known[number] for number in numbers},
            default_settings(),
            self.now,
        )
        self.uncovered = sorted(frozen.changed)
        for one in frozen.made:
            self.known[one.number] = (*self.known.get(one.number, ()), one)
        self.now += timedelta(days=days)
        return [one.version for one in frozen.made]

    @property
    def newest(self) -> Baseline:
        return self.known["2024-015"][-1]


def request(approved: str | None = "03-11", **changes: Any) -> dict[str, Any]:
    """A line of the Changes sheet, approved by both sides."""
    day = date.fromisoformat(f"2024-{approved}") if approved else None
    return {
        "number": "2024-015",
        "change": "Calls down by 10% is enough",
        "business_approved_on": day,
        "technical_approved_on": day,
    } | changes


EDITED = {**SIGNED, "goal": "Status in sync within 5 s, calls down by 10%"}


def test_the_scope_is_frozen_once_both_have_signed(now: datetime):
    company = Company(now)
    assert company.sees(UNSIGNED) == []
    assert company.sees(SIGNED) == [1]
    assert company.newest.values["goal"] == SIGNED["goal"]
    assert company.newest.signed_on == (date(2024, 3, 5), date(2024, 3, 5))
    assert company.sees(SIGNED) == []


def test_a_change_without_a_request_makes_no_baseline(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    assert company.sees(EDITED) == []
    assert company.uncovered == ["2024-015"]
    assert company.sees(EDITED, changes=[request(None)]) == []
    assert company.sees(EDITED, changes=[request(business_approved_on=None)]) == []
    assert company.sees(EDITED, changes=[request(number="2024-016")]) == []


def test_an_approved_request_covers_a_change_that_was_made_before_it(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    company.sees(EDITED)
    assert company.sees(EDITED, changes=[request()]) == [2]
    assert company.newest.values["goal"] == EDITED["goal"]
    (line,) = company.newest.changes
    assert company.watcher.cells[line]["change"] == "Calls down by 10% is enough"


def test_an_approved_request_covers_what_is_typed_in_during_the_next_days(now: datetime):
    company, lines = Company(now), [request()]
    company.sees(SIGNED)
    assert company.sees(SIGNED, changes=lines) == []
    assert company.sees(EDITED, changes=lines) == [2]
    moved = {**EDITED, "golive_due": date(2024, 3, 18)}
    assert company.sees(moved, changes=lines, days=3) == [3]
    assert company.sees({**moved, "estimate": 6}, changes=lines) == []
    assert company.sees({**moved, "estimate": 6}, changes=[*lines, request("03-13")]) == [4]


def test_a_request_from_before_the_signatures_covers_nothing(now: datetime):
    company, lines = Company(now), [request("03-04")]
    company.sees(SIGNED, changes=lines)
    assert company.sees(EDITED, changes=lines) == []


def test_who_signs_anew_signs_what_stands_there(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    half = {**EDITED, "business_signed_on": date(2024, 3, 8)}
    assert company.sees(half) == []
    assert company.sees({**half, "technical_signed_on": date(2024, 3, 8)}) == [2]
    assert company.newest.changes == ()


def test_spaces_and_line_breaks_are_no_change(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    assert company.sees({**SIGNED, "goal": f"  {SIGNED['goal']}\n"}, changes=[request()]) == []
    assert company.uncovered == []


def test_an_emptied_field_is_a_change(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    assert company.sees({**SIGNED, "criteria": None}, changes=[request()]) == [2]


def test_what_is_not_frozen_may_change(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    edited = {**SIGNED, "risk": "None any more", "progress": "x", "mark": "Ready for test"}
    assert company.sees(edited, changes=[request()]) == []


def test_a_withdrawn_signature_freezes_nothing_anew(now: datetime):
    company = Company(now)
    company.sees(SIGNED)
    assert company.sees({**EDITED, "technical_signed_on": None}) == []
