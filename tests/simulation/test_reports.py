"""Each figure of each report equals a plain count over what people typed, on three registers.

The registers are those of the simulated company, in three languages, after some weeks of work. The
counts are in `recount`; the figures are taken from what is shown, as a reader would.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from clients.browser import Browser
from reports.workbooks import page, small_table, table
from simulation.office import Requirement
from simulation.recount import RECURRING, Recount
from simulation.year import Year

from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.digest import prepare_digests
from xlflow.jobs.mailing.weekly import prepare_weekly
from xlflow.jobs.reporting.board import write_board
from xlflow.jobs.reporting.status import standing_to_send
from xlflow.languages import fold, say
from xlflow.mail import Message
from xlflow.record.choices import CHOICES
from xlflow.reports.status.workbook import status_workbook
from xlflow.settings import Settings

pytestmark = pytest.mark.xdist_group("simulated company")  # its weeks pass once

LAST = date(2024, 2, 23)
WEEK = timedelta(days=7)
LIVE = ("live", "closed")
AGES = ((0, 5), (6, 10), (11, 20), (21, 40), (41, None))


@dataclass(frozen=True)
class Reported:
    """The company, and its registers counted one by one."""

    counts: tuple[Recount, ...]
    now: datetime

    @property
    def registers(self) -> tuple[Settings, ...]:
        return tuple(one.office.settings for one in self.counts)

    def total(self, count: Callable[[Recount], int]) -> int:
        return sum(map(count, self.counts))

    def counted(self, count: Callable[[Recount], Counter[str]]) -> Counter[str]:
        return sum(map(count, self.counts), Counter())


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("company") / "office"
    year = Year(folder, "sqlite:///xlflow.db", LAST, records=72, quiet_days=0)
    year.passes()
    (now,) = {office.now for office in year.offices}
    return Reported(tuple(Recount(office, now) for office in year.offices), now)


def test_the_registers_are_worth_counting(reported: Reported):
    assert {office.language for office in (one.office for one in reported.counts)} == {
        "en",
        "zh-Hans",
        "zh-Hant",
    }
    for one in reported.counts:
        assert len(one.standing) >= 20
        assert one.late_requirements()
        assert one.moved(reported.now)
    assert reported.total(lambda one: len(one.finished(reported.now)))
    assert reported.total(lambda one: len(one.stuck()))


def test_the_weekly_mail(reported: Reported):
    now, before = reported.now, reported.now - WEEK
    text = weekly_text(reported)
    week, standing = _rows(text)

    def both(count: Callable[[Recount, datetime], list[Requirement]]) -> tuple[int, int]:
        def total(at: datetime) -> int:
            return reported.total(lambda one: len(count(one, at)))

        return total(now), total(before)

    assert week["New"] == both(lambda one, at: one.new(at))
    assert week["Reached another step"] == both(lambda one, at: one.moved(at))
    assert week["Went live"] == both(lambda one, at: one.reached(LIVE, at))
    assert week["Closed"] == both(lambda one, at: one.reached(("closed",), at))
    assert week["Cancelled"] == both(lambda one, at: one.reached(("cancelled",), at))
    today = {name: figure for name, (figure, _) in standing.items()}
    assert today == {
        "Open": reported.total(lambda one: len(one.open)),
        "Overdue": reported.total(lambda one: len(one.late_requirements())),
        "Stuck": reported.total(lambda one: len(one.stuck())),
        "Blocked": reported.counted(lambda one: one.by("status"))["blocked"],
        "Deadlines until Sunday": reported.total(lambda one: len(one.due_this_week())),
    }
    records = reported.total(lambda one: len(one.standing))
    missed = reported.total(lambda one: len(one.in_state("overdue")))
    finished = reported.total(lambda one: len(one.finished(now)))
    assert f"of {records} requirements" in text
    assert f"{missed} deadlines missed" in text
    assert re.search(rf"^Finished in 7 days: {finished}\b", text, re.MULTILINE)


def test_the_bars_of_the_weekly_mail(reported: Reported):
    text = weekly_text(reported)
    labels = CHOICES["status"]
    open_by_status = reported.counted(lambda one: one.by("status", one.open))
    late_by_status = reported.counted(lambda one: one.by("status", late_of(one)))
    assert _bars(text, "Open requirements by status") == {
        labels.label(code, "en"): (count, late_by_status[code])
        for code, count in open_by_status.items()
    }
    by_department = reported.counted(lambda one: folded(one.by_department(one.open)))
    late = reported.counted(lambda one: folded(one.by_department(late_of(one))))
    *named, (_, others) = _bars(text, "Open requirements by department").items()
    for name, figures in named:
        assert figures == (by_department.pop(fold(name)), late.pop(fold(name), 0))
    assert others == (by_department.total(), late.total())


def test_the_digests(reported: Reported):
    with open_ledger(reported.registers[0]) as ledger:
        digests = prepare_digests(reported.registers, ledger, reported.now)
    assert all(not digest.portion.waiting for digest in digests.digests)
    languages = {one.office.id: one.office.language for one in reported.counts}
    told: Counter[str] = Counter()
    for digest in digests.digests:
        (register,) = {line.matter.register for line in digest.portion.lines}
        text = text_of(digest.post.message)
        for kind in ("overdue", "due-soon"):
            heading = say(languages[register], f"digest.chapter.{kind}", count="\0")
            pattern = re.escape(f"== {heading} ==").replace("\0", r"(\d+)")
            if found := re.search(pattern, text):
                told[kind] += int(found[1])
    unreachable = Counter(
        lost.matter.kind for lost in digests.lost if lost.unreachable.reason != "no-lead"
    )
    overdue = reported.total(lambda one: len(one.in_state("overdue")))
    due_soon = reported.total(
        lambda one: sum(due.id not in RECURRING for due in one.in_state("due soon"))
    )
    assert told["overdue"] + unreachable["overdue"] == overdue
    assert told["due-soon"] + unreachable["due soon"] == due_soon


@pytest.fixture(scope="module")
def workbook(reported: Reported) -> bytes:
    now = reported.now
    standings = [
        standing_to_send(one, inspect_register(one, now), "en") for one in reported.registers
    ]
    return status_workbook(standings, "en")


def test_the_first_page_of_the_status_workbook(reported: Reported, workbook: bytes):
    sheet, now = page(workbook, "summary"), reported.now
    names = [cell.value for cell in sheet[5]]
    shown = {name: sheet.cell(6, at).value for at, name in enumerate(names, 1) if name}
    before = {name: sheet.cell(7, at).value for at, name in enumerate(names, 1) if name}
    assert shown.pop("Changed") >= 0  # counted cell by cell elsewhere
    assert shown == {
        "New": reported.total(lambda one: len(one.new(now))),
        "Moved on": reported.total(lambda one: len(one.moved(now))),
        "Finished": reported.total(lambda one: len(one.finished(now))),
        "Open": reported.total(lambda one: len(one.open)),
        "Late": reported.total(lambda one: len(one.late_requirements())),
        "Stuck": reported.total(lambda one: len(one.stuck())),
        "Due by Sunday": reported.total(lambda one: len(one.due_this_week())),
    }
    told = {name: int(re.findall(r"\d+", text)[0]) for name, text in before.items()}
    assert told["New"] == reported.total(lambda one: len(one.new(now - WEEK)))
    assert told["Moved on"] == reported.total(lambda one: len(one.moved(now - WEEK)))
    assert told["Finished"] == reported.total(lambda one: len(one.finished(now - WEEK)))


def test_the_charts_of_the_status_workbook(reported: Reported, workbook: bytes):
    sheet = page(workbook, "figures")

    def drawn(name: str, figures: int) -> dict[str, tuple[int | None, ...]]:
        return small_table(sheet, say("en", f"reports.chart.{name}"), figures)

    status = CHOICES["status"]
    opened = reported.counted(lambda one: one.by("status", one.open))
    late = reported.counted(lambda one: one.by("status", late_of(one)))
    named = {status.label(code, "en"): (opened[code], late[code]) for code in opened if code}
    shown = {name: held for name, held in drawn("statuses", 2).items() if held != (0, 0)}
    nameless = shown.pop(say("en", "reports.unclear.status"), (0, 0))
    assert shown == named
    assert nameless == (opened[""], late[""])

    came = reported.counted(lambda one: one.in_weeks("submitted_on"))
    live = reported.counted(lambda one: one.in_weeks("live_on", *LIVE))
    monday = reported.now.date() - timedelta(days=reported.now.weekday())
    weeks = [monday - timedelta(weeks=ago) for ago in reversed(range(12))]
    assert [held[:2] for held in drawn("weeks", 4).values()] == [
        (came[week], live[week]) for week in weeks
    ]
    ages = reported.counted(lambda one: one.ages())
    assert [count for (count,) in drawn("ages", 1).values()][:5] == [ages[age] for age in AGES]
    loads = [count for one in reported.counts for count in one.by_person().values()]
    busiest = [held[0] for held in drawn("people", 2).values()]
    assert len(busiest) >= 5
    assert busiest == sorted(loads, reverse=True)[: len(busiest)]


def test_the_lists_of_the_status_workbook(reported: Reported, workbook: bytes):
    def per_register(name: str) -> Counter[str]:
        return Counter(row["Register"] for row in table(page(workbook, name)))

    def expected(count: Callable[[Recount], int]) -> Counter[str]:
        return +Counter({one.office.id: count(one) for one in reported.counts})

    assert per_register("records") == expected(lambda one: len(one.standing))
    assert per_register("overdue") == expected(lambda one: len(one.in_state("overdue")))
    assert per_register("stuck") == expected(lambda one: len(one.stuck()))
    for name, sheet in (("issues", "issues"), ("changes", "changes")):
        held = expected(
            lambda one, sheet=sheet: sum(  # type: ignore[misc]
                line.row is not None for line in one.office.lines[sheet]
            )
        )
        shown = Counter(
            row["Register"]
            for row in table(page(workbook, name))
            if name == "issues" or row["Change number"]
        )
        assert shown == held, name


def test_the_board(reported: Reported, tmp_path: Path, browser: Browser):
    inspected = [(one, inspect_register(one, reported.now)) for one in reported.registers]
    file = write_board(inspected, language="en", out=tmp_path / "board.html")
    with browser.visit(file) as visit:
        text = visit.page.inner_text("body")
        assert visit.is_quiet
    tiles = {name: int(count) for count, name in re.findall(r"^(\d+)\s+(.+)$", text, re.MULTILINE)}
    assert tiles["open"] == reported.total(lambda one: len(one.open))
    assert tiles["overdue"] == reported.total(lambda one: len(one.late_requirements()))
    assert tiles["due soon"] == reported.total(
        lambda one: len({due.line for due in one.in_state("due soon")})
    )
    statuses = reported.counted(lambda one: one.by("status"))
    shown = {
        code: re.search(rf"^{CHOICES['status'].label(code, 'en')}\n(\d+)$", text, re.MULTILINE)
        for code in CHOICES["status"].codes
    }
    assert {code: int(found[1]) for code, found in shown.items() if found} == statuses


def weekly_text(reported: Reported) -> str:
    (mail,) = prepare_weekly(reported.registers, reported.now).mails
    return text_of(mail.message)


def text_of(message: Message) -> str:
    """A mail's plain text, with line ends as in a text."""
    mail = message_from_bytes(message.content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def late_of(one: Recount) -> list[Requirement]:
    late = one.late_requirements()
    return [it for it in one.open if it.id in late]


def folded(counts: Counter[str]) -> Counter[str]:
    """Names of several registers that are spelled alike, as one."""
    held: Counter[str] = Counter()
    for name, count in counts.items():
        held[fold(name)] += count
    return held


def _rows(text: str) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """The two tables of figures: of the week and the week before, of today and a week ago."""
    found: list[dict[str, tuple[int, int]]] = []
    for heading, lines in re.findall(r"^\[(.+)\]\n((?:.+\n)+)", text, re.MULTILINE):
        rows = re.findall(r"^(.+): (\d+) \(.+?: (\d+)", lines, re.MULTILINE)
        found.append({name: (int(now), int(before)) for name, now, before in rows})
        assert heading
    week, standing = found
    return week, standing


def _bars(text: str, heading: str) -> dict[str, tuple[int, int]]:
    lines = re.search(rf"^== {heading} ==\n((?:.+\n)+)", text, re.MULTILINE)
    assert lines
    rows = re.findall(r"^(.+): (\d+)(?: \((\d+) .*\))?$", lines[1], re.MULTILINE)
    return {name: (int(count), int(late or 0)) for name, count, late in rows}
