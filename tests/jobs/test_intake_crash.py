"""An intake is killed at each step, or meets others: each form becomes one record all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from company import NOW, new
from forms import answers, filled
from jobs.crash_company import CrashCompany, _watched_ledger
from workbook.children import KILLED, SECONDS, KilledAt, Step, WarmParent

from xlflow.jobs.intake.job import intake
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.settings import load_settings

TAKEN = {
    *("one 2024-002.txt", "one 2024-002.xlsx"),
    *("zcopy 2024-002.txt", "zcopy 2024-002.xlsx"),
}
LEFT = {"bad.xlsx", "bad.xlsx - please mend.txt"}


def intake_job(settings_file: Path, now: datetime, step: Step) -> None:
    """`xlflow intake`; its ledger tells its commits as steps, too."""
    settings = load_settings(settings_file)
    with one_run_at_a_time(settings, SECONDS), _watched_ledger(settings, step) as ledger:
        intake(settings, ledger, now, step=step)


def unwatched(name: str) -> None:
    """The step of an intake that nobody kills."""


class Desk(CrashCompany):
    """A company with an inbox in which three forms lie."""

    @property
    def inbox(self) -> Path:
        return self.drive / "inbox"

    def lies_in_taken(self) -> set[str]:
        return {path.name for path in (self.inbox / "taken").iterdir()}

    def begin(self) -> None:
        self.has(new("Known"))
        self.runs()
        self.inbox.mkdir()
        for name, data in FORMS.items():
            (self.inbox / f"{name}.xlsx").write_bytes(data)
        self.remember()

    def expect_all_well(self) -> None:
        """The next intake makes all well."""
        intake_job(self.settings_file, NOW, unwatched)
        frame = self.register().requirements.frame
        held = dict(zip(frame["number"], frame["title"], strict=True))
        assert held == {"2024-001": "Known", "2024-002": "One wish"}
        assert {path.name for path in self.inbox.iterdir()} == {*LEFT, "taken"}
        assert self.lies_in_taken() == TAKEN
        told = (self.inbox / "taken" / "one 2024-002.txt").read_text("utf-8-sig")
        assert told.startswith("2024-002  One wish\n")
        assert told.endswith("[xlflow]\n")
        with open_ledger(self.settings) as ledger:
            assert ledger.intents.open() == ()
            assert ledger.intakes.to_be_moved("main") == ()
            assert set(ledger.numbers.states("main", 2024).values()) == {"given"}
        assert not list(self.drive.glob(".xlflow-*.tmp"))


FORMS = {
    "one": filled(answers("One wish")),
    "zcopy": filled(answers("One wish")),
    "bad": filled(answers("No good", goal=None)),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company")
    desk.begin()
    return desk


def kills(parent: WarmParent, desk: Desk, every: int = 1) -> Iterator[int]:
    for count in range(1, 1000, every):
        code = parent.run(intake_job, desk.settings_file, NOW, KilledAt(count))
        if code == 0:
            assert count > 40
            return
        assert code == KILLED
        yield count
        desk.go_back()


def test_whatever_is_killed_at_any_step_is_finished_by_the_next_intake(
    parent: WarmParent, desk: Desk
):
    for _ in kills(parent, desk):
        desk.expect_all_well()


def test_what_somebody_saved_after_a_kill_is_taken_in_once(parent: WarmParent, desk: Desk):
    """A person who saves before the next intake keeps our record, or never saw it."""
    for _ in kills(parent, desk, every=2):
        if desk.file.exists():
            desk.types({"B4": "A better title"})
            intake_job(desk.settings_file, NOW, unwatched)
            assert sorted(desk.column("title")) == ["A better title", "One wish"]
            assert {path.name for path in desk.inbox.iterdir()} == {*LEFT, "taken"}
            assert desk.lies_in_taken() >= {"one 2024-002.txt", "one 2024-002.xlsx"}


def test_the_finishing_may_be_killed_too(parent: WarmParent, desk: Desk):
    for count in (20, 35):
        assert parent.run(intake_job, desk.settings_file, NOW, KilledAt(count)) == KILLED
        for again in range(2, 200, 5):
            code = parent.run(intake_job, desk.settings_file, NOW, KilledAt(again))
            if code == 0:
                break
        desk.expect_all_well()
        desk.go_back()


def test_an_intake_of_what_is_finished_changes_nothing(desk: Desk):
    for _ in range(2):
        desk.expect_all_well()
        before = desk.sha()
    assert desk.sha() == before


def test_many_intakes_at_once_take_each_form_once(parent: WarmParent, desk: Desk):
    started = [parent.start(intake_job, desk.settings_file, NOW, unwatched) for _ in range(4)]
    assert [parent.wait(one) for one in started] == [0] * 4
    desk.expect_all_well()


def test_a_form_that_is_dropped_meanwhile_is_taken_in_next(desk: Desk):
    data = filled(answers("Dropped meanwhile"))

    def drop(name: str) -> None:
        if name == "rename":
            (desk.inbox / "meanwhile.xlsx").write_bytes(data)

    intake_job(desk.settings_file, NOW, drop)
    assert "Dropped meanwhile" not in desk.column("title")
    intake_job(desk.settings_file, NOW, unwatched)
    assert desk.column("title").count("Dropped meanwhile") == 1


@pytest.mark.soak
def test_three_hundred_forms_take_seconds(tmp_path: Path):
    desk = Desk(tmp_path / "company")
    desk.has(*(new(f"Known {n}") for n in range(1000)))
    desk.inbox.mkdir()
    for n in range(300):
        (desk.inbox / f"{n}.xlsx").write_bytes(filled(answers(f"Wish {n} of a department")))
    began = time.perf_counter()
    intake_job(desk.settings_file, NOW, unwatched)
    seconds = time.perf_counter() - began
    assert len(desk.column("title")) == 1300
    assert seconds < 60
