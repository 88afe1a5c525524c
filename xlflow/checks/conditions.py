"""Rules: what one choice in a record makes necessary in another field."""

from __future__ import annotations

from xlflow.checks.column import Mask
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View


@rule("high-without-interruption", fields="interruption", source="tips")
def high_without_interruption(r: View) -> Mask:
    """A high priority states what is interrupted if the requirement does not go live."""
    return r.is_("priority", "high") & r.blank("interruption")


@rule("infeasible-without-reason", fields="infeasible_reason", since="assessing", source="step 2")
def infeasible_without_reason(r: View) -> Mask:
    """What is not feasible has its reason."""
    return r.is_("feasible", "no") & r.blank("infeasible_reason")


@rule("infeasible-without-alternative", fields="alternative", since="assessing", source="step 2")
def infeasible_without_alternative(r: View) -> Mask:
    """What is not feasible has an alternative."""
    return r.is_("feasible", "no") & r.blank("alternative")


@rule("fix-without-root-cause", fields="root_cause", since="developing", source="step 3")
def fix_without_root_cause(r: View) -> Mask:
    """A fix names its root cause before development starts."""
    return r.is_("type", "fix") & r.blank("root_cause")


@rule("fix-without-verification", fields="verification", since="developing", source="step 3")
def fix_without_verification(r: View) -> Mask:
    """A fix names its verification steps before development starts."""
    return r.is_("type", "fix") & r.blank("verification")


@rule(
    "blocked-without-reason",
    fields="blocked_reason",
    source="step 4",
    variants=("message", "mark"),
)
def blocked_without_reason(r: View) -> tuple[Fault, ...]:
    """What is blocked, by status or by mark, says why."""
    blank = r.blank("blocked_reason")
    status, mark = r.is_("status", "blocked"), r.is_("mark", "blocked")
    over = r.is_("status", "live", "closed", "cancelled")
    return (
        fault(blank & status, "blocked_reason"),
        fault(blank & mark & ~status & ~over, "blocked_reason", "mark"),
    )


@rule("cancelled-without-reason", fields="blocked_reason", severity="warning", source="ours")
def cancelled_without_reason(r: View) -> Mask:
    """What is cancelled says why, in the field for what blocks it or for why it is not feasible."""
    silent = r.blank("blocked_reason") & r.blank("infeasible_reason")
    return silent & r.is_("status", "cancelled")


@rule("fail-without-reason", fields="failure", since="developing", source="step 5")
def fail_without_reason(r: View) -> Mask:
    """A failed acceptance says which criterion was not met."""
    return r.is_("result", "fail") & r.blank("failure")


@rule("fail-without-date", fields="rectify_by", since="developing", source="step 5")
def fail_without_date(r: View) -> Mask:
    """A failed acceptance says by when it is put right."""
    return r.is_("result", "fail") & r.blank("rectify_by")


RULES: tuple[Rule, ...] = (
    high_without_interruption,
    infeasible_without_reason,
    infeasible_without_alternative,
    fix_without_root_cause,
    fix_without_verification,
    blocked_without_reason,
    cancelled_without_reason,
    fail_without_reason,
    fail_without_date,
)
