from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from workbook.children import KilledAt, all_at_once, in_child

from xlflow.ledger import Ending, Ledger, LedgerBusy, SlotKey, register_lock, schedule_lock

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = SlotKey("validate", "it", NOW)
DONE = Ending("done", {"records": 3}, run="r1")


def test_a_slot_is_claimed_once(ledger: Ledger) -> None:
    assert ledger.slots.claim(KEY, "a", NOW) == 1
    assert ledger.slots.claim(KEY, "b", NOW) is None
    assert ledger.slots.end(KEY, "a", DONE, NOW)
    assert ledger.slots.claim(KEY, "b", NOW + timedelta(days=9)) is None
    held = ledger.slots.latest("validate", "it")
    assert held is not None
    assert (held.state, held.tries, held.run, held.figures) == ("done", 1, "r1", {"records": 3})


def test_slots_of_other_jobs_registers_and_moments_are_others(ledger: Ledger) -> None:
    others = [
        SlotKey("digest", "it", NOW),
        SlotKey("validate", "hr", NOW),
        SlotKey("validate", "it", NOW + MINUTE),
    ]
    assert [ledger.slots.claim(key, "a", NOW) for key in (KEY, *others)] == [1, 1, 1, 1]


def test_a_failed_slot_is_claimed_again_when_it_is_time(ledger: Ledger) -> None:
    failed = Ending("failed", reason={"en": "no drive"}, next_try_at=NOW + MINUTE)
    ledger.slots.claim(KEY, "a", NOW)
    ledger.slots.end(KEY, "a", failed, NOW)
    assert ledger.slots.claim(KEY, "b", NOW + MINUTE / 2) is None
    assert not ledger.slots.is_open(KEY, NOW + MINUTE / 2)
    assert ledger.slots.is_open(KEY, NOW + MINUTE)
    assert ledger.slots.claim(KEY, "b", NOW + MINUTE) == 2
    assert ledger.slots.claim(KEY, "c", NOW + MINUTE) is None


def test_what_is_not_to_be_tried_again_is_left_alone(ledger: Ledger) -> None:
    ledger.slots.claim(KEY, "a", NOW)
    ledger.slots.end(KEY, "a", Ending("deferred"), NOW)
    assert ledger.slots.claim(KEY, "b", NOW + timedelta(days=1)) is None


def test_a_holder_that_lost_its_slot_changes_nothing(ledger: Ledger) -> None:
    ledger.slots.claim(KEY, "a", NOW)
    (slot,) = ledger.slots.abandoned(NOW + timedelta(hours=1), alone=False)
    assert ledger.slots.give_up(slot, Ending("failed", next_try_at=NOW), NOW)
    assert ledger.slots.claim(KEY, "b", NOW + timedelta(hours=1)) == 2
    assert not ledger.slots.end(KEY, "a", DONE, NOW)
    assert not ledger.slots.give_up(slot, Ending("failed"), NOW)
    assert ledger.slots.end(KEY, "b", DONE, NOW)


def test_a_claim_is_abandoned_when_it_ran_out_or_nobody_else_is_there(ledger: Ledger) -> None:
    ledger.slots.claim(KEY, "a", NOW)
    assert ledger.slots.abandoned(NOW + MINUTE, alone=False) == ()
    assert len(ledger.slots.abandoned(NOW + MINUTE, alone=True)) == 1
    ledger.slots.end(KEY, "a", DONE, NOW)
    assert ledger.slots.abandoned(NOW + timedelta(days=1), alone=True) == ()


def test_a_timetable_counts_since_it_was_first_seen(ledger: Ledger) -> None:
    assert ledger.slots.timetable_since("digest", "", "workdays 08:30") is None
    assert ledger.slots.known_since("digest", "", "workdays 08:30", NOW) == NOW
    assert ledger.slots.known_since("digest", "", "workdays 08:30", NOW + MINUTE) == NOW
    moved = ledger.slots.known_since("digest", "", "workdays 09:00", NOW + MINUTE)
    assert moved == NOW + MINUTE
    assert ledger.slots.timetable_since("digest", "", "workdays 09:00") == NOW + MINUTE
    assert ledger.slots.timetable_since("digest", "", "workdays 08:30") is None


