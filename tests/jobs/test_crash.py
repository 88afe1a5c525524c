"""A job is killed at each step, at any moment, and while it settles what an earlier kill left.

A step is told before each write, flush and rename on the drive and before each commit of the
ledger, so that a kill at one step is also the kill after the step before.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jobs.crash_company import (
    LATER,
    SCENES,
    CrashCompany,
    Scene,
    cut_the_power,
    run_job,
    settling_job,
    undo_job,
    unwatched,
)
from workbook.children import KILLED, KilledAt, WarmParent


@pytest.fixture
def company(tmp_path: Path) -> CrashCompany:
    return CrashCompany(tmp_path / "company")


def begin(company: CrashCompany, scene: Scene) -> object:
    """All that people have typed when the scene begins."""
    scene.begin(company)
    company.remember()
    return company.typed()


def killed_at_each_step(parent: WarmParent, company: CrashCompany, scene: Scene) -> Iterator[int]:
    """The scene from its beginning, killed at the first, second, ... step."""
    for count in range(1, 1000):
        code = parent.run(scene.job, company.settings_file, scene.now, KilledAt(count))
        if code == 0:
            assert count > 12  # a repair begins its run with the commit that stores its intent
            return
        assert code == KILLED
        yield count
        company.go_back()


@pytest.mark.parametrize("name", SCENES)
def test_whatever_is_killed_at_any_step_is_settled_by_the_next_run(parent, company, name):
    scene = SCENES[name]
    typed = begin(company, scene)
    for _ in killed_at_each_step(parent, company, scene):
        company.expect_settled(typed, scene.now)


@pytest.mark.parametrize("name", ["new records", "an undo"])
def test_pieces_that_a_power_cut_leaves_do_no_harm(parent, company, name):
    scene, chance = SCENES[name], random.Random(name)
    typed = begin(company, scene)
    for _ in killed_at_each_step(parent, company, scene):
        cut_the_power(company, chance)
        company.expect_settled(typed, scene.now)


class KilledAfterCommit:
    """A step that ends its process after the `count`th commit of the ledger.

    It notes first how long the ledger's journal was before that commit.
    """

    def __init__(self, count: int, journal: Path) -> None:
        self.count = count
        self.journal = journal

    def __call__(self, name: str) -> None:
        if self.count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count -= name == "commit ledger"
        if self.count == 0:
            length = self.journal.stat().st_size if self.journal.exists() else 0
            self.journal.with_name("length").write_text(str(length))


@pytest.mark.parametrize("name", SCENES)
def test_half_a_commit_of_the_ledger_counts_as_none(parent, company, name):
    """What a power cut leaves of the journal while SQLite flushes it."""
    scene, chance, halves = SCENES[name], random.Random(name), 0
    typed = begin(company, scene)
    journal = company.settings.folder / "xlflow.db-wal"
    for count in range(1, 100):
        step = KilledAfterCommit(count, journal)
        if parent.run(scene.job, company.settings_file, scene.now, step) == 0:
            break
        whole = range(int(journal.with_name("length").read_text()), journal.stat().st_size)
        if whole:  # a commit of what was there before adds nothing
            os.truncate(journal, chance.choice(whole))
            halves += 1
        company.expect_settled(typed, scene.now)
        company.go_back()
    assert halves >= 2


@pytest.mark.parametrize("name", ["new records", "an undo"])
def test_the_settling_may_be_killed_too(parent, company, name):
    scene, kills = SCENES[name], 0
    typed = begin(company, scene)
    for _ in killed_at_each_step(parent, company, scene):
        company.remember("kill")
        count = 1
        arguments = settling_job, company.settings_file, scene.now
        while parent.run(*arguments, KilledAt(count)) == KILLED:
            kills += 1
            count += 1
            company.expect_settled(typed, scene.now)
            company.go_back("kill")
    assert kills > 25


@pytest.mark.parametrize("name", ["new records", "an undo"])
def test_who_saves_before_the_next_run_keeps_the_save_and_the_numbers(parent, company, name):
    """An undo that met a save leaves the numbers of the undone run unused: never given twice."""
    scene = SCENES[name]
    begin(company, scene)
    for _ in killed_at_each_step(parent, company, scene):
        if company.file.exists():
            company.submits("Meanwhile")
            typed = company.typed()
            company.expect_settled(typed, scene.now, gaps=name == "an undo")


def killed_after(seconds: float, parent: WarmParent, company: CrashCompany, scene: Scene) -> bool:
    """Kill the job after some seconds; whether it was still at work."""
    child = parent.start(scene.job, company.settings_file, scene.now, unwatched)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return parent.wait(child) == KILLED


def seconds_of(parent: WarmParent, company: CrashCompany, scene: Scene) -> float:
    """How long the job takes."""
    began = time.monotonic()
    assert parent.run(scene.job, company.settings_file, scene.now, unwatched) == 0
    return time.monotonic() - began


@pytest.mark.parametrize("name", ["a first run", "new records", "an undo"])
def test_killed_at_any_moment(parent, company, name):
    scene, chance, kills = SCENES[name], random.Random(name), 0
    typed = begin(company, scene)
    seconds = seconds_of(parent, company, scene)
    for _ in range(8):
        company.go_back()
        kills += killed_after(chance.uniform(0, seconds), parent, company, scene)
        company.expect_settled(typed, scene.now)
    assert kills > 0


@pytest.mark.soak
def test_killed_two_thousand_times(parent, company):
    """Each turn: a scene, up to four kills in a row at any step or moment, perhaps a power cut."""
    chance, kills = random.Random(20240315), 0
    while kills < 2000:
        scene = SCENES[chance.choice(list(SCENES))]
        shutil.rmtree(company.settings.folder)
        company = CrashCompany(company.settings.folder)
        typed = begin(company, scene)
        seconds = seconds_of(parent, company, scene)
        for _ in range(10):
            company.go_back()
            for _ in range(chance.randint(1, 4)):
                job = chance.choice([scene.job, settling_job, run_job, undo_job])
                now = chance.choice([scene.now, LATER])
                if chance.random() < 0.5:
                    step = KilledAt(chance.randint(1, 20))
                    code = parent.run(job, company.settings_file, now, step)
                    assert code in (0, KILLED)
                    kills += code == KILLED
                else:
                    again = replace(scene, job=job, now=now)
                    kills += killed_after(chance.uniform(0, seconds), parent, company, again)
                if chance.random() < 0.3:
                    cut_the_power(company, chance)
            company.expect_settled(typed, LATER)
