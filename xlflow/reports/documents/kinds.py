"""The eight documents of the standard: the step of each, and what stands in it.

Source: the process standard, six steps, "outputs". Step 4 has no document: its progress board and
issue log are in the status workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xlflow.languages import Language, say
from xlflow.record.stages import STEP
from xlflow.reports.documents.parts import (
    Facts,
    Filing,
    Lines,
    Note,
    Schedule,
    Section,
    Signatures,
    Trials,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the standard's documents."""

    id: str
    step: int
    sections: tuple[Section, ...]

    def name(self, language: Language) -> str:
        """What people call it."""
        return say(language, f"documents.kind.{self.id}")


_WHO = ("department", "requester", "type", "priority")
_BOTH_SIDES = (("business", "requester", ""), ("technology", "owner", ""))
_SIGNED = (
    ("business", "requester", "business_signed_on"),
    ("technology", "owner", "technical_signed_on"),
)

_CHANGES = Section(
    "changes",
    (
        Lines(
            "changes",
            (
                *("change_number", "date", "by"),
                *("business_approved_on", "technical_approved_on"),
            ),
            (20, 20, 20, 20, 20),
            below=(("change", 2), ("reason", 2), ("effect", 1)),
        ),
    ),
    when="changes",
)
_ISSUES = Lines(
    "issues",
    ("raised_at", "issue", "measure", "state", "owner", "solved_on"),
    (15, 25, 25, 11, 9, 15),
)
_PROGRESS = Lines("progress", ("date", "mark", "text", "by"), (15, 14, 52, 12))

KINDS = (
    Kind(
        "requirement-record",
        1,
        (
            Section("requirement", (Facts((*_WHO, "submitted_on", "expected_on"), own="basic"),)),
            Section(
                "details",
                (
                    Facts(
                        long=("background", "goal", "description", "benefit", "interruption"),
                        own="detail",
                    ),
                ),
            ),
            Section("confirmation", (Note("confirmation"), Facts(("contact", "confirmed_on")))),
        ),
    ),
    Kind(
        "assessment-report",
        2,
        (
            Section(
                "requirement", (Facts((*_WHO, "contact", "expected_on"), ("goal", "description")),)
            ),
            Section(
                "assessment",
                (
                    Facts(
                        ("owner", "assessed_on", "feasible", "complexity"),
                        ("infeasible_reason", "alternative"),
                        own="assessment",
                    ),
                ),
            ),
            Section("approach", (Facts(long=("solution",)),), when='record.feasible != "no"'),
            Section(
                "effort",
                (Facts(("core_days", "other_days", "estimate"), ("resources", "risk")),),
            ),
            Section(
                "schedule",
                (Schedule(),),
                when="record.design_due or record.development_due or record.golive_due",
            ),
        ),
    ),
    Kind(
        "solution",
        3,
        (
            Section(
                "requirement", (Facts((*_WHO, "owner", "expected_on"), ("goal", "description")),)
            ),
            Section(
                "solution",
                (Facts(long=("solution", "root_cause", "verification"), own="solution"),),
            ),
            Section("acceptance", (Facts(long=("criteria",)),)),
            Section("effort", (Facts(("estimate", "complexity"), ("resources", "risk")),)),
            Section("schedule", (Schedule(),)),
            _CHANGES,
            Section(
                "sign-off",
                (
                    Signatures(
                        _SIGNED,
                        notes=(
                            Note("freeze", when='record.type != "urgent"'),
                            Note("freeze-urgent", when='record.type == "urgent"'),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Kind(
        "test-report",
        5,
        (
            Section(
                "subject",
                (
                    Facts(
                        ("type", "priority", "development_owner", "test_owner", "test_due"),
                        ("description", "solution", "verification"),
                    ),
                ),
            ),
            Section("acceptance", (Facts(long=("criteria",)),)),
            Section("tests", (Trials(),)),
            Section("issues", (Note("no-issues", when="not issues"), _ISSUES)),
            Section(
                "sign-off",
                (Signatures((("tester", "test_owner", ""), ("technology", "owner", ""))),),
            ),
        ),
    ),
    Kind(
        "uat-report",
        5,
        (
            Section("requirement", (Facts((*_WHO, "owner", "test_due"), ("goal",)),)),
            Section("acceptance", (Note("uat"), Facts(long=("criteria",)))),
            _CHANGES,
            Section(
                "uat-result",
                (
                    Facts(
                        ("result", "accepted_by", "accepted_department"),
                        ("failure", "rectify_by"),
                        own="acceptance",
                    ),
                ),
            ),
            Section(
                "sign-off",
                (Signatures((("business", "accepted_by", ""), ("technology", "owner", ""))),),
            ),
        ),
    ),
    Kind(
        "golive-confirmation",
        5,
        (
            Section("requirement", (Facts((*_WHO, "result", "accepted_by"), ("goal",)),)),
            Section(
                "plan",
                (
                    Facts(
                        ("expected_on", "golive_due", "golive_owner", "live_on"),
                        ("rollback", "risk"),
                    ),
                ),
            ),
            Section("monitoring", (Note("monitoring"), Facts(long=("monitoring",)))),
            Section("golive-sign-off", (Signatures(_BOTH_SIDES, notes=(Note("golive"),)),)),
        ),
    ),
    Kind(
        "closure-confirmation",
        6,
        (
            Section("requirement", (Facts((*_WHO, "owner", "accepted_by")),)),
            Section("outcome", (Facts(long=("goal", "benefit", "criteria")),)),
            _CHANGES,
            Section(
                "closure",
                (
                    Note("closure"),
                    Facts(
                        (
                            "result",
                            "live_on",
                            "closed_on",
                            "business_closed",
                            "technical_closed",
                        ),
                        ("monitoring",),
                        own="acceptance",
                    ),
                ),
            ),
            Section("archived", (Filing(),)),
            Section("closure-sign-off", (Signatures(_BOTH_SIDES),)),
        ),
    ),
    Kind(
        "retrospective",
        6,
        (
            Section("requirement", (Facts((*_WHO, "owner", "estimate"), ("goal", "benefit")),)),
            Section(
                "course",
                (
                    Facts(
                        (
                            *("submitted_on", "assessed_on", "business_signed_on", "expected_on"),
                            *("golive_due", "live_on", "closed_on", "result"),
                        ),
                        ("failure", "blocked_reason"),
                        own="progress",
                    ),
                ),
            ),
            Section("progress", (_PROGRESS,), when="progress"),
            Section("issues", (_ISSUES,), when="issues"),
            _CHANGES,
            Section("retrospective", (Facts(long=("monitoring", "retrospective")),)),
        ),
    ),
)

BY_ID: Mapping[str, Kind] = MappingProxyType({kind.id: kind for kind in KINDS})

STEPS = tuple(sorted({kind.step for kind in KINDS}))
"""The steps of the standard that have a Word document."""


def reached_step(status: str | None, is_filled: Callable[[str], bool]) -> int:
    """The step that a record has come to.

    One that is blocked or cancelled, or whose status cannot be read, is judged by what it holds.
    """
    if status is not None and status in STEP:
        return STEP[status]
    evidence = (
        (6, ("live_on",)),
        (5, ("result", "accepted_by")),
        (3, ("solution", "business_signed_on", "technical_signed_on")),
        (2, ("confirmed_on", "assessed_on")),
    )
    return next((step for step, keys in evidence if any(map(is_filled, keys))), 1)
