"""For each rule, a register that keeps it and one that breaks it, as small as it can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import registers
from own_fields import FILLED, SCHEMA
from registers import Row, register

from xlflow.languages import Language
from xlflow.record.fields import REGISTER
from xlflow.record.memory import (
    NO_MEMORY,
    Baseline,
    Memory,
    Misnumbered,
    Spell,
    Vanished,
)
from xlflow.record.register import CellError, Register
from xlflow.record.stages import MAIN_LINE, has_reached


@dataclass(frozen=True)
class Case:
    """A clean and a faulty register; the last fault stands in `field` of the last row, if any."""

    clean: Register
    faulty: Register
    field: str
    sheet: str = "register"
    count: int = 1
    memory: Memory = NO_MEMORY  # beside the faulty one; beside the clean one `kept`
    kept: Memory = NO_MEMORY


def row(key: str, kept: Any, broken: Any, status: str = "submitted", **both: Any) -> Case:
    """A case of one record in `status`, in which `key` holds `kept` or `broken`."""
    return Case(
        book(clean(status, **both) | {key: kept}),
        book(clean(status, **both) | {key: broken}),
        key,
    )


def clean(status: str = "submitted", language: Language = "en", **changes: Any) -> dict[str, Any]:
    """A row without a fault in `status`, in which later steps are still empty."""
    row = registers.clean(status, language)
    later = {
        field.key: None
        for field in REGISTER
        if field.required_from in MAIN_LINE and not has_reached(status, field.required_from)
    }
    return row | later | changes


def book(*rows: Row, progress: tuple[Row, ...] = (), **sheets: Any) -> Register:
    """A register in which every record has a Progress line, so that none is blamed for that."""
    lines = tuple(progress_line(one["number"]) for one in rows if one.get("number"))
    return register(rows, progress=(*lines, *progress), **sheets)


def own(key: str, broken: Any, status: str = "submitted", kept: Any = None) -> Case:
    """A case of one record with the fields of a company's own, of which `key` holds `broken`."""
    filled = clean(status) | FILLED | ({} if kept is None else {key: kept})
    return Case(book(filled, schema=SCHEMA), book({**filled, key: broken}, schema=SCHEMA), key)


def line(sheet: str, kept: Row, key: str, broken: Any) -> Case:
    """A case of one line on a child sheet, as it is `kept`, and with `broken` in `key`."""
    return Case(
        book(clean(), **{sheet: (kept,)}),
        book(clean(), **{sheet: ({**kept, key: broken},)}),
        key,
        sheet,
    )


def progress_line(number: str = "2024-015", **changes: Any) -> Row:
    """A line of the Progress sheet without a fault."""
    return {"number": number, "date": date(2024, 3, 8), "text": "Coding", "by": "L. *"} | changes


def issue(**changes: Any) -> Row:
    """A line of the Issues sheet without a fault: solved."""
    return {
        "number": "2024-015",
        "raised_at": datetime.fromisoformat("2024-03-06 14:30"),
        "issue": "The callback arrives twice",
        "measure": "Drop the second one",
        "state": "Solved",
        "owner": "C. *",
        "solved_on": date(2024, 3, 7),
    } | changes


def change() -> Row:
    """A line of the Changes sheet without a fault."""
    return {
        "number": "2024-015",
        "date": date(2024, 3, 7),
        "by": "* Manager",
        "change": "Push to the web client as well",
        "reason": "It went live meanwhile",
        "business_approved_on": date(2024, 3, 8),
        "technical_approved_on": date(2024, 3, 8),
    }


SEEN = datetime(2024, 3, 8, 9, tzinfo=UTC)


def went(before: str, after: str) -> Case:
    """A case of a record that was in `before` when it was last seen, and is in `after` now."""
    spells = (Spell(before, SEEN, SEEN + timedelta(days=3)), Spell(after, SEEN + timedelta(days=3)))
    full = registers.clean
    return Case(
        book(full(before)),
        book(full(after)),
        "status",
        memory=Memory({"2024-015": spells}),
        kept=Memory({"2024-015": spells[:1]}),
    )


