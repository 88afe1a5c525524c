"""Four weeks of a company with two registers: each matter is told exactly once to each.

What people got is read from the mails. What they should have got is counted anew from the deadlines
of each day, and from what the simulated people typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from clients.smtp_server import SmtpServer
from jobs.digest_company import PEOPLE, assessed, at, draft, mail_settings, read, sends, toml_of
from several import OneOfSeveral, Several

from xlflow.jobs.inspection import inspect_register

BEGIN = date(2024, 3, 4)
ADDRESS = {person.name: person.mail for person in PEOPLE}
LEAD = {person.name: ADDRESS.get(person.lead, "") for person in PEOPLE}
NAMES = {"confirm": "Confirmation", "assess": "Assessment", "expected": "Expected go-live"}
Key = tuple[str, str, str, str]  # address, section, title, deadline with its due date


@dataclass
class Office:
    """A register, and people who type into it, sort it and make mistakes."""

    company: OneOfSeveral
    chance: Random
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)  # each fault that the checks send back

    def begins(self) -> None:
        old = (draft(f"Old {n} {self.id}", date(2023, 12, 1)) for n in range(6))
        self.rows = {row["title"]: row for row in old}
        self.saves(BEGIN)

    @property
    def id(self) -> str:
        return self.company.settings.workbook.id

    def saves(self, day: date) -> None:
        rows = list(self.rows.values())
        self.chance.shuffle(rows)
        self.company.has(*rows, people=PEOPLE)
        self.company.runs(at(day, 8))
        given = zip(self.company.column("title"), self.company.column("number"), strict=True)
        for title, number in given:
            self.rows[str(title)]["number"] = number

    def works(self, day: date) -> None:
        """A day: new wishes, confirmations, moved dates, slips of the pen."""
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            title = f"Wish {len(self.rows)} {self.id}"
            self.rows[title] = draft(title, day)
        young = [row for title, row in self.rows.items() if title.startswith("Wish")]
        for row in self.chance.sample(young, min(len(young), 2)):
            self.touches(row, day)

    def touches(self, row: dict[str, Any], day: date) -> None:
        match self.chance.choice(("confirms", "moves", "slips", "mends", "waits")):
            case "confirms" if not row.get("confirmed_on"):
                row |= {**assessed(row["title"], day), "number": row.get("number")}
                row["submitted_on"] = day
            case "moves" if not row.get("confirmed_on"):
                row["submitted_on"] = day
            case "slips":
                row["expected_on"] = f"slip {len(self.typed)} {self.id}"
                self.typed.append(row["expected_on"])
            case "mends":
                row["expected_on"] = date(2030, 1, 1)

    def wanted(self, day: date) -> Iterator[Key]:
        """Whom the deadlines of the day concern, by a count of its own."""
        found = inspect_register(self.company.settings, at(day))
        frame = found.register.requirements.frame
        for it in found.deadlines:
            if it.due_on < BEGIN:
                continue
            what = f"{NAMES[it.id]} {it.due_on}"
            title = frame.at[it.row, "title"]
            if it.state == "due soon":
                yield ADDRESS[it.responsible], "Due soon", title, what
            if it.state == "overdue":
                yield ADDRESS[it.responsible], "Overdue", title, what
                if it.days_late >= 3 and LEAD[it.responsible]:
                    yield LEAD[it.responsible], "Late with your people", title, what


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_in_four_weeks_each_matter_is_told_once_to_each(tmp_path: Path, seed: int):
    with SmtpServer(security="none") as server:
        several = Several(tmp_path / "company", more=toml_of(mail_settings(server)))
        offices = [Office(each, Random(seed)) for each in (several.it, several.hr)]
        for office in offices:
            office.begins()
        wanted: set[Key] = set()
        days = [BEGIN + timedelta(days=n) for n in range(28)]
        for day in (day for day in days if day.weekday() < 5):
            for office in offices:
                office.works(day)
                office.saves(day)
                wanted |= set(office.wanted(day))
            sends([office.company.settings for office in offices], at(day))

        got = [read(mail) for mail in server.mails]
        told = Counter((one.address, *item) for one in got for item in one.told)
        sent_back = [item for item in told if item[1] == "Sent back by the checks"]
        deadlines = {item: count for item, count in told.items() if item not in sent_back}
        assert set(deadlines) == wanted
        assert set(deadlines.values()) == {1}
        assert not any(title.startswith("Old") for _, _, title, _ in told)
        assert len(wanted) > 40

        texts = "\n".join(one.text for one in got)
        for office in offices:
            assert office.typed
            assert {text: texts.count(text) for text in office.typed} == dict.fromkeys(
                office.typed, 1
            )
        of_day = Counter((mail.message["Date"][:16], mail.recipients) for mail in server.mails)
        assert set(of_day.values()) == {1}
