"""Each figure of the status workbook against a count over the register's own cells.

Nothing here asks what the reports counted: the register's frames are gone through cell by cell.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

import pytest
from samples import CALENDAR, SETTINGS, sample, standing_of, view_of
from workbooks import page, small_table, table

from xlflow.checks.checking import check
from xlflow.languages import say
from xlflow.record.choices import CHOICES
from xlflow.record.register import Register
from xlflow.reports.status.workbook import status_workbook
from xlflow.timing.deadlines import deadlines

SIZES = (60, 137, 211)
OPEN = ("submitted", "assessing", "designing", "developing", "testing", "live", "blocked")


@pytest.fixture(params=SIZES)
def register(request, language, now: datetime) -> Register:
    return sample(request.param, language, now)


@pytest.fixture
def content(register: Register, now: datetime) -> bytes:
    return status_workbook([standing_of(view_of(register, now))], register.language)


def rows(register: Register) -> list[dict[str, Any]]:
    """The records as they are typed."""
    frame = register.requirements.frame
    return [
        {"row": int(at), **held}
        for at, held in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def code(row: dict[str, Any], key: str, choices: str = "") -> str:
    held = row[key]
    return CHOICES[choices or key].parse(held) or "" if held else ""


def text(value: object) -> str:
    return "" if value is None else str(value).strip()


def open_rows(register: Register) -> list[dict[str, Any]]:
    return [row for row in rows(register) if code(row, "status") not in ("closed", "cancelled")]


def late_rows(register: Register, now: datetime) -> set[int]:
    found = deadlines(register, SETTINGS, CALENDAR, now)
    return {it.row for it in found if it.state == "overdue"}


def day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def working_days(start: date, end: date) -> int:
    """The working days after `start`, up to and with `end`."""
    return sum(
        CALENDAR.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)
    )


def figures(content: bytes, register: Register, name: str, count: int) -> dict[str, tuple]:
    language = register.language
    sheet = page(content, "figures", language)
    return small_table(sheet, say(language, f"reports.chart.{name}"), count)


def test_the_funnel_counts_the_open_records_of_each_status(content, register, now):
    found, late = open_rows(register), late_rows(register, now)
    shown = figures(content, register, "statuses", 2)
    for status in (*OPEN, ""):
        own = [row for row in found if code(row, "status") == status]
        label = CHOICES["status"].label(status, register.language) if status else ""
        name = label or say(register.language, "reports.unclear.status")
        if own or status:
            assert shown.pop(name) == (len(own), sum(row["row"] in late for row in own))
    assert shown == {}


def test_departments_and_people_count_their_open_records(content, register, now):
    found, late = open_rows(register), late_rows(register, now)
    departments, people = Counter(), Counter()
    late_of = Counter()
    for row in found:
        names = (text(row[key]) for key in ("owner", "contact", "requester", "department"))
        who = next(filter(None, names), "")
        people[who] += 1
        departments[text(row["department"])] += 1
        late_of[who] += row["row"] in late
    shown = figures(content, register, "departments", 2)
    assert sum(count for count, _ in shown.values()) == len(found)
    for name, count in departments.items():
        if name in shown:
            assert shown[name][0] == count
    shown = figures(content, register, "people", 2)
    most = sorted(people.values(), reverse=True)[: len(shown)]
    assert sorted((count for count, _ in shown.values()), reverse=True) == most
    for name, (count, late_count) in shown.items():
        if name in people:
            assert (people[name], late_of[name]) == (count, late_count)


def test_the_weeks_count_what_was_submitted_and_went_live(content, register, now):
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    shown = list(figures(content, register, "weeks", 4).values())
    assert len(shown) == 12
    for ago, (submitted, live, half, most) in enumerate(reversed(shown)):
        first = monday - timedelta(weeks=ago)
        last = min(first + timedelta(days=6), today)
        came = [
            row
            for row in rows(register)
            if (on := day(row["submitted_on"])) and first <= on <= last
        ]
        went = [
            row
            for row in rows(register)
            if code(row, "status") in ("live", "closed")
            and (on := day(row["live_on"]))
            and first <= on <= last
        ]
        took = sorted(
            working_days(start, end)
            for row in went
            if (start := day(row["submitted_on"])) and (end := day(row["live_on"])) and start <= end
        )
        assert (submitted, live) == (len(came), len(went))
        assert half == (median_low(took) if took else None)
        assert most == (took[-(-len(took) * 85 // 100) - 1] if took else None)


def test_the_ages_count_the_open_records(content, register, now):
    known = [on for row in open_rows(register) if (on := day(row["submitted_on"]))]
    ages = [working_days(on, now.date()) for on in known]
    bounds = ((0, 5), (6, 10), (11, 20), (21, 40), (41, 9999))
    expected = [sum(least <= age <= most for age in ages) for least, most in bounds]
    unknown = len(open_rows(register)) - len(known)
    shown = [count for (count,) in figures(content, register, "ages", 1).values()]
    assert shown == [*expected, *([unknown] if unknown else [])]


def test_the_tiles_count_what_stands_in_the_register(content, register, now):
    sheet = page(content, "summary", register.language)
    names = [cell.value for cell in sheet[5]]
    late = late_rows(register, now)
    for name, expected in (("open", len(open_rows(register))), ("late", len(late))):
        at = names.index(say(register.language, f"reports.tile.{name}")) + 1
        assert sheet.cell(6, at).value == expected


def test_the_board_has_a_card_for_each_open_record_in_the_column_of_its_status(content, register):
    language = register.language
    sheet = page(content, "board", language)
    statuses = Counter(code(row, "status") for row in open_rows(register))
    titles = {text(row["title"])[:20] for row in open_rows(register)}
    for at in range(1, sheet.max_column + 1):
        heading = sheet.cell(4, at).value
        status = next(
            (it for it in OPEN if heading.startswith(CHOICES["status"].label(it, language))), ""
        )
        column = [sheet.cell(row, at).value for row in range(5, sheet.max_row + 1)]
        numbers, texts = column[::2], column[1::2]
        shown = [number for number in numbers if number]
        assert len(shown) == statuses.pop(status)
        assert heading.endswith(("({})", "（{}）")[language != "en"].format(len(shown)))
        for card in filter(None, texts):
            assert any(card.startswith(title) for title in titles if title)
    assert statuses.total() == 0


def test_blocked_records_are_marked_on_the_board(content, register):
    language = register.language
    sheet = page(content, "board", language)
    marked = [
        sheet.cell(cell.row - 1, cell.column).value
        for row in sheet.iter_rows(min_row=5)
        for cell in row
        if cell.style == say(language, "reports.look.card-blocked")
    ]
    blocked = [
        row
        for row in open_rows(register)
        if code(row, "status") == "blocked" or code(row, "mark") == "blocked"
    ]
    expected = [
        text(row["number"]) or say(language, "reports.row", row=row["row"]) for row in blocked
    ]
    assert Counter(marked) == Counter(expected)


def lines(register: Register, sheet: str) -> list[dict[str, Any]]:
    return getattr(register, sheet).frame.to_dict("records")


def test_the_issue_log_holds_each_issue_with_its_age(content, register, now):
    language, label = register.language, register.schema.label
    listed = table(page(content, "issues", language))
    held = lines(register, "issues")
    assert len(listed) == len(held)
    state = label("state", language, "issues")
    days = say(language, "reports.column.open-days")
    opened = [row for row in held if code(row, "state", "issue-state") != "solved"]
    solved = CHOICES["issue-state"].label("solved", language)
    assert [row[state] == solved for row in listed] == [False] * len(opened) + [True] * (
        len(held) - len(opened)
    )
    ages = [row[days] for row in listed[: len(opened)] if row[days] is not None]
    expected = [(now.date() - on).days for row in opened if (on := day(row["raised_at"]))]
    assert ages == sorted((age for age in expected if age > 0), reverse=True)
    texts = Counter(text(row["issue"]) for row in held)
    assert Counter(text(row[label("issue", language, "issues")]) for row in listed) == texts


def test_the_changes_hold_each_request_and_how_it_stands(content, register):
    language, label = register.language, register.schema.label
    listed = table(page(content, "changes", language))
    approvals = ("business_approved_on", "technical_approved_on")
    kinds = {
        (True, True): "approved",
        (False, False): "waits-both",
        (False, True): "waits-business",
        (True, False): "waits-technical",
    }
    expected = Counter(
        (
            text(row["change_number"]),
            say(
                language,
                f"reports.approval.{kinds[tuple(day(row[key]) is not None for key in approvals)]}",
            ),
        )
        for row in lines(register, "changes")
    )
    number, stands = (
        label("change_number", language, "changes"),
        say(language, "reports.column.approval"),
    )
    assert Counter((text(row[number]), row[stands]) for row in listed) == expected


def test_the_findings_are_those_of_the_check(content, register, now):
    language = register.language
    found = check(register, SETTINGS, now, calendar=CALENDAR)
    listed = table(page(content, "findings", language))
    cell, mend = (say(language, f"reports.column.{name}") for name in ("cell", "mend"))
    expected = Counter((it.cell, it.message(language)) for it in found)
    assert Counter((row[cell], row[mend]) for row in listed) == expected


def test_the_errors_of_each_record_are_counted(content, register, now):
    language = register.language
    found = check(register, SETTINGS, now, calendar=CALENDAR)
    errors = Counter(it.row for it in found if it.severity == "error" and it.table == "register")
    listed = table(page(content, "records", language))
    shown = [row[say(language, "reports.column.faults")] or 0 for row in listed]
    assert shown == [errors[row["row"]] for row in rows(register)]


def test_overdue_tells_days_person_and_cell_of_each_deadline(content, register, now):
    language = register.language
    found = [it for it in deadlines(register, SETTINGS, CALENDAR, now) if it.state == "overdue"]
    listed = table(page(content, "overdue", language))
    names = [say(language, f"reports.column.{name}") for name in ("days-late", "responsible")]
    expected = Counter(
        (it.days_late, it.responsible or say(language, "reports.nobody")) for it in found
    )
    assert Counter(tuple(row[name] for name in names) for row in listed) == expected
