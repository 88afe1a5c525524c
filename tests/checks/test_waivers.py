"""A waiver sets findings of one record aside until its day, and not a day longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from cases import book, clean, progress_line

from xlflow.checks import blocks_number, check
from xlflow.checks.waivers import Judged, Waivers
from xlflow.languages import LANGUAGES
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar

CALENDAR = WorkingCalendar.of("CN")
NOON = datetime.fromisoformat("2026-03-18T12:00:00+08:00")
VAGUE = {"goal": "Improve the experience"}


def with_waivers(*given: dict[str, Any], register_id: str = "main") -> Settings:
    waiver = {"number": "2024-015", "rules": "vague-wording", "reason": "Agreed."}
    return Settings.model_validate(
        {
            "register": {"path": "register.xlsx", "id": register_id},
            "waivers": [
                {"until": "2026-03-18"}
                | ({key: held for key, held in waiver.items() if key not in one} | one)
                for one in given
            ],
        }
    )


def judged(register: Register, settings: Settings, now: datetime = NOON) -> Judged:
    findings = check(register, settings, now, calendar=CALENDAR)
    return Waivers.of(settings, register, now).judge(findings)


def test_a_waived_finding_is_not_counted_but_kept_with_its_reason() -> None:
    held = judged(book(clean(**VAGUE)), with_waivers({}))
    assert held.findings == ()
    (one,) = held.waived
    assert (one.finding.rule, one.reason, one.until) == (
        "vague-wording",
        "Agreed.",
        date(2026, 3, 18),
    )
    assert one.to_dict("en")["waiver"] == {"reason": "Agreed.", "until": "2026-03-18"}
    assert held.notes == ()


def test_other_rules_and_other_records_are_not_waived() -> None:
    rows = (clean(**VAGUE, interruption=None), clean(number="2024-016", title="B", **VAGUE))
    held = judged(book(*rows), with_waivers({}))
    assert [(one.row, one.rule) for one in held.findings] == [
        (4, "high-without-interruption"),
        (5, "vague-wording"),
    ]


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        ("2026-03-18T23:59:59+08:00", False),
        ("2026-03-19T00:00:00+08:00", True),
        ("2026-03-18T23:00:00+00:00", True),  # it is the 19th where the company is
    ],
)
def test_a_waiver_holds_to_the_end_of_its_day_and_is_told_once_then(
    moment: str, counts: bool
) -> None:
    register = book(clean(**VAGUE, criteria="Looks better"))
    held = judged(register, with_waivers({}), datetime.fromisoformat(moment))
    assert bool(held.findings) == counts
    assert [note.kind for note in held.notes] == (["ended"] if counts else [])
    for note in held.notes:
        for language in LANGUAGES:
            assert "2026-03-18" in note.message(language)
            assert "2024-015" in note.message(language)


def test_a_waiver_of_an_unknown_number_is_told() -> None:
    held = judged(book(clean()), with_waivers({"number": "2024-099"}))
    (note,) = held.notes
    assert (note.kind, note.record, note.rules) == ("of-nobody", "2024-099", "vague-wording")
    assert "2024-099" in note.to_dict("en")["message"]


def test_lines_of_the_record_are_waived_too() -> None:
    register = book(clean("testing"), progress=(progress_line(text=None),))
    assert judged(register, with_waivers({})).findings
    held = judged(register, with_waivers({"rules": ["line-incomplete"]}))
    assert (held.findings, len(held.waived)) == ((), 1)


def test_a_finding_of_a_record_that_vanished_is_waived_by_its_number() -> None:
    settings = with_waivers({"number": "2024-099"})
    register = book(clean(**VAGUE))
    (found,) = check(register, settings, NOON, calendar=CALENDAR)
    gone = replace(found, number="2024-099", row=0)
    held = Waivers.of(settings, register, NOON).judge([gone])
    assert (held.findings, len(held.waived), held.notes) == ((), 1, ())


def test_a_record_without_a_number_is_waived_by_title_and_gets_its_number() -> None:
    row = clean(number=None, title="訂單 同步", goal=None)
    settings = with_waivers(
        {"number": None, "title": "订单  同步", "rules": "submission-incomplete"}
    )
    findings = check(book(row), settings, NOON, calendar=CALENDAR)
    held = Waivers.of(settings, book(row), NOON).judge(findings)
    assert blocks_number(findings) == {4}
    assert blocks_number(held.findings) == frozenset()
    assert "number-withheld" not in [one.rule for one in findings]
    assert held.notes == ()


def test_a_waiver_by_title_holds_when_the_record_has_its_number_and_for_its_lines() -> None:
    settings = with_waivers({"number": None, "title": "T", "rules": "line-incomplete"})
    register = book(clean("testing", title="T"), progress=(progress_line(text=None),))
    held = judged(register, settings)
    assert (held.findings, len(held.waived), held.notes) == ((), 1, ())


def test_a_waiver_of_an_unknown_title_is_told() -> None:
    held = judged(book(clean(**VAGUE, title="T")), with_waivers({"number": None, "title": "U"}))
    assert len(held.findings) == 1
    assert [(note.kind, note.record) for note in held.notes] == [("of-nobody", "U")]


def test_a_waiver_for_another_register_concerns_this_one_not() -> None:
    waiver = {"register": "other"}
    held = judged(book(clean(**VAGUE)), with_waivers(waiver))
    assert (len(held.findings), held.notes) == (1, ())
    held = judged(book(clean(**VAGUE)), with_waivers(waiver, register_id="OTHER"))
    assert held.findings == ()


def test_where_there_are_several_registers_the_number_may_be_in_another() -> None:
    settings = with_waivers({"number": "2024-099"}).model_copy(update={"siblings": ("other",)})
    assert judged(book(clean()), settings).notes == ()
    named = with_waivers({"number": "2024-099", "register": "main"})
    settings = named.model_copy(update={"siblings": ("other",)})
    assert [note.kind for note in judged(book(clean()), settings).notes] == ["of-nobody"]


@pytest.mark.parametrize("number", ["２０２４-015", "2024–015", " 2024-015 "])
def test_a_number_is_known_however_it_is_spelled(number: str) -> None:
    held = judged(book(clean(number=number, **VAGUE)), with_waivers({}))
    assert [one.finding.rule for one in held.waived] == ["vague-wording"]
    assert judged(book(clean(**VAGUE)), with_waivers({"number": number})).findings == ()


def test_own_rules_are_waived_as_others_are() -> None:
    given = with_waivers({"rules": ["own"]})
    rule = {"id": "own", "demand": "length(title) < 3", "message": "x"}
    settings = Settings.model_validate(
        {
            "register": {"path": "a.xlsx"},
            "rules": [rule],
            "waivers": [one.model_dump(by_alias=True) for one in given.waivers],
        }
    )
    held = judged(book(clean()), settings)
    assert (held.findings, len(held.waived)) == ((), 1)
