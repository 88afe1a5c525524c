"""The ledger and the workbook agree, wherever a run is killed: both rooms, as a run uses them.

The register of these tests is a text file with a line a record, "title" or "2024-001 title".
"""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbook.children import KilledAt, Step, in_child, killed_at_each_step

from xlflow.ledger import Ledger
from xlflow.workbook.share import (
    Intent,
    ShareError,
    prepare,
    put_in_place,
    recover,
    snapshot,
)
from xlflow.workbook.share import new_id as new_intent_id

MOMENT = datetime(2024, 3, 15, 9, 30, tzinfo=UTC)
YEAR = 2024


def run(url: str, workbook: Path, step: Step) -> bool:
    """Settle what is left, number the records without a number; False if that must wait."""
    with Ledger.open(url, step=step) as ledger:
        settle_what_is_left(ledger, workbook, step)
        before = snapshot(workbook, MOMENT)
        lines = before.data.decode().splitlines()
        ledger.numbers.observe("R1", {YEAR: serials(workbook)})
        due = [index for index, line in enumerate(lines) if not line.startswith("2024-")]
        if not due:
            return True
        with ledger.transaction():
            intent_id = new_intent_id(MOMENT)
            given = ledger.numbers.reserve(
                "R1", YEAR, len(due), max(serials(workbook), default=0), intent_id
            )
            for index, serial in zip(due, given, strict=True):
                lines[index] = f"2024-{serial:03d} {lines[index]}"
            data = ("\n".join(lines) + "\n").encode()
            intent = prepare(before, data, intent_id=intent_id)
            ledger.intents.store(asdict(intent), "R1", MOMENT)
        try:
            put_in_place(intent, data, MOMENT, step=step)
        except ShareError:
            settle_what_is_left(ledger, workbook, step)
            return False
        ledger.settle(intent.id, MOMENT)
        return True


def settle_what_is_left(ledger: Ledger, workbook: Path, step: Step) -> None:
    for entry in ledger.intents.of_target(str(workbook)):
        outcome = recover(Intent(**entry.facts), step=step)
        if outcome.state == "done":
            ledger.settle(entry.id, MOMENT)
        else:
            ledger.numbers.observe("R1", {YEAR: serials(workbook)})
            ledger.release(entry.id, MOMENT)


def serials(workbook: Path) -> set[int]:
    """The numbers in the register; a number twice is a fault."""
    numbers = [
        int(line[5:8])
        for line in snapshot(workbook, MOMENT).data.decode().splitlines()
        if line.startswith("2024-")
    ]
    assert len(numbers) == len(set(numbers))
    return set(numbers)


def rows(workbook: Path) -> list[str]:
    return workbook.read_text(encoding="utf-8").splitlines()


def expect_agreement(url: str, workbook: Path, titles: list[str]) -> None:
    """Each record has one number, without a gap, and the ledger knows no other ones."""
    numbered = dict(line.split(" ", 1) for line in rows(workbook))
    assert sorted(numbered) == [f"2024-{n:03d}" for n in range(1, len(titles) + 1)]
    assert sorted(numbered.values()) == sorted(titles)
    with Ledger.open(url) as ledger:
        states = ledger.numbers.states("R1", YEAR)
        assert states == dict.fromkeys(range(1, len(titles) + 1), "given")
        assert ledger.intents.open() == ()
    assert not list(workbook.parent.glob(".xlflow-*.tmp"))


def add_record(workbook: Path, title: str) -> None:
    """A person adds a record and saves as Excel does: a temporary, then the name."""
    saved = workbook.with_name("A1B2C3D4.tmp")
    saved.write_bytes(workbook.read_bytes() + f"{title}\n".encode())
    saved.replace(workbook)


def no_step(name: str) -> None:
    """Nothing happens."""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    path.write_text("login\nexport\n", encoding="utf-8")
    return path


def test_killed_at_any_step_the_next_run_makes_ledger_and_workbook_agree(
    url: str, workbook: Path
) -> None:
    titles = ["login", "export"]
    kills = 0
    for _ in killed_at_each_step(run, lambda: (url, workbook)):
        assert run(url, workbook, no_step)
        expect_agreement(url, workbook, titles)
        kills += 1
        titles.append(f"record {kills}")
        add_record(workbook, titles[-1])

    assert kills >= 12
    expect_agreement(url, workbook, titles)


def test_killed_again_and_again_while_a_person_goes_on_typing(url: str, workbook: Path) -> None:
    """Kills at random steps, settling included, and an edit after each."""
    chance = random.Random(20240315)
    titles = ["login", "export"]
    for turn in range(20):
        in_child(run, url, workbook, KilledAt(chance.randint(1, 24)))
        if workbook.exists():
            titles.append(f"record {turn}")
            add_record(workbook, titles[-1])

    assert run(url, workbook, no_step)
    expect_agreement(url, workbook, titles)


@pytest.mark.parametrize("name", ["create temporary", "rename", "commit ledger"])
def test_a_commit_that_meets_a_persons_save_uses_no_number_up(
    url: str, workbook: Path, name: str
) -> None:
    saved: list[str] = []

    def a_person_saves(this: str) -> None:
        if this == name and not saved and workbook.exists():
            saved.append("meanwhile")
            add_record(workbook, "meanwhile")

    run(url, workbook, a_person_saves)
    run(url, workbook, no_step)

    assert saved
    expect_agreement(url, workbook, ["login", "export", "meanwhile"])
