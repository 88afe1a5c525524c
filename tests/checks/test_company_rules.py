"""A company's own rules find what breaks them, and are told as all others are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from cases import book, clean, issue, progress_line

from xlflow.checks import Finding, blocks_number, check, rules
from xlflow.languages import LANGUAGES, entry
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar

CALENDAR = WorkingCalendar.of("CN")
NOW = datetime.fromisoformat("2026-03-18T10:00:00+08:00")


def with_rules(*given: dict[str, Any], **sections: Any) -> Settings:
    held = [{"id": f"own-{n}", "message": "Mend it."} | one for n, one in enumerate(given)]
    return Settings.model_validate(
        {"register": {"path": "register.xlsx"}, "rules": held, **sections}
    )


def found_by(register: Register, *given: dict[str, Any], **sections: Any) -> list[Finding]:
    settings = with_rules(*given, **sections)
    findings = check(register, settings, NOW, calendar=CALENDAR)
    return [one for one in findings if one.rule.startswith("own-")]


def breaks(demand: str, *rows: dict[str, Any], when: str = "", **given: Any) -> list[int]:
    """The rows in which `demand` is faulted."""
    return [one.row for one in found_by(book(*rows), {"demand": demand, "when": when, **given})]


def test_a_record_that_breaks_the_demand_is_faulted_in_the_field() -> None:
    (found,) = found_by(
        book(clean("designing", estimate=12, core_days=8, other_days=4, complexity="high")),
        {
            "when": "estimate > 10 and priority == 'high'",
            "demand": "resources contains 'cost center' and core_days <= 0.8 * estimate",
            "field": "resources",
            "since": "designing",
            "severity": "warning",
            "message": "Name the cost center that pays for {estimate} days ({Priority}).",
        },
    )
    assert (found.field, found.severity, found.step) == ("resources", "warning", "designing")
    assert found.cell == "Register!AA4"
    assert found.message("en") == "Name the cost center that pays for 12 days (High)."
    assert found.message("zh-Hant").endswith("(高).")
    assert found.to_dict("en")["rule"] == "own-0"


def test_the_first_field_of_the_demand_is_named_by_default() -> None:
    (found,) = found_by(book(clean(goal="None", title="B")), {"demand": "goal != 'none'"})
    assert found.field == "goal"


@pytest.mark.parametrize(
    ("demand", "changes"),
    [
        ("estimate > 10", {"estimate": None}),
        ("estimate > 10", {"estimate": "twelve"}),
        ("estimate / 0 > 10", {}),
        ("not (title contains 'sync')", {"title": None}),
        ("expected_on > 2030-01-01", {"expected_on": "soon"}),
        ("priority == 'low'", {"priority": "urgent!"}),
        ("core_days > 100 or estimate > 10", {"estimate": None, "core_days": 5}),
    ],
)
def test_what_is_unknown_breaks_no_demand(demand: str, changes: dict[str, Any]) -> None:
    assert breaks(demand, clean("designing") | changes) == []


@pytest.mark.parametrize(
    ("demand", "changes"),
    [
        ("estimate > 10 and filled(estimate)", {"estimate": None}),
        ("resources != ''", {"resources": " "}),
        ("length(resources) > 3", {"resources": None}),
        ("estimate > 10 and core_days > 100", {"estimate": None, "core_days": 5}),
        ("live_on - submitted_on < 14", {"live_on": date(2024, 3, 15)}),
        ("workdays(submitted_on, expected_on) >= 20", {"expected_on": date(2024, 3, 15)}),
        ("submitted_on + 14 >= expected_on", {"expected_on": date(2024, 4, 15)}),
        ("expected_on >= today()", {}),
        ("type in ['fix', '紧急']", {}),
        ("title matches '订单*' or title matches 'order*'", {"title": "Re: order"}),
        ("business_closed == true", {"business_closed": "no"}),
        ("department == 'ＦＩＮＡＮＣＥ'", {"department": "Marketing"}),
        ("core_days < other_days < estimate", {"core_days": 3, "other_days": 2}),
        ("not reached('评估中')", {}),
        ("requester != contact", {"requester": "* 经理", "contact": "＊ 經理"}),
    ],
)
def test_what_is_false_breaks_the_demand(demand: str, changes: dict[str, Any]) -> None:
    assert breaks(demand, clean("designing") | changes) == [4]


def test_a_record_of_which_the_condition_is_unknown_is_not_looked_at() -> None:
    rows = (clean("designing"), clean("designing", title="B") | {"estimate": None})
    assert breaks("risk contains 'cost'", *rows, when="estimate < 100") == [4]


def test_a_rule_applies_from_its_status_on() -> None:
    rows = (clean("submitted"), clean("developing", title="B"))
    assert breaks("1 > 2", *rows, field="title", since="designing") == [5]


def test_lines_of_a_record_are_counted() -> None:
    held = book(clean("testing"), progress=(progress_line(),))  # besides the one that it has
    assert not found_by(held, {"demand": "lines('进度更新') >= 2", "field": "title"})
    (found,) = found_by(held, {"demand": "lines('progress') > 2", "field": "title"})
    assert found.row == 4


def test_a_rule_may_look_at_lines() -> None:
    held = book(clean("testing"), issues=[issue(measure="Ask"), issue(measure="Call the bank")])
    (found,) = found_by(held, {"sheet": "issues", "demand": "length(measure) > 5"})
    assert (found.table, found.row, found.field) == ("issues", 4, "measure")


def test_a_rule_for_lines_applies_from_a_status_of_their_record_on() -> None:
    rows = (clean("developing"), clean("testing", number="2024-016", title="B"))
    lines = (progress_line("2024-016"), progress_line("2024-099"))
    rule = {"sheet": "progress", "demand": "length(text) > 60", "since": "testing"}
    held = book(*rows, progress=lines)
    assert [(one.row, one.number) for one in found_by(held, rule)] == [
        (5, "2024-016"),
        (6, "2024-016"),
    ]


def test_an_error_of_the_submission_stops_the_number() -> None:
    row = clean(number=None)
    findings = found_by(book(row), {"demand": "length(title) < 3"})
    assert blocks_number(findings) == {4}
    assert blocks_number(found_by(book(row), {"demand": "length(core_days) > 3"})) == frozenset()


def test_severities_hold_for_own_rules_too() -> None:
    rule = {"demand": "length(title) < 3"}
    (changed,) = found_by(book(clean()), rule, severities={"own-0": "info"})
    assert changed.severity == "info"
    assert not found_by(book(clean()), rule, severities={"own-0": "off"})
    assert not found_by(book(clean()), rule | {"severity": "off"})
    (again,) = found_by(book(clean()), rule | {"severity": "off"}, severities={"own-0": "error"})
    assert again.severity == "error"


def test_own_rules_stand_before_those_on_numbers() -> None:
    held = rules(with_rules({"demand": "goal != ''"}))
    ids = [one.id for one in held]
    assert ids.index("alternative-without-duration") < ids.index("own-0")
    assert ids.index("own-0") < ids.index("number-malformed")


def test_a_rule_is_listed_as_the_companys_own() -> None:
    message = {"en": "Only {estimate} days.", "zh-Hant": "只有 {estimate} 天。"}
    settings = with_rules({"when": "goal != ''", "demand": "estimate > 3", "message": message})
    told = next(one for one in rules(settings) if one.id == "own-0").to_dict("zh-Hans")
    assert told["title"] == "只有 【预估工期】 天。"
    assert told["source"] == "公司自定规则"
    assert told["statement"] == "goal != '' → estimate > 3"
    assert told["company"] is True
    assert not any(one.to_dict("en")["company"] for one in rules())


def test_a_message_shows_nothing_but_its_fields() -> None:
    message = "{{goal}} {goal} {estimate} {submitted_on} {title}"
    row = clean(goal="{title} {0.__class__}", estimate=None, title="T")
    (found,) = found_by(book(row), {"demand": "length(title) > 3", "message": message})
    assert found.message("en") == "{goal} {title} {0.__class__} — 2024-03-01 T"


def test_every_rule_of_xlflow_has_its_texts_and_no_other() -> None:
    ids = {one.id for one in rules()}
    for language in LANGUAGES:
        assert ids <= set(entry(language, "checks.rule"))


def test_fields_of_the_companys_own_are_seen_by_their_kind() -> None:
    settings = with_rules(
        {
            "when": "工厂 == 'Shanghai'",
            "demand": "cost_centre matches '47??' and budget <= 2 * core_days",
            "message": "{Cost centre} of {plant}: {budget}",
        },
        fields=[
            {"key": "cost_centre", "label": "Cost centre"},
            {"key": "budget", "label": "Budget", "kind": "number"},
            {
                "key": "plant",
                "label": {"en": "Plant", "zh-Hans": "工厂"},
                "kind": "choice",
                "choices": ["Hamburg", "Shanghai"],
            },
        ],
    )
    own = {"plant": "shanghai", "cost_centre": "4711", "budget": 10, "core_days": 5}
    rows = (
        clean("designing", **own),
        clean("designing", title="B", **own | {"budget": 10.5}),
        clean("designing", title="C", **own | {"budget": 99, "plant": "Hamburg"}),
    )
    held = book(*rows, schema=settings.schema)
    found = [one for one in check(held, settings, NOW, calendar=CALENDAR) if one.rule == "own-0"]
    assert [(one.row, one.field) for one in found] == [(5, "cost_centre")]
    assert found[0].message("en") == "4711 of Shanghai: 10.5"


def test_a_column_that_the_workbook_lacks_accuses_no_record() -> None:
    own = {"key": "cost_centre", "label": "Cost centre"}
    rule = {"demand": "filled(cost_centre)"}
    settings = with_rules(rule, {"demand": "length(title) < 3"}, fields=[own])
    held = book(clean(), schema=settings.schema)
    columns = {key: at for key, at in held.requirements.columns.items() if key != own["key"]}
    held = replace(held, requirements=replace(held.requirements, columns=columns))
    found = [one.rule for one in check(held, settings, NOW, calendar=CALENDAR)]
    assert found == ["company-column-absent", "own-1"]
