"""A register as it stood at an earlier look, from what was seen last and what happened since."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from history.test_comparing import Watcher, record
from hypothesis import given, settings
from hypothesis import strategies as st
from registers import Row, register

from xlflow.history.entries import Event, Noted
from xlflow.history.past import as_it_stood, changed_between
from xlflow.history.rows import rows_of
from xlflow.record.memory import Misnumbered
from xlflow.record.register import Register

BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
TITLES = [f"Title {n}" for n in range(1, 6)]
NUMBERS = {title: f"2026-00{n}" for n, title in enumerate(TITLES, 1)}

# What stands in a row: whether it is there, whether its number is, and what is typed.
cell = st.sampled_from(["", "one", "two", date(2026, 3, 1)])
row = st.tuples(st.booleans(), st.booleans(), cell, cell)
line = st.tuples(st.sampled_from(TITLES), st.sampled_from(["begun", "half done", "done"]))
look = st.tuples(st.tuples(*(row for _ in TITLES)), st.lists(line, max_size=4))


class Diary:
    """Looks at a register, and everything that was noted of them."""

    def __init__(self) -> None:
        self.watcher = Watcher()
        self.looks: list[tuple[datetime, Register]] = []
        self.noted: list[Noted] = []

    def sees(self, *rows: Row, progress: list[Row]) -> None:
        at = BEGIN + timedelta(hours=len(self.looks))
        found = self.watcher.sees(*rows, progress=progress)
        for event in found.events:
            self.noted.append(Noted(event, len(self.noted), str(at), at, None, None))
        self.looks.append((at, self._as_known(rows, progress, found.misnumbered)))

    def _as_known(
        self, rows: tuple[Row, ...], progress: list[Row], home: dict[int, Misnumbered]
    ) -> Register:
        """What the look saw, each record under the number that is its own."""
        owned = [
            {**one, "number": home[at].number} if at in home else one
            for at, one in enumerate(rows, 4)
        ]
        return register(owned, progress=progress)

    def back_then(self, at: datetime) -> Register:
        entries = self.watcher.entries.values()
        now = self.looks[-1][1]
        return as_it_stood(now, entries, self.watcher.cells, self.noted, {}, at).register


def contents(held: Register) -> tuple[dict[str, Any], Counter[str]]:
    records = {one.cells["title"]: (one.number, one.cells) for one in rows_of(held.requirements)}
    return records, Counter(str(sorted(one.cells.items())) for one in rows_of(held.progress))


@given(looks=st.lists(look, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_stood_there_at_any_look_comes_back(looks: list[Any]):
    diary = Diary()
    for rows, lines in looks:
        diary.sees(
            *(
                record(title, NUMBERS[title] if numbered else None, risk=risk, rollback=rollback)
                for title, (there, numbered, risk, rollback) in zip(TITLES, rows, strict=True)
                if there
            ),
            progress=[{"number": NUMBERS[title], "text": text} for title, text in lines],
        )
    for at, seen in diary.looks:
        assert contents(diary.back_then(at)) == contents(seen)


def test_changed_are_the_records_in_which_or_in_whose_lines_people_wrote():
    one, two, three = (record(title, NUMBERS[title]) for title in TITLES[:3])
    begun = {"number": "2026-002", "text": "Begun"}
    before = register([one, two, three], progress=[begun])
    after = register(
        [record(TITLES[3], "2026-004"), two, {**one, "risk": "Much"}],
        progress=[{"number": "2026-002", "text": "Done"}],
    )
    assert changed_between(before, after) == {"2026-001", "2026-002"}
    assert changed_between(before, before) == frozenset()


def test_a_number_that_was_pasted_over_another_changes_nobody_else():
    one, two = (record(title, NUMBERS[title]) for title in TITLES[:2])
    before = register([one, two])
    after = register([one, {**two, "number": "2026-001"}])
    home = {5: Misnumbered("2026-002", "2026-001", 4)}
    assert changed_between(before, after, home) == frozenset()


def test_an_event_taken_back_leaves_what_was_before():
    event = Event(1, "changed", "blocked_reason", None, "Much")
    diary = Diary()
    diary.sees(record("Title 1", "2026-001"), progress=[])
    diary.sees(record("Title 1", "2026-001", blocked_reason="Much"), progress=[])
    assert [noted.event for noted in diary.noted][-1] == event
    frame = diary.back_then(BEGIN).requirements.frame
    assert frame["blocked_reason"].tolist() == [None]
