from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledger.journal import facts, reserve
from workbook.children import Step, all_at_once, killed_at_each_step

from xlflow.ledger import Ledger

MOMENT = datetime(2024, 3, 15, 9, 30, tzinfo=UTC)


def test_numbers_go_on_from_the_register(ledger: Ledger, now: datetime) -> None:
    assert reserve(ledger, "i1", 3, now, floor=17) == (18, 19, 20)


def test_numbers_go_on_from_the_ledger_where_it_knows_more(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 3, now, floor=17)
    ledger.settle("i1", now)

    assert reserve(ledger, "i2", 1, now, floor=17) == (21,)


def test_a_year_or_scope_has_its_own_numbers(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 3, now)

    assert reserve(ledger, "i2", 1, now, scope="R2") == (1,)
    with ledger.transaction():
        assert ledger.numbers.reserve("R1", 2025, 2, 0, "i3") == (1, 2)


def test_a_year_may_hold_more_than_999_numbers(ledger: Ledger, now: datetime) -> None:
    assert reserve(ledger, "i1", 2, now, floor=999) == (1000, 1001)


def test_a_released_number_is_the_next_to_be_used(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 3, now)
    reserve(ledger, "i2", 1, now)
    ledger.settle("i2", now)
    ledger.release("i1", now)

    assert reserve(ledger, "i3", 5, now) == (1, 2, 3, 5, 6)


def test_a_number_that_was_given_is_never_released(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 2, now)
    ledger.settle("i1", now)

    with pytest.raises(ValueError, match="i1 is done"):
        ledger.release("i1", now)
    assert ledger.numbers.states("R1", 2024) == {1: "given", 2: "given"}


def test_the_numbers_of_a_commit_that_was_taken_back_are_the_next_to_be_used(
    ledger: Ledger, now: datetime
) -> None:
    reserve(ledger, "i1", 2, now)
    ledger.settle("i1", now)
    reserve(ledger, "undo", 0, now)
    for _ in range(2):
        ledger.settle("undo", now, undoes="i1")

    assert ledger.numbers.states("R1", 2024) == {1: "free", 2: "free"}
    assert reserve(ledger, "i2", 3, now) == (1, 2, 3)


def test_settling_twice_equals_settling_once(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 1, now)
    reserve(ledger, "i2", 1, now)
    for _ in range(2):
        ledger.settle("i1", now)
        ledger.release("i2", now)

    assert ledger.numbers.states("R1", 2024) == {1: "given", 2: "free"}


