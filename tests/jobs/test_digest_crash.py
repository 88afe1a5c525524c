"""Digests are killed at each step: everybody gets every word once all the same.

What a killed sender had on its way may come twice, but only as the very same mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from clients.postgresql_server import PostgresqlServer
from clients.smtp_server import SmtpServer
from jobs.crash_company import CrashCompany, _watched_ledger, unwatched
from jobs.digest_company import PEOPLE, assessed, at, draft, mail_settings, read
from jobs.test_crash_postgresql import company_of
from workbook.children import KILLED, KilledAt, Step, WarmParent

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.digest import send_digests
from xlflow.ledger.outbox import CLAIM
from xlflow.settings import load_settings

THURSDAY, FRIDAY = date(2024, 2, 29), date(2024, 3, 1)
MONDAY, TUESDAY = date(2024, 3, 4), date(2024, 3, 5)
LONG = CLAIM * 4  # until nobody waits for a killed sender any more


def digest_job(settings_file: Path, now: datetime, step: Step) -> None:
    """`xlflow mail digest`; its ledger tells its commits as steps."""
    settings = load_settings(settings_file)
    with _watched_ledger(settings, step) as ledger:
        send_digests([settings], ledger, None, now)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(security="none") as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def company(request, server: SmtpServer, tmp_path: Path) -> Iterator[CrashCompany]:
    if request.param == "sqlite":
        yield CrashCompany(tmp_path / "company", mail=mail_settings(server))
        return
    database: PostgresqlServer = request.getfixturevalue("postgresql")
    with company_of(database, tmp_path, mail=mail_settings(server)) as served:
        yield served


def begin(company: CrashCompany) -> None:
    """A matter for the requester, two for the technical contact, late from Monday on."""
    confirmed_on = date(2024, 2, 28)
    rows = (draft("One", THURSDAY), assessed("Two", confirmed_on), assessed("Three", confirmed_on))
    company.has(*rows, people=PEOPLE)
    company.runs(at(FRIDAY, 8))
    company.remember()


def taken(server: SmtpServer) -> dict[str, set[tuple[str, str]]]:
    """What everybody got, a pair of Message-ID and text for each mail that differs from others."""
    held: dict[str, set[tuple[str, str]]] = {}
    for mail in server.mails:
        got = read(mail)
        held.setdefault(got.address, set()).add((mail.message["Message-ID"], got.text))
    return held


def told(company: CrashCompany) -> frozenset[object]:
    with open_ledger(company.settings) as ledger:
        return ledger.told.of("main")


def test_a_kill_at_any_step_neither_loses_nor_doubles_a_mail(
    parent: WarmParent, company: CrashCompany, server: SmtpServer
):
    begin(company)
    digest_job(company.settings_file, at(MONDAY), unwatched)
    wanted, known = taken(server), told(company)
    assert {address: len(mails) for address, mails in wanted.items()} == {
        "manager@example.com": 1,
        "zhang@example.com": 1,
    }
    assert len(known) == 3
    for count in range(1, 100):
        company.go_back()
        server.mails.clear()
        code = parent.run(digest_job, company.settings_file, at(MONDAY), KilledAt(count))
        if code == 0:
            assert count > 5
            break
        assert code == KILLED
        digest_job(company.settings_file, at(MONDAY) + LONG, unwatched)
        assert said(taken(server)) == said(wanted)
        assert ids(taken(server)) == ids(wanted)
        assert told(company) == known
        before = len(server.mails)
        digest_job(company.settings_file, at(MONDAY) + 2 * LONG, unwatched)
        assert len(server.mails) == before


def ids(mails: dict[str, set[tuple[str, str]]]) -> dict[str, list[str]]:
    return {address: [id_ for id_, _ in held] for address, held in sorted(mails.items())}


def said(mails: dict[str, set[tuple[str, str]]]) -> dict[str, list[str]]:
    """The items of each mail, without the moment at which it was made."""
    return {
        address: [text.partition("Where to type")[0] for _, text in held]
        for address, held in sorted(mails.items())
    }


def test_what_was_killed_on_one_day_is_told_on_the_next(
    parent: WarmParent, company: CrashCompany, server: SmtpServer
):
    begin(company)
    digest_job(company.settings_file, at(MONDAY), unwatched)
    known = told(company)
    for count in range(1, 100, 2):
        company.go_back()
        server.mails.clear()
        code = parent.run(digest_job, company.settings_file, at(MONDAY), KilledAt(count))
        digest_job(company.settings_file, at(TUESDAY), unwatched)
        of_day = {address: len(held) for address, held in taken(server).items()}
        assert of_day == {"manager@example.com": 1, "zhang@example.com": 1}
        assert told(company) == known
        if code == 0:
            break


def test_many_at_once_send_each_mail_once(
    parent: WarmParent, company: CrashCompany, server: SmtpServer
):
    begin(company)
    job = (digest_job, company.settings_file, at(MONDAY), unwatched)
    started = [parent.start(*job) for _ in range(4)]
    assert [parent.wait(one) for one in started] == [0] * 4
    digest_job(company.settings_file, at(MONDAY) + timedelta(hours=2), unwatched)
    assert sorted(read(mail).address for mail in server.mails) == [
        "manager@example.com",
        "zhang@example.com",
    ]
