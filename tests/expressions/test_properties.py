"""Whatever is written is understood or told, and means what a naive interpreter says."""

from __future__ import annotations

from datetime import datetime, time
from itertools import product
from typing import Any

import plain_interpreter as plain
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from registers import register

from xlflow.checks.company_rules import company_rules
from xlflow.checks.view import Book
from xlflow.expressions import Names, understand
from xlflow.expressions.functions import FUNCTIONS
from xlflow.expressions.patterns import matches
from xlflow.languages import LANGUAGES
from xlflow.record.fields import SHEETS
from xlflow.settings import Settings

WORDS = st.sampled_from(
    [
        *[field.key for fields in SHEETS.values() for field in fields],
        *FUNCTIONS,
        *["and", "or", "not", "in", "contains", "matches", "true", "false", "预估工期", "優先順序"],
        *["==", "!=", "<", "<=", ">", ">=", "=", "&&", "!", "+", "-", "*", "/", "(", ")", "[", "]"],
        *[",", "'high'", "'高'", "''", "'progress'", "'designing'", "2024-03-01", "2024-13-01"],
        *[
            "3",
            "0.5",
            "1e9",
            "`goal`",
            "‘低’",
            "「高」",
            "（",
            "）",
            "＞",
            "'",
            '"',
            "{",
            "é",
            "\0",
        ],
    ]
)


@settings(max_examples=400)
@given(st.text(max_size=60) | st.lists(WORDS, max_size=25).map(" ".join))
def test_any_text_is_understood_or_its_faults_are_told(text: str) -> None:
    for sheet in SHEETS:
        expression, faults = understand(text, Names(sheet))
        assert (expression is None) == bool(faults)
        for fault in faults:
            assert 0 <= fault.at <= len(text)
            assert all(fault.message(language) for language in LANGUAGES)


@settings(max_examples=50)
@given(
    st.sampled_from(["(", "not ", "-", "1+", "1 and ", "goal == ", "length("]), st.integers(1, 999)
)
def test_no_text_is_too_deep_to_be_told(piece: str, times: int) -> None:
    _, faults = understand(piece * times, Names())
    assert len(faults) == 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plain.conditions, st.lists(plain.rows, min_size=1, max_size=6))
def test_rows_are_judged_as_one_by_one(node: Any, rows: list[dict[str, Any]]) -> None:
    text = plain.written(node)
    _, faults = understand(text, Names())
    if any(fault.kind in ("too-long", "too-deep") for fault in faults):
        return
    assert faults == (), text
    for when, demand, wanted in (
        (None, text, [plain.meaning(node, row) is False for row in rows]),
        (text, "false", [plain.meaning(node, row) is True for row in rows]),
    ):
        assert faulted(rows, when, demand) == wanted, text


@pytest.mark.parametrize("sign", ["later", "earlier"])
@pytest.mark.parametrize("compared", ["<", "==", ">="])
def test_every_number_of_days_moves_every_day_as_it_should(sign: str, compared: str) -> None:
    day, other = ("field", "submitted_on"), ("field", "expected_on")
    node = (compared, (sign, day, ("field", "estimate")), other)
    cells = product(plain.DATE_CELLS, plain.NUMBER_CELLS, plain.DATE_CELLS)
    rows = [{"submitted_on": a, "estimate": b, "expected_on": c} for a, b, c in cells]
    found = faulted(rows, None, plain.written(node))
    assert found == [plain.meaning(node, row) is False for row in rows]
    assert any(found)


def faulted(rows: list[dict[str, Any]], when: str | None, demand: str) -> list[bool]:
    """Which rows a rule faults, whatever their status."""
    given_rule = {"id": "own", "demand": demand, "field": "goal", "message": "No."}
    held = Settings.model_validate(
        {
            "register": {"path": "register.xlsx"},
            "rules": [given_rule | ({"when": when} if when else {})],
        }
    )
    (own,) = company_rules(held)
    now = datetime.combine(plain.TODAY, time(9), tzinfo=held.calendar.zone)
    view = Book(register(rows), held, now, None).view("register")
    mask: list[bool] = own.condition(view).mask.tolist()  # type: ignore[union-attr]
    return mask


def naive_match(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive_match(pattern[1:], text) or (bool(text) and naive_match(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naive_match(pattern[1:], text[1:])


@given(st.text("ab*?.", max_size=8), st.text("ab.\n", max_size=10))
@example("ab*ba", "aba")
@example("*a*ab", "ab")
def test_patterns_match_as_they_are_read(pattern: str, text: str) -> None:
    assert matches(pattern, text) == naive_match(pattern, text)


def test_no_pattern_takes_long() -> None:
    assert not matches("*a" * 400 + "*b", "a" * 30_000)
