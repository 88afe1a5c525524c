"""What the ledger remembers of a register whose numbers have a prefix reaches the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from registers import clean, register

from xlflow.checks import check
from xlflow.record.memory import Baseline, Memory, Spell
from xlflow.record.numbers import NumberFormat
from xlflow.record.schema import STANDARD
from xlflow.settings import default_settings

NOW = datetime.fromisoformat("2024-03-22T10:00:00+08:00")
NUMBER = "IT-2024-015"
LINE = {"number": NUMBER, "date": NOW.date(), "text": "Begun", "by": "* Manager"}


def rules_of(*rows: dict[str, Any], memory: Memory, **lines: Any) -> set[str]:
    schema = replace(STANDARD, numbers=NumberFormat("IT"))
    found = check(register(rows, schema=schema, **lines), default_settings(), NOW, memory=memory)
    return {one.rule for one in found if one.severity != "info"}


def went(*statuses: str) -> Memory:
    """It entered these statuses, one a day."""
    days = [NOW - timedelta(days=n) for n in reversed(range(len(statuses)))]
    ends = [*days[1:], None]
    spells = tuple(Spell(*one) for one in zip(statuses, days, ends, strict=True))
    return Memory(spells={NUMBER: spells})


def test_a_jump_is_told():
    row = clean("developing", number=NUMBER)
    assert "status-jump" in rules_of(row, memory=went("submitted", "developing"))
    assert "status-jump" not in rules_of(row, memory=went("designing", "developing"))


def test_what_is_blocked_keeps_the_needs_of_its_step():
    row = clean("blocked", number=NUMBER, blocked_reason="No access", solution=None)
    assert "solution-incomplete" in rules_of(row, memory=went("developing", "blocked"))
    assert "solution-incomplete" not in rules_of(row, memory=went("designing", "blocked"))


def test_a_changed_scope_is_told():
    row = clean("developing", number=NUMBER)
    signed = (row["business_signed_on"], row["technical_signed_on"])
    before = Baseline(NUMBER, 1, NOW, signed, {"goal": "In sync within 9 s"})
    memory = Memory(changed_scopes={NUMBER: before})
    assert "scope-changed" in rules_of(row, memory=memory)
    signed_one = {**row, "goal": "In sync within 9 s"}
    assert "scope-changed" not in rules_of(signed_one, memory=memory)


def test_a_line_of_an_archived_record_is_told_where_the_record_is():
    schema = replace(STANDARD, numbers=NumberFormat("IT"))
    held = register([], progress=[LINE], schema=schema)
    memory = Memory(archived={NUMBER: "2023.xlsx"})
    (found,) = check(held, default_settings(), NOW, memory=memory)
    assert (found.rule, found.variant) == ("line-of-unknown-number", "archived")
