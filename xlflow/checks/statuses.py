"""Rules: a status or a mark that the rest of the record contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.checks.column import Mask
from xlflow.checks.finding import Choice
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View


@rule("testing-without-progress", fields="status", since="testing", source="step 4")
def testing_without_progress(r: View) -> Mask:
    """A requirement that is tested has at least one line of progress."""
    none: Mask = r.count_lines("progress") == 0
    return none & r.filled("number")


@rule("pass-with-open-issues", fields="result", source="step 5")
def pass_with_open_issues(r: View) -> Fault:
    """Acceptance passes once all issues are solved."""
    issues = r.book.view("issues")
    count = r.count_lines("issues", issues.is_record & ~issues.is_("state", "solved"))
    return fault(r.is_("result", "pass") & (count > 0), "result", count=count)


@rule("result-before-testing", fields="result", severity="warning", source="step 5")
def result_before_testing(r: View) -> Mask:
    """Acceptance passes in testing, not before."""
    return r.is_("result", "pass") & r.is_("status", *_BEFORE_TESTING)


@rule("live-without-pass", fields="result", since="live", source="step 5")
def live_without_pass(r: View) -> Mask:
    """A requirement goes live after it passed acceptance."""
    return r.is_("result", "fail")


@rule(
    "closure-not-confirmed",
    fields=("business_closed", "technical_closed"),
    since="closed",
    source="step 6",
)
def closure_not_confirmed(r: View) -> Iterator[Fault]:
    """A requirement is closed after both sides confirmed it."""
    for key in ("business_closed", "technical_closed"):
        yield fault(r.is_(key, "no"), key)


@rule("mark-before-development", fields="mark", severity="warning", source="step 4")
def mark_before_development(r: View) -> Mask:
    """The mark tells how development and testing go; before them it stays empty."""
    return r.is_("mark", "in-progress", "ready-for-test") & r.is_("status", *_BEFORE_TESTING[:3])


@rule("mark-after-golive", fields="mark", since="live", severity="warning", source="step 4")
def mark_after_golive(r: View) -> Mask:
    """What is live is no longer in progress or blocked."""
    return r.is_("mark", "in-progress", "blocked")


@rule(
    "blocked-by-half",
    fields="mark",
    severity="warning",
    source="step 4",
    variants=("message", "status"),
)
def blocked_by_half(r: View) -> tuple[Fault, ...]:
    """What is blocked is so by status and by mark alike, so that its clocks stand still."""
    before_live = r.is_("status", *_BEFORE_TESTING, "testing")
    status = r.is_("status", "blocked")
    return (
        fault(r.is_("mark", "blocked") & before_live, "mark"),
        fault(status & r.is_("mark", "in-progress", "ready-for-test"), "mark", "status"),
    )


@rule(
    "status-behind-record", fields=("live_on", "closed_on"), severity="warning", source="statuses"
)
def status_behind_record(r: View) -> tuple[Fault, ...]:
    """A requirement with a day of go-live or closure has a status that fits."""
    live, closed = Choice("status", "live"), Choice("status", "closed")
    no_closure = r.is_("status", *_BEFORE_TESTING, "testing", "cancelled")
    return (
        fault(
            r.filled("live_on") & r.is_("status", *_BEFORE_TESTING, "cancelled"),
            "live_on",
            status=live,
        ),
        fault(r.filled("closed_on") & no_closure, "closed_on", status=closed),
    )


_BEFORE_TESTING = ("submitted", "assessing", "designing", "developing")

RULES: tuple[Rule, ...] = (
    testing_without_progress,
    pass_with_open_issues,
    result_before_testing,
    live_without_pass,
    closure_not_confirmed,
    mark_before_development,
    mark_after_golive,
    blocked_by_half,
    status_behind_record,
)
