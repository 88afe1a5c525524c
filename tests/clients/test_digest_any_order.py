"""Any order of typing, sorting, days, runs and broken digests: nothing twice, nothing lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from clients.smtp_server import SmtpServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jobs.digest_company import PEOPLE, DigestCompany, at, draft, read

from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.mailing.digest import send_digests
from xlflow.ledger import Ledger

BEGIN = date(2024, 3, 4)
ADDRESS = {person.name: person.mail for person in PEOPLE}
TITLES = ("One", "Two", "Three")


class BrokenOff(Exception):
    """The process ends here, as far as the ledger and the mail server can tell."""


class Life:
    """Three records, whatever people do to them, and the mails that come of it."""

    def __init__(self, folder: Path, server: SmtpServer) -> None:
        self.company = DigestCompany(folder / "company", server)
        self.server = server
        self.today = BEGIN
        self.rows: dict[str, dict[str, Any]] = {
            title: draft(title, BEGIN + timedelta(days=n)) for n, title in enumerate(TITLES)
        }
        self.order = list(TITLES)
        self.saves()
        self.runs()

    def saves(self) -> None:
        self.company.has(*(self.rows[title] for title in self.order))

    def types(self, title: str, key: str, value: object) -> None:
        self.rows[title][key] = value + self.today if isinstance(value, timedelta) else value
        self.saves()

    def sorts(self, order: list[str]) -> None:
        self.order = order
        self.saves()

    def sleeps(self, days: int) -> None:
        self.today += timedelta(days=days)

    def runs(self) -> None:
        self.company.runs(at(self.today, 8))
        given_now = zip(self.company.column("title"), self.company.column("number"), strict=True)
        for title, number in given_now:
            self.rows[str(title)]["number"] = number

    def digests(self, fails_at: int | None = None) -> None:
        """The digests of a day, which break off before a commit of the ledger."""
        left = [fails_at]

        def step(name: str) -> None:
            if left[0] is not None:
                left[0] -= 1
                if left[0] == 0:
                    raise BrokenOff(name)

        held = self.company.settings
        with (
            suppress(BrokenOff),
            Ledger.open(held.ledger.url, beside=held.folder, step=step) as ledger,
        ):
            send_digests([held], ledger, None, at(self.today))

    def expect_all_told_once(self) -> None:
        for _ in range(2):
            self.sleeps(1)
            self.runs()
            self.digests()
        by_id = {mail.message["Message-ID"]: read(mail) for mail in self.server.mails}
        told = Counter((got.address, *item) for got in by_id.values() for item in got.told)
        once = {item: n for item, n in told.items() if item[1] != "Sent back by the checks"}
        assert set(once.values()) <= {1}
        assert set(self.overdue()) <= set(once)

    def overdue(self) -> Iterator[tuple[str, str, str, str]]:
        found = inspect_register(self.company.settings, at(self.today))
        titles = found.register.requirements.frame["title"]
        names = {"confirm": "Confirmation", "unblock": "Unblocking", "expected": "Expected go-live"}
        for it in found.deadlines:
            if it.state == "overdue" and it.due_on >= BEGIN:
                what = f"{names[it.id]} {it.due_on}"
                yield ADDRESS[it.responsible], "Overdue", titles[it.row], what


@contextmanager
def life() -> Iterator[Life]:
    folder = Path(mkdtemp())
    try:
        with SmtpServer(security="none") as server:
            yield Life(folder, server)
    finally:
        shutil.rmtree(folder)


typing = st.one_of(
    st.tuples(st.just("submitted_on"), st.integers(-2, 1).map(lambda days: timedelta(days=days))),
    st.tuples(st.just("expected_on"), st.sampled_from(["soon", "later", date(2030, 1, 1)])),
    st.tuples(st.just("requester"), st.sampled_from(["* Manager", "* Director"])),
)
things = st.one_of(
    st.tuples(st.just("types"), st.sampled_from(TITLES), typing),
    st.tuples(st.just("sorts"), st.permutations(TITLES)),
    st.tuples(st.just("sleeps"), st.integers(1, 4)),
    st.tuples(st.just("runs")),
    st.tuples(st.just("digests"), st.one_of(st.none(), st.integers(1, 5))),
)


@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(happens=st.lists(things, max_size=6))
def test_whatever_happens_each_matter_is_told_once_and_none_is_lost(happens: list[Any]):
    with life() as lived:
        for what, *facts in happens:
            match what:
                case "types":
                    title, (key, value) = facts
                    lived.types(title, key, value)
                case _:
                    getattr(lived, what)(*facts)
        lived.expect_all_told_once()
