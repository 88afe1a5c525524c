"""Every fault that an expression can have is told, at its place."""

from __future__ import annotations

import pytest

from xlflow.expressions import Names, understand
from xlflow.languages import LANGUAGES, entry

CASES = [
    ("", [(0, "empty")]),
    ("   ", [(0, "empty")]),
    (f"goal == '{'x' * 1000}'", [(1000, "too-long")]),
    ("(" * 40 + "goal == ''" + ")" * 40, [(30, "too-deep")]),
    ("1" + " + 1" * 40 + " > estimate", [(120, "too-deep")]),
    ("estimate > 80%", [(13, "strange-sign")]),
    ("estimate = 3", [(9, "write-instead")]),
    ("estimate => 3 && core_days <> 2", [(at, "write-instead") for at in (9, 14, 27)]),
    ("priority == high", [(12, "write-instead")]),
    ("live_on > '2024-03-15'", [(10, "write-instead")]),
    ("live_on < today", [(10, "write-instead")]),
    ("goal == 'abc", [(8, "not-ended")]),
    ("`Core days > 3", [(0, "not-ended")]),
    (f"estimate < {'9' * 400}", [(11, "too-large")]),
    ("live_on > 2024-02-30", [(10, "no-such-day")]),
    ("estimate > 3 days", [(13, "unexpected")]),
    ("estimate > 3 == goal ==", [(23, "breaks-off")]),
    ("(estimate > 3", [(0, "not-closed")]),
    ("priority in ['high', 'low'", [(12, "not-closed")]),
    ("priority in 'high'", [(12, "no-list")]),
    ("priority in []", [(9, "empty-list")]),
    ("estimat > 3", [(0, "unknown-field")]),
    ("weather == 'fine'", [(0, "no-such-field")]),
    ("estimate > 3 and check != ''", [(17, "own-field")]),
    ("lenght(goal) > 3", [(0, "unknown-function")]),
    ("length(goal, title) > 3", [(0, "arguments")]),
    ("length('goal') > 3", [(7, "arguments")]),
    ("workdays(submitted_on, estimate) > 3", [(23, "arguments")]),
    ("lines('register') > 3", [(6, "unknown-sheet")]),
    ("priority in ['high', 'hgh']", [(21, "unknown-choice")]),
    ("reached('ready')", [(8, "unknown-choice")]),
    ("estimate > live_on or goal == 3", [(9, "not-comparable"), (27, "not-comparable")]),
    ("priority == type", [(9, "not-comparable")]),
    ("goal < 'x'", [(5, "no-order")]),
    ("priority >= 'medium'", [(9, "no-order")]),
    ("live_on + submitted_on > 3", [(8, "no-arithmetic")]),
    ("goal * 2 > 3", [(5, "no-arithmetic")]),
    ("-goal == 'x'", [(0, "no-number")]),
    ("estimate and core_days > 3", [(0, "no-condition")]),
    ("not goal", [(4, "no-condition")]),
    ("(estimate > 3) + 1 > 2", [(1, "no-value")]),
    ("estimate == true", [(12, "no-value")]),
    ("goal contains title", [(14, "no-text")]),
    ("goal contains ''", [(14, "empty-text")]),
    ("estimate + 1 == ''", [(13, "empty-text")]),
    ("estimate contains '3'", [(9, "not-searchable")]),
]


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=lambda value: str(value)[:30])
def test_a_fault_is_told_at_its_place(text: str, wanted: list[tuple[int, str]]) -> None:
    expression, faults = understand(text, Names())
    assert expression is None
    assert [(one.at, one.kind) for one in faults] == wanted
    for one in faults:
        assert len({one.message(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_all_faults_of_a_condition_are_told_at_once() -> None:
    _, faults = understand("foo > 1 and bar > 2 and estimate > goal", Names())
    assert [(one.at, one.kind) for one in faults] == [
        (0, "no-such-field"),
        (12, "no-such-field"),
        (33, "not-comparable"),
    ]


def test_functions_about_records_are_not_for_lines() -> None:
    _, faults = understand("reached('testing') and lines('issues') > 1", Names("progress"))
    assert [(one.at, one.kind) for one in faults] == [(0, "register-only"), (23, "register-only")]


def test_every_fault_in_the_catalogue_is_one_of_these() -> None:
    told = {kind for _, faults in CASES for _, kind in faults}
    elsewhere = {"register-only", "no-field"}  # here, and in the settings
    assert told | elsewhere == set(entry("en", "expressions.fault"))


@pytest.mark.parametrize(
    "text",
    [
        "（estimate ＞ 3）　and　goal ！＝ 「x」",
        "`Core days` ≥ 3 AND 优先级 ≠ “高”",
        "`功能/業務描述` CONTAINS ‘接口’",
        "1 < estimate <= core_days + 2 * (other_days - 1)",
        "priority not in ('高', 'low') or not (title not contains 'x')",
        "- -estimate < -(1)",
        "title matches 'ISO-????*'",
        "workdays(submitted_on, live_on + 3) / 2 > lines('变更申请')",
        "business_closed == technical_closed",
    ],
)
def test_what_people_write_is_understood(text: str) -> None:
    expression, faults = understand(text, Names())
    assert faults == ()
    assert expression is not None
    assert expression.fields
