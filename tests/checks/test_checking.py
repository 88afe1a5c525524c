"""The runner: findings with their cells, severities, crashes, and what stops a number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from cases import book, clean, issue, progress_line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registers import register

from xlflow.checks import Finding, blocks_number, check, check_text, rules
from xlflow.checks.finding import CRASHED
from xlflow.checks.rule import rule
from xlflow.checks.view import View
from xlflow.languages import LANGUAGES
from xlflow.record.fields import SHEETS
from xlflow.record.register import CellError
from xlflow.settings import Settings, default_settings
from xlflow.timing.calendar import WorkingCalendar

CALENDAR = WorkingCalendar.of("CN")
NOW = datetime.fromisoformat("2026-03-18T10:00:00+08:00")


def found_in(*rows: dict[str, Any], severities: dict[str, str] | None = None) -> list[Finding]:
    return check(book(*rows), with_severities(severities or {}), NOW, calendar=CALENDAR)


def with_severities(severities: dict[str, str]) -> Settings:
    return Settings.model_validate(
        {"register": {"path": "register.xlsx"}, "severities": severities}
    )


def test_a_finding_says_where_what_and_who() -> None:
    (found,) = found_in(clean("designing", estimate=9, core_days=8, golive_due=None))
    assert found.to_dict("zh-Hans") == {
        "file": "register.xlsx",
        "sheet": "Register",
        "cell": "Register!AD4",
        "row": 4,
        "number": "2024-015",
        "field": "estimate",
        "status": "designing",
        "rule": "estimate-outside-band",
        "severity": "error",
        "message": "预估工期 9 天不在“中”的 4–7 天之内：改工期或改复杂度。",
        "found": 9,
        "expected": None,
        "owner": "Z. *",
    }


def test_findings_come_in_reading_order() -> None:
    lines = (progress_line(text=None), progress_line(date="2024.3.8"))
    rows = (
        clean(goal=None, title=None),
        clean(number="2024-016", title=None, department="Finance"),
    )
    findings = check(
        book(*rows, progress=lines, issues=[issue(owner=None)]), default_settings(), NOW
    )
    assert [found.cell for found in findings] == [
        "Register!B4",
        "Register!P4",
        "Register!B5",
        "Progress!D6",
        "Progress!B7",
        "Issues!H4",
    ]


def test_a_finding_on_a_line_knows_its_record() -> None:
    (found,) = check(book(clean("developing"), issues=[issue(owner=None)]), default_settings(), NOW)
    assert (found.number, found.status, found.owner) == ("2024-015", "developing", "Z. *")


def test_a_blank_cell_of_a_later_step_is_never_blamed() -> None:
    early = {field.key: None for field in SHEETS["register"] if field.module in ("assessment",)}
    assert found_in(clean("assessing") | early | {"business_signed_on": None}) == []


def test_each_condition_is_blamed_once() -> None:
    row = clean("designing", assessed_on="2024.2.27", expected_on=CellError("#N/A"), owner="TBD")
    assert [(found.field, found.rule) for found in found_in(row)] == [
        ("expected_on", "error-cell"),
        ("owner", "placeholder"),
        ("assessed_on", "date-as-text"),
    ]


def test_blank_lines_and_stray_error_values_are_no_records() -> None:
    stray = {"goal": CellError("#REF!"), "title": "  "}
    rules_found = [found.rule for found in found_in(clean(), {}, stray, {"check": "OK"})]
    assert rules_found == []


def test_only_errors_of_the_submission_stop_the_number() -> None:
    findings = found_in(
        clean("developing", number=None, solution=None),
        clean(number=None, title="B", goal=None),
        clean(number=None, title="C", goal="Improve the experience"),
        clean("assessing", number=None, title="D", expected_on="soon"),
    )
    assert blocks_number(findings) == {5, 7}
    assert [found.row for found in findings if found.rule == "number-withheld"] == [7]


def test_settings_change_a_severity_or_drop_the_rule() -> None:
    row = clean(title="x" * 61)
    assert [found.severity for found in found_in(row)] == ["error"]
    changed = found_in(row, severities={"title-too-long": "warning"})
    assert [found.severity for found in changed] == ["warning"]
    assert blocks_number(changed) == frozenset()
    assert found_in(row, severities={"title-too-long": "off"}) == []


def test_a_rule_that_crashes_is_reported_and_the_others_go_on() -> None:
    @rule("broken", fields="goal", source="ours")
    def broken(r: View) -> Any:
        """Never true."""
        raise ZeroDivisionError("nothing to divide")

    findings = check(book(clean(goal=None)), default_settings(), NOW, rules=(broken, *rules()))
    crash, missing = findings
    assert (crash.rule, crash.severity, crash.row) == (CRASHED, "error", 0)
    assert isinstance(crash.cause, ZeroDivisionError)
    assert all("broken" in crash.message(language) for language in LANGUAGES)
    assert missing.rule == "submission-incomplete"
    assert blocks_number([crash]) == frozenset()


def test_without_a_calendar_rules_about_working_days_say_nothing() -> None:
    row = clean("closed", closed_on=date(2024, 3, 16))
    assert check(book(row), default_settings(), NOW) == []


def test_a_moment_of_today_is_not_in_the_future() -> None:
    lines = [
        issue(raised_at=datetime.fromisoformat(at), state="in progress", solved_on=None)
        for at in ("2026-03-18T09:59", "2026-03-18T10:01")
    ]
    findings = check(book(clean(), issues=lines), default_settings(), NOW)
    assert [(found.rule, found.row) for found in findings if found.field == "raised_at"] == [
        ("recorded-in-future", 5)
    ]


def test_traditional_and_english_words_count_in_a_simplified_register() -> None:
    assert found_in(clean(status="developing") | {"status": "開發中", "type": "緊急"}) == []


def test_the_check_text_has_errors_first_and_an_end() -> None:
    assert [check_text([], language) for language in LANGUAGES] == ["检查通过", "檢查通過", "OK"]
    row = dict.fromkeys(clean()) | {"title": "x" * 61, "status": "Closed"}
    findings = found_in(row)
    lines = check_text(findings, "en").splitlines()
    assert len(lines) == 13
    assert lines[0].startswith("【Title】61 characters, 60 at most")
    assert lines[-1] == f"{len(findings) - 12} more: mend these first, then look again."
    assert len(check_text([replace(findings[0], values={"length": "9" * 99_999})], "en")) <= 32_000


def test_a_long_value_is_cut_in_the_message_and_whole_in_json() -> None:
    (found,) = found_in(clean(requester="John Smith of Marketing " * 9))
    assert len(found.message("en")) < 200
    assert found.to_dict("en")["found"] == found.found


CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        ["2024-015", "TBD", "無", "Closed", "已上線", "fix", "TRUE", "=A1", "2024.3.1"]
    ),
    st.text("\ue000\ue001\0\n .。;；1一年月", max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.builds(CellError, st.sampled_from(["#REF!", "#N/A"])),
)


def _lines(sheet: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    keys = [field.key for field in SHEETS[sheet]]
    base = [{}, clean("closed")] if sheet == "register" else [{}, {"number": "2024-015"}]
    line = st.builds(
        lambda held, changes: held | changes,
        st.sampled_from(base),
        st.dictionaries(st.sampled_from(keys), CELLS, max_size=12),
    )
    return st.lists(line, max_size=4)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_lines("register"), _lines("progress"), _lines("issues"), _lines("changes"))
def test_no_cell_crashes_a_rule_or_puts_blame_where_nothing_is(
    rows: list[dict[str, Any]],
    progress: list[dict[str, Any]],
    issues: list[dict[str, Any]],
    changes: list[dict[str, Any]],
) -> None:
    held = register(rows, progress=progress, issues=issues, changes=changes)
    findings = check(held, default_settings(), NOW, calendar=CALENDAR)
    assert [found.cause for found in findings if found.rule == CRASHED] == []
    frames = {table.sheet: table.frame for table in held.tables}
    for found in findings:
        frame = frames[found.table]
        assert found.row in frame.index
        assert frame.loc[found.row].notna().any()
        for language in LANGUAGES:
            json.dumps(found.to_dict(language))
    assert np.all(np.diff([list(frames).index(found.table) for found in findings]) >= 0)