def scope(kind: str) -> Case:
    """A case of a record whose goal is another one than was signed."""
    signed = clean("developing", type=kind)
    day = date(2024, 3, 5)
    baseline = Baseline("2024-015", 1, SEEN, (day, day), {"goal": signed["goal"]})
    memory = Memory(changed_scopes={"2024-015": baseline})
    changed = signed | {"goal": "Status in sync within 9 s of payment"}
    return Case(book(signed), book(changed), "goal", memory=memory, kept=memory)


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
    "error-cell": row("background", "Users call", CellError("#REF!")),
    "text-as-formula": row("solution", "- a cache\n- a push", "=SUM(A1:A3)", "developing"),
    "date-as-text": row("expected_on", date(2024, 3, 15), "2024.3.15"),
    "date-two-digit-year": row("expected_on", date(2024, 3, 15), "24/3/15"),
    "date-as-number": row("expected_on", date(2024, 3, 15), 45366),
    "date-implausible": row("submitted_on", date(2024, 3, 1), date(1924, 3, 1)),
    "recorded-out-of-order": row("assessed_on", date(2024, 3, 4), date(2024, 2, 27), "designing"),
    "schedule-out-of-order": row("test_due", date(2024, 3, 12), date(2024, 3, 7), "developing"),
    "expected-before-submission": row("expected_on", date(2024, 3, 1), date(2024, 2, 29)),
    "day-month-swapped": row("confirmed_on", date(2024, 3, 1), date(2024, 1, 3), "assessing"),
    "recorded-in-future": row("submitted_on", date(2026, 3, 18), date(2026, 3, 19)),
    "promise-later-than-expected": row(
        "golive_due", date(2024, 3, 15), date(2024, 3, 18), "developing"
    ),
    "due-on-day-off": row("development_due", date(2024, 3, 8), date(2024, 3, 9), "developing"),
    "recorded-on-day-off": row("confirmed_on", date(2024, 3, 1), date(2024, 3, 2), "assessing"),
    "closed-too-early": row("closed_on", date(2024, 3, 20), date(2024, 3, 19), "closed"),
    "schedule-shorter-than-estimate": row(
        "golive_due", date(2024, 3, 12), date(2024, 3, 7), "designing", test_due=None
    ),
    "days-not-a-number": row("core_days", 4, "4 days", "designing"),
    "days-impossible": row("other_days", 0, -1, "submitted", core_days=5),
    "estimate-not-split": row("other_days", 1, None, "designing"),
    "estimate-not-the-sum": row("estimate", 5, 6, "designing"),
    "estimate-outside-band": row("estimate", 5, 9, "designing"),
    "testing-without-progress": Case(
        book(clean("testing")), register([clean("testing")]), "status"
    ),
    "pass-with-open-issues": Case(
        book(clean("testing", result="Pass"), issues=[issue()]),
        book(
            clean("testing", result="Pass"),
            issues=[issue(), issue(state="In progress", solved_on=None)],
        ),
        "result",
    ),
    "result-before-testing": row("result", "fail", "pass", "developing", failure="3 late"),
    "live-without-pass": row("result", "pass", "fail", "live"),
    "closure-not-confirmed": row("technical_closed", "yes", "no", "closed"),
    "mark-before-development": row("mark", None, "in progress", "designing"),
    "mark-after-golive": row("mark", "ready for test", "in progress", "live"),
    "blocked-by-half": row("mark", "in progress", "blocked", "developing"),
    "status-behind-record": row("closed_on", None, date(2024, 3, 20), "testing", live_on=None),
    "record-vanished": Case(
        book(clean()),
        book(clean()),
        "",
        memory=Memory(vanished=(Vanished("2024-007", "Import orders", SEEN, SEEN),)),
    ),
    "number-altered": Case(
        book(clean()),
        book(clean(), clean(number="2024-099", title="Import orders")),
        "number",
        memory=Memory(misnumbered={5: Misnumbered("2024-007", "2024-099", None)}),
    ),
    "status-jump": went("submitted", "developing"),
    "status-went-back": went("testing", "designing"),
    "scope-changed": scope("fix"),
    "urgent-scope-changed": scope("urgent"),
    "line-incomplete": line("progress", progress_line(), "text", None),
    "line-of-unknown-number": line("issues", issue(), "number", "2024-15"),
    "issue-not-marked": line("issues", issue(), "state", None),
    "issue-without-measure": line("issues", issue(), "measure", None),
    "issue-solved-without-date": line("issues", issue(), "solved_on", None),
    "issue-open-with-date": line("issues", issue(), "state", "in progress"),
    "issue-out-of-order": line("issues", issue(), "solved_on", date(2024, 3, 5)),
    "progress-before-submission": line("progress", progress_line(), "date", date(2024, 2, 29)),
    "change-approved-before-request": line(
        "changes", change(), "technical_approved_on", date(2024, 3, 6)
    ),
    "duplicate-title": Case(
        book(clean(), clean(number="2024-016", department="Finance")),
        book(clean(), clean(number=None, title="LIVE  synchronisation of user-order status")),
        "title",
    ),
    "similar-title": Case(
        book(
            clean(title="Import orders of 2023"), clean(number=None, title="Import orders of 2024")
        ),
        book(
            clean(title="Import the orders of shops"),
            clean(number=None, title="Import orders of shops"),
        ),
        "title",
    ),
    "vague-wording": row(
        "description", "Improve the experience: 3 steps fewer", "Improve the user experience"
    ),
    "nothing-measurable": row("goal", "Orders in sync within 5 s", "Orders are in sync"),
    "alternative-without-duration": row(
        "alternative", "Polling, 3 days", "Polling", "assessing", feasible="no"
    ),
    "company-field-blank": own("plant", None, "designing"),
    "company-text-too-long": own("cost_centre", "47110815001", kept="4711081500"),
    "amount-not-a-number": own("budget", "12 k"),
    "number-malformed": row("number", "2024-015", "2024/15"),
    "number-doubled": Case(
        book(clean(), clean(number="2024-016")),
        book(clean(), clean(title="Other")),
        "number",
        count=2,
    ),
    "number-of-another-year": row("number", "2024-015", "2025-015"),
    "number-withheld": row("number", "2024-015", None, "assessing", goal=None),
}
