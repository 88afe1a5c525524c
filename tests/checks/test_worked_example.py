"""The worked example yields what a careful person would say of it, and nothing else."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from cases import clean
from registers import register

from xlflow.checks import Finding, check, check_text
from xlflow.languages import LANGUAGES, Language
from xlflow.record.example import worked_example, worked_progress
from xlflow.record.register import Register
from xlflow.record.stages import MAIN_LINE
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar

SETTINGS = default_settings()
CALENDAR = WorkingCalendar.of("CN")


def example(language: Language) -> Register:
    row = worked_example(language)
    return register(
        [row],
        progress=worked_progress(language),
        language=language,
        departments=(row["department"],),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_worked_example_has_two_days_off(language: Language, now: datetime) -> None:
    findings = check(example(language), SETTINGS, now, calendar=CALENDAR)
    assert [(found.rule, found.severity, found.field, found.found) for found in findings] == [
        ("recorded-on-day-off", "info", "assessed_on", date(2024, 3, 2)),
        ("due-on-day-off", "warning", "development_due", date(2024, 3, 10)),
    ]


def test_the_worked_example_is_told_plainly(now: datetime) -> None:
    def told(language: Language) -> list[str]:
        findings = check(example(language), SETTINGS, now, calendar=CALENDAR)
        return check_text(findings, language).splitlines()

    assert told("zh-Hans") == [
        "【开发完成日期】2024-03-10 是星期日，不是工作日：改为工作日，如 2024-03-11。",
        "【评估日期】2024-03-02 是星期六，不是工作日：核对日期，无误则不必改。",
    ]
    assert told("zh-Hant") == [
        "【開發完成日期】2024-03-10 是星期日，不是工作日：改為工作日，如 2024-03-11。",
        "【評估日期】2024-03-02 是星期六，不是工作日：核對日期，無誤則不必改。",
    ]
    assert told("en") == [
        (
            "【Development due】2024-03-10 is a Sunday, and a day off: "
            "choose a working day, such as 2024-03-11."
        ),
        (
            "【Assessed on】2024-03-02 is a Saturday, and a day off: "
            "check the date; leave it if it is right."
        ),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", MAIN_LINE)
def test_a_clean_record_has_no_finding(status: str, language: Language, now: datetime) -> None:
    row = clean(status, language)
    book = register(
        [row],
        progress=worked_progress(language),
        language=language,
        departments=(row["department"],),
    )
    assert _told(check(book, SETTINGS, now, calendar=CALENDAR)) == []


def test_a_submission_of_today_is_clean(now: datetime) -> None:
    keys = ("title", "department", "requester", "type", "background", "goal", "description")
    row = {key: clean()[key] for key in (*keys, "benefit", "priority", "interruption", "status")}
    row |= {"submitted_on": date(2026, 3, 18), "expected_on": date(2026, 4, 15)}
    assert _told(check(register([row]), SETTINGS, now, calendar=CALENDAR)) == []


def _told(findings: list[Finding]) -> list[str]:
    return [f"{found.cell} {found.rule}: {found.message('en')}" for found in findings]
