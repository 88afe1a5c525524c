"""Forms dropped into a folder of a real Samba, beside the register: taken in through the server."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from clients.samba_person import Person
from clients.samba_server import PASSWORD, XLFLOW, Place, SambaServer
from company import NOW, Company, new
from forms import answers, filled
from workbook.children import KilledAt, in_child

from xlflow.jobs.intake.inbox import inbox_for_people
from xlflow.jobs.intake.job import intake
from xlflow.jobs.intake.outcome import IntakeOutcome
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger

NAME = "登记 2024.xlsx"


@pytest.fixture
def place(samba: SambaServer) -> Place:
    return samba.place()


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    """A company whose register and inbox lie on a server."""
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    company = Company(
        tmp_path / "company",
        register={"path": place.location(NAME), "language": "en"},
        share={"user": XLFLOW, "password_file": str(password)},
    )
    company.file = place.path(NAME)
    company.has(new("Known"))
    company.file.chmod(0o666)
    place.path("inbox").mkdir()
    place.path("inbox").chmod(0o777)
    return company


def drop(place: Place, name: str, data: bytes) -> None:
    path = place.path("inbox") / name
    path.write_bytes(data)
    path.chmod(0o666)


def take_in(company: Company, now: datetime = NOW, **options: object) -> IntakeOutcome:
    settings = company.settings
    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        return intake(settings, ledger, now, **options)  # type: ignore[arg-type]


def lies(place: Place, folder: str = "inbox") -> set[str]:
    return {path.name for path in place.path(folder).iterdir() if path.is_file()}


def test_forms_on_a_server_become_records_with_receipts(company: Company, place: Place) -> None:
    drop(place, "我的需求.xlsx", filled(answers("New one")))
    drop(place, "bad.xlsx", filled(answers("Bad", goal=None)))
    outcome = take_in(company)
    assert [one.number for one in outcome.taken] == ["2024-001"]
    assert outcome.stuck == ()
    assert company.column("number") == [None, "2024-001"]
    assert lies(place) == {"bad.xlsx", "bad.xlsx - please mend.txt"}
    assert lies(place, "inbox/taken") == {"我的需求 2024-001.txt", "我的需求 2024-001.xlsx"}
    assert take_in(company).taken == ()


def test_a_form_that_somebody_has_open_waits(company: Company, place: Place) -> None:
    drop(place, "mine.xlsx", filled(answers("New one")))
    with Person(place) as li, li.opens("inbox/mine.xlsx"):
        assert [one.name for one in take_in(company).waiting] == ["mine.xlsx"]
    assert [one.number for one in take_in(company).taken] == ["2024-001"]


def test_a_form_that_is_opened_before_it_is_moved_is_moved_next_time(
    company: Company, place: Place
) -> None:
    drop(place, "mine.xlsx", filled(answers("New one")))
    receipt = place.path("inbox/taken/mine 2024-001.txt")
    with Person(place) as li, ExitStack() as stack:

        def open_it(_step: str) -> None:
            if receipt.exists():
                stack.enter_context(li.opens("inbox/mine.xlsx"))
                receipt.rename(receipt.with_name("seen.txt"))

        outcome = take_in(company, step=open_it)
        receipt.with_name("seen.txt").rename(receipt)
        assert [one.number for one in outcome.taken] == ["2024-001"]
        assert len(outcome.stuck) == 1
        again = take_in(company)
        assert (again.again, again.taken) == ((), ())
    assert take_in(company).stuck == ()
    assert lies(place) == set()
    assert lies(place, "inbox/taken") == {"mine 2024-001.txt", "mine 2024-001.xlsx"}


def test_people_are_told_the_folder_as_windows_writes_it(company: Company, place: Place) -> None:
    told = inbox_for_people(company.settings)
    assert told.startswith("\\\\")
    assert told.endswith("\\inbox")


def killed(company: Company, count: int) -> None:
    take_in(company, step=KilledAt(count))


@pytest.mark.parametrize("count", [8, 14, 18])
def test_an_intake_that_was_killed_is_finished_by_the_next(
    company: Company, place: Place, count: int
) -> None:
    drop(place, "mine.xlsx", filled(answers("New one")))
    assert in_child(killed, company, count) == -signal.SIGKILL
    take_in(company)
    assert company.column("number") == [None, "2024-001"]
    assert lies(place) == set()
    assert lies(place, "inbox/taken") == {"mine 2024-001.txt", "mine 2024-001.xlsx"}
