"""Intents for the tests of the ledger, as the share would make them."""

from __future__ import annotations

from datetime import datetime

from xlflow.ledger import Ledger


def facts(intent: str) -> dict[str, str]:
    """What the share's intent of this id holds."""
    return {
        "id": intent,
        "target": "/share/register.xlsx",
        "temporary": f"/share/.xlflow-{intent}.tmp",
        "aside": f"/share/.xlflow-{intent}.bak",
        "sha_before": "a" * 64,
        "sha_after": "b" * 64,
    }


def reserve(
    ledger: Ledger, intent: str, count: int, now: datetime, *, floor: int = 0, scope: str = "R1"
) -> tuple[int, ...]:
    """Reserve numbers and store the intent, in one transaction, as a run does."""
    with ledger.transaction():
        serials = ledger.numbers.reserve(scope, 2024, count, floor, intent)
        ledger.intents.store(facts(intent), "R1", now)
    return serials
