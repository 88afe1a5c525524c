"""Slips: one cell of a requirement typed wrong, and the rule that must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from simulation.office import Requirement
from simulation.workdays import next_off

MAIN = ("submitted", "assessing", "designing", "developing", "testing", "live", "closed")
BUILT = MAIN[3:5]


@dataclass(frozen=True)
class Slip:
    """`wrong` gives what is typed; None empties the cell. `needs`: when it can happen."""

    rule: str
    key: str
    statuses: tuple[str, ...]
    wrong: Callable[[Requirement], Any]
    needs: Callable[[Requirement], bool] = lambda r: True


def _nothing(r: Requirement) -> None:
    return None


def _in(**texts: str) -> Callable[[Requirement], Any]:
    """The text in the language of the register."""
    return lambda r: texts[r.office.language.replace("-", "_")]


def _is(key: str, *codes: str) -> Callable[[Requirement], bool]:
    return lambda r: r.code(key) in codes


def _is_fresh(r: Requirement) -> bool:
    """Nobody has signed yet."""
    return not (r.cells.get("business_signed_on") or r.cells.get("technical_signed_on"))


def _is_signed(r: Requirement) -> bool:
    return bool(r.baselines) and not r.requests


def _assessed_too_early(r: Requirement) -> date:
    """A day that is not the right one with day and month exchanged."""
    day: date = r.cells["confirmed_on"] - timedelta(days=1)
    while day.day <= 12:
        day -= timedelta(days=1)
    return day


def _is_late_in_month(r: Requirement) -> bool:
    return r.cells["confirmed_on"].day > 13


def _in_future(r: Requirement) -> date:
    day = r.office.day + timedelta(days=20)
    while day.day <= 12:
        day += timedelta(days=1)
    return day


def _live_on(r: Requirement) -> date:
    value: date = r.cells["live_on"]
    return value.date() if isinstance(value, datetime) else value


_ESTIMATED = lambda r: "estimate" in r.cells  # noqa: E731
_NAMED = _in(en="John Smith", zh_Hans="张三丰", zh_Hant="張三豐")
_VAGUE = _in(en="Improve the experience", zh_Hans="提升用户体验", zh_Hant="提升使用者體驗")
_NO_MEASURE = _in(en="The list stands there", zh_Hans="清单放在那里", zh_Hant="清單放在那裡")
_LONG = _in(en="A title " * 9, zh_Hans="一个太长的名称" * 4, zh_Hant="一個太長的名稱" * 4)
_OFF_LIST = _in(en="Sky-blue", zh_Hans="天蓝色的", zh_Hant="天藍色的")
_LATER = _in(en="soon after Easter", zh_Hans="过了节再说", zh_Hant="過了節再說")
_UNIT = _in(en="2 days", zh_Hans="2天", zh_Hant="2天")

SLIPS = (
    Slip("choice-off-list", "priority", MAIN, _OFF_LIST),
    Slip("choice-off-list", "type", MAIN[:3], _OFF_LIST),
    Slip("date-as-text", "expected_on", MAIN[:6], _LATER),
    Slip("date-as-text", "confirmed_on", MAIN[1:6], lambda r: f"{r.cells['confirmed_on']}"),
    Slip("date-two-digit-year", "assessed_on", MAIN[2:6], lambda r: "24-3-5"),
    Slip("date-as-number", "submitted_on", MAIN[1:6], lambda r: 20240301),
    Slip("name-not-masked", "requester", MAIN, _NAMED),
    Slip("name-not-masked", "owner", MAIN[2:], _NAMED),
    Slip("title-too-long", "title", MAIN[:2], lambda r: _LONG(r).strip(), _is_fresh),
    Slip("vague-wording", "goal", MAIN[:3], _VAGUE, _is_fresh),
    Slip("vague-wording", "benefit", MAIN, _VAGUE),
    Slip("nothing-measurable", "goal", MAIN[:3], _NO_MEASURE, _is_fresh),
    Slip("placeholder", "background", MAIN, lambda r: "TBD"),
    Slip("text-as-formula", "resources", MAIN[2:], lambda r: "=SUM(A1:A9)"),
    Slip("submission-incomplete", "benefit", MAIN, _nothing),
    Slip("confirmation-incomplete", "contact", MAIN[1:], _nothing),
    Slip("assessment-incomplete", "owner", MAIN[2:], _nothing),
    Slip("solution-incomplete", "design_owner", MAIN[3:], _nothing),
    Slip("acceptance-incomplete", "rollback", MAIN[5:], _nothing),
    Slip("closure-incomplete", "monitoring", MAIN[6:], _nothing),
    Slip("closure-not-confirmed", "business_closed", MAIN[6:], lambda r: "no"),
    Slip("closed-too-early", "closed_on", MAIN[6:], _live_on),
    Slip("high-without-interruption", "interruption", MAIN, _nothing, _is("priority", "high")),
    Slip(
        "infeasible-without-reason", "infeasible_reason", MAIN[2:], _nothing, _is("feasible", "no")
    ),
    Slip(
        "infeasible-without-alternative", "alternative", MAIN[2:], _nothing, _is("feasible", "no")
    ),
    Slip("fix-without-root-cause", "root_cause", MAIN[3:], _nothing, _is("type", "fix")),
    Slip("fail-without-reason", "failure", BUILT, _nothing, _is("result", "fail")),
    Slip("fail-without-date", "rectify_by", BUILT, _nothing, _is("result", "fail")),
    Slip("blocked-without-reason", "blocked_reason", ("blocked",), _nothing),
    Slip("blocked-by-half", "mark", ("blocked",), lambda r: "in-progress"),
    Slip("mark-after-golive", "mark", MAIN[5:], lambda r: "in-progress"),
    Slip("live-without-pass", "result", MAIN[5:], lambda r: "fail"),
    Slip("days-not-a-number", "core_days", MAIN[2:], _UNIT, _ESTIMATED),
    Slip("days-impossible", "other_days", MAIN[2:], lambda r: -1, _ESTIMATED),
    Slip(
        "estimate-not-the-sum",
        "core_days",
        MAIN[2:],
        lambda r: r.cells["core_days"] + 1,
        _ESTIMATED,
    ),
    Slip(
        "estimate-outside-band",
        "complexity",
        MAIN[2:],
        lambda r: "low" if r.code("complexity") == "high" else "high",
        _ESTIMATED,
    ),
    Slip("recorded-in-future", "confirmed_on", MAIN[1:6], _in_future),
    Slip("recorded-out-of-order", "assessed_on", MAIN[2:6], _assessed_too_early, _is_late_in_month),
    Slip("scope-changed", "goal", MAIN[3:6], lambda r: r.says("goal") + ".", _is_signed),
    Slip("scope-changed", "solution", MAIN[3:7], lambda r: r.says("solution") + "!", _is_signed),
    Slip(
        "due-on-day-off",
        "golive_due",
        MAIN[3:5],
        lambda r: next_off(r.cells["golive_due"]),
        _is_signed,
    ),
    Slip(
        "schedule-out-of-order",
        "development_due",
        MAIN[3:5],
        lambda r: r.cells["design_due"] - timedelta(days=1),
        lambda r: _is_signed(r) and r.cells["design_due"].day > 13,
    ),
)