def test_failures_in_a_row_end_with_a_good_slot(ledger: Ledger) -> None:
    states = ("failed", "done", "failed", "failed")
    for minute, state in enumerate(states):
        key = SlotKey("validate", "it", NOW + minute * MINUTE)
        ledger.slots.claim(key, "a", key.at)
        ledger.slots.end(key, "a", Ending(state), key.at)
    moments = [slot.key.at for slot in ledger.slots.failing("validate", "it")]
    assert moments == [NOW + 2 * MINUTE, NOW + 3 * MINUTE]
    assert ledger.slots.failing("validate", "hr") == ()


def test_old_slots_are_forgotten_but_the_newest_good_one_stays(ledger: Ledger) -> None:
    for minute, state in enumerate(("done", "done", "failed")):
        key = SlotKey("validate", "it", NOW + minute * MINUTE)
        ledger.slots.claim(key, "a", key.at)
        ledger.slots.end(key, "a", Ending(state), key.at)
    assert ledger.slots.forget(NOW + timedelta(days=90)) == 2
    (kept,) = ledger.slots.all("validate", "it")
    assert (kept.key.at, kept.state) == (NOW + MINUTE, "done")


def test_a_sign_of_life_tells_since_when(ledger: Ledger) -> None:
    ledger.slots.beat("run", "a", NOW)
    ledger.slots.beat("run", "a", NOW + MINUTE)
    ledger.slots.beat("tick", "b", NOW - MINUTE)
    newest, older = ledger.slots.heartbeats()
    assert (newest.kind, newest.started_at, newest.beat_at) == ("run", NOW, NOW + MINUTE)
    assert older.kind == "tick"
    ledger.slots.beat("run", "c", NOW + 2 * MINUTE)
    assert ledger.slots.heartbeats()[0].started_at == NOW + 2 * MINUTE


def claim_all(
    url: str, holder: str, folder: str, gate: multiprocessing.synchronize.Barrier
) -> None:
    with Ledger.open(url) as ledger:
        gate.wait()
        for minute in range(40):
            key = SlotKey("validate", "it", NOW + minute * MINUTE)
            if ledger.slots.claim(key, holder, NOW + timedelta(hours=1)):
                with (Path(folder) / str(minute)).open("a", encoding="utf-8") as file:
                    file.write(holder)
                ledger.slots.end(key, holder, DONE, NOW)


def test_of_four_at_once_one_gets_each_slot(url: str, tmp_path: Path) -> None:
    with Ledger.open(url):
        pass
    context = multiprocessing.get_context("forkserver")
    with context.Manager() as shared:
        gate = shared.Barrier(4)
        all_at_once(claim_all, [(url, holder, str(tmp_path), gate) for holder in "abcd"])
    told = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    told = {name: text for name, text in told.items() if name.isdecimal()}
    assert len(told) == 40
    assert all(len(text) == 1 for text in told.values())


def claim_and_die(url: str) -> None:
    with Ledger.open(url, step=KilledAt(2)) as ledger:
        ledger.slots.claim(KEY, "a", NOW)
        ledger.slots.end(KEY, "a", DONE, NOW)


def test_a_kill_leaves_a_claim_or_none(url: str) -> None:
    with Ledger.open(url) as ledger:
        assert in_child(claim_and_die, url) < 0
        (slot,) = ledger.slots.abandoned(NOW, alone=True)
        assert slot.key == KEY


def test_one_schedule_at_a_time_beside_any_run(url: str) -> None:
    with schedule_lock(url):
        with pytest.raises(LedgerBusy), schedule_lock(url):
            pass
        with register_lock(url, "schedule", 0):
            pass
    with schedule_lock(url):
        pass