def test_an_unknown_intent_is_not_settled(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(KeyError):
        ledger.settle("i1", now)


def test_releasing_twice_does_not_free_what_another_intent_has_since(
    ledger: Ledger, now: datetime
) -> None:
    reserve(ledger, "i1", 1, now)
    ledger.release("i1", now)
    reserve(ledger, "i2", 1, now)
    ledger.release("i1", now)

    assert ledger.numbers.states("R1", 2024) == {1: "reserved"}


def test_a_transaction_that_fails_reserves_nothing(ledger: Ledger, now: datetime) -> None:
    def reserve_and_fail() -> None:
        with ledger.transaction():
            ledger.numbers.reserve("R1", 2024, 5, 0, "i1")
            raise TimeoutError

    with pytest.raises(TimeoutError):
        reserve_and_fail()

    assert ledger.numbers.states("R1", 2024) == {}
    assert reserve(ledger, "i2", 1, now) == (1,)


def test_numbers_are_only_reserved_together_with_their_intent(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        ledger.numbers.reserve("R1", 2024, 1, 0, "i1")


def test_a_ledger_that_was_lost_takes_the_numbers_from_the_register(
    ledger: Ledger, now: datetime
) -> None:
    ledger.numbers.observe("R1", {2023: {7}, 2024: {1, 2, 4}, 2025: ()})

    assert ledger.numbers.states("R1", 2024) == {1: "given", 2: "given", 4: "given"}
    assert reserve(ledger, "i1", 2, now) == (5, 6)


def test_observing_twice_equals_observing_once(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.numbers.observe("R1", {2024: range(1, 3000)})

    assert len(ledger.numbers.states("R1", 2024)) == 2999


def test_a_released_number_that_reached_the_register_all_the_same_stays_given(
    ledger: Ledger, now: datetime
) -> None:
    reserve(ledger, "i1", 3, now)
    ledger.numbers.observe("R1", {2024: {2}})
    ledger.release("i1", now)

    assert ledger.numbers.states("R1", 2024) == {1: "free", 2: "given", 3: "free"}
    assert reserve(ledger, "i2", 3, now) == (1, 3, 4)


def test_a_free_number_that_a_person_used_is_not_given_again(ledger: Ledger, now: datetime) -> None:
    reserve(ledger, "i1", 1, now)
    ledger.release("i1", now)
    ledger.numbers.observe("R1", {2024: {1}})

    assert reserve(ledger, "i2", 1, now) == (2,)


def test_a_register_that_begins_to_share_a_sequence_goes_on_behind_its_own_numbers(
    ledger: Ledger, now: datetime
) -> None:
    reserve(ledger, "i1", 7, now, scope="hr")
    reserve(ledger, "i2", 2, now, scope="company")
    for _ in range(2):
        with ledger.transaction():
            ledger.numbers.take_turn("company", "hr")
            ledger.numbers.take_turn("company", "company")

    assert reserve(ledger, "i3", 2, now, scope="company") == (8, 9)


# --- many at once, and killed


def take_numbers(url: str, worker: int, folder: Path) -> None:
    taken = []
    with Ledger.open(url) as ledger:
        for turn in range(150):
            intent = f"{worker}-{turn}"
            taken += [(serial, turn % 3 != 2) for serial in reserve(ledger, intent, 1, MOMENT)]
            if turn % 3 == 2:
                ledger.release(intent, MOMENT)
            else:
                ledger.settle(intent, MOMENT)
    kept = [str(serial) for serial, is_kept in taken if is_kept]
    (folder / f"{worker}.txt").write_text("\n".join(kept), encoding="utf-8")


def test_eight_processes_at_once_get_no_number_twice_and_leave_no_gap(
    url: str, tmp_path: Path
) -> None:
    """All begin with an empty database; every third commit fails."""
    all_at_once(take_numbers, [(url, worker, tmp_path) for worker in range(8)])

    given = [
        int(serial)
        for path in tmp_path.glob("*.txt")
        for serial in path.read_text(encoding="utf-8").split()
    ]
    assert len(given) == len(set(given)) == 800
    with Ledger.open(url) as ledger:
        states = ledger.numbers.states("R1", 2024)
        assert sorted(serial for serial, state in states.items() if state == "given") == sorted(
            given
        )
        free = len(states) - 800
        assert free < 8  # no more than were at work at one moment
        filled = reserve(ledger, "last", free, MOMENT)
    assert sorted([*given, *filled]) == list(range(1, 801 + free))


def take_turns(url: str, worker: int, held: list[int], due: int) -> None:
    """A register that holds numbers of some years, and has a new record of one."""
    with Ledger.open(url) as ledger:
        for turn in range(40):
            intent = f"{worker}-{turn}"
            with ledger.transaction():
                ledger.numbers.take_turn("company", f"R{worker}")
                ledger.numbers.observe("company", {year: {worker} for year in held})
                ledger.numbers.reserve("company", due, 1, worker, intent)
                ledger.intents.store(facts(intent), f"R{worker}", MOMENT)
            ledger.settle(intent, MOMENT)


def test_registers_that_share_a_sequence_never_wait_for_each_other_for_good(url: str) -> None:
    """A record of last year comes late in one, while the other numbers those of this year."""
    years = [([2024], 2023), ([2023, 2024], 2024), ([2024, 2025], 2023), ([2023], 2025)]
    all_at_once(take_turns, [(url, worker, *each) for worker, each in enumerate(years, 1)])

    with Ledger.open(url) as ledger:
        for year in (2023, 2024, 2025):
            assert set(ledger.numbers.states("company", year).values()) == {"given"}


def run_once(url: str, intent: str, step: Step) -> None:
    with Ledger.open(url, step=step) as ledger:
        with ledger.transaction():
            step("reserve")
            ledger.numbers.reserve("R1", 2024, 2, 0, intent)
            step("store intent")
            ledger.intents.store(facts(intent), "R1", MOMENT)
        step("put in place")
        ledger.settle(intent, MOMENT)
        step("end")


def test_killed_anywhere_the_next_run_finds_the_ledger_whole(url: str) -> None:
    intents: list[str] = []

    def next_run() -> tuple[str, str]:
        intents.append(f"i{len(intents)}")
        return url, intents[-1]

    for kill in killed_at_each_step(run_once, next_run):
        with Ledger.open(url) as ledger:
            left = ledger.intents.open("R1")
            assert [entry.id for entry in left] in ([], [intents[-1]]), kill
            reserved = [
                serial
                for serial, state in ledger.numbers.states("R1", 2024).items()
                if state == "reserved"
            ]
            assert len(reserved) == 2 * len(left), kill
            for entry in left:
                ledger.release(entry.id, MOMENT)

    assert len(intents) > 6
    with Ledger.open(url) as ledger:
        states = ledger.numbers.states("R1", 2024)
    # the run that was killed after its end, and the one that was not killed
    assert states == {1: "given", 2: "given", 3: "given", 4: "given"}
