"""For each rule, a register that keeps it and one that breaks it, as small as it can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registers import Row, clean, register

from xlflow.record.register import Register


@dataclass(frozen=True)
class Case:
    """A clean and a faulty register; the fault stands in `field` of the last row of `sheet`."""

    clean: Register
    faulty: Register
    field: str
    sheet: str = "register"


def row(key: str, kept: Any, broken: Any, status: str = "submitted", **both: Any) -> Case:
    """A case of one record in `status`, in which `key` holds `kept` or `broken`."""
    return Case(
        book(clean(status, **both) | {key: kept}),
        book(clean(status, **both) | {key: broken}),
        key,
    )


def book(*rows: Row, progress: tuple[Row, ...] = (), **sheets: Any) -> Register:
    """A register in which every record has a Progress line, so that none is blamed for that."""
    lines = tuple(progress_line(one["number"]) for one in rows if one.get("number"))
    return register(rows, progress=(*lines, *progress), **sheets)


def progress_line(number: str, **changes: Any) -> dict[str, Any]:
    """A line of the Progress sheet without a fault."""
    return {"number": number, "date": date(2024, 3, 8), "text": "Coding", "by": "L. *"} | changes


CASES: Mapping[str, Case] = {
    "submission-incomplete": row("goal", "5 clicks fewer", "  "),
    "confirmation-incomplete": row("contact", "L. *", None, "assessing"),
    "assessment-incomplete": row("risk", "none", None, "designing"),
    "solution-incomplete": row("solution", "A cache", None, "developing"),
    "acceptance-incomplete": row("rollback", "Switch off", None, "live"),
    "closure-incomplete": row("monitoring", "nothing unusual", None, "closed"),
    "placeholder": row("background", "Users call", "TBD"),
    "high-without-interruption": row("interruption", "Payments stop", None),
    "infeasible-without-reason": row(
        "infeasible_reason", "No interface", None, "assessing", feasible="no"
    ),
    "infeasible-without-alternative": row(
        "alternative", "Polling, 3 days", None, "designing", feasible="no"
    ),
    "fix-without-root-cause": row("root_cause", "A race", None, "developing", type="fix"),
    "fix-without-verification": row("verification", "Run twice", None, "testing", type="fix"),
    "blocked-without-reason": row("blocked_reason", "Supplier, since 3 March", None, "blocked"),
    "cancelled-without-reason": row("blocked_reason", "Bought instead", None, "cancelled"),
    "fail-without-reason": row("failure", "3 orders late", None, "testing", result="fail"),
    "fail-without-date": row(
        "rectify_by", date(2024, 3, 18), None, "testing", result="fail", failure="3 late"
    ),
    "choice-off-list": row("type", "fix", "Gardening"),
    "department-off-list": row("department", "Finance", "Market"),
    "name-not-masked": row("requester", "* Manager", "John Smith"),
    "title-too-long": row("title", "x" * 60, "x" * 61),
}
