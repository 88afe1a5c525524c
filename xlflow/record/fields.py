"""The standard's fields of a requirement and of its child lines: each is spelled here alone.

Template, reader, checks, reports, documents and docs ask the `Schema` (`xlflow.record.schema`),
which holds these and a company's own.
Source: the process standard, "the requirement record"; `standard` tells the fields that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from xlflow.languages import Language, say
from xlflow.record.numbers import NumberFormat

Writer = Literal["person", "xlflow"]


class Kind(StrEnum):
    """What a cell of the field holds."""

    NUMBER = "number"  # a requirement's number, 2024-015; text
    TEXT = "text"
    NAME = "name"  # a masked name of a person
    DEPARTMENT = "department"  # from the Lists sheet
    DATE = "date"
    MOMENT = "moment"  # date and time
    DAYS = "days"  # working days
    AMOUNT = "amount"  # any other number
    CHOICE = "choice"  # a code of a choice set


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet."""

    sheet: str
    key: str
    kind: Kind
    module: str = ""
    banner: str = ""  # the module whose banner stands over the column; "" = `module`
    choices: str = ""
    writer: Writer = "person"
    required_from: str = ""  # the first status in which it must be filled
    limit: Mapping[Language, int] = field(default_factory=dict)
    width_chars: int = 14
    standard: bool = True
    asked_since: date | None = None  # of requirements submitted on that day or later
    labels: Mapping[Language, str] = field(default_factory=dict)  # of a company's own field
    hints: Mapping[Language, str] = field(default_factory=dict)  # of a company's own field

    @property
    def is_companys(self) -> bool:
        """Whether a company added it by its settings."""
        return bool(self.labels)

    @property
    def is_own(self) -> bool:
        """Whether xlflow writes it, so that typing into it is refused."""
        return self.writer == "xlflow"

    @property
    def is_date(self) -> bool:
        """Whether its cells hold dates, with or without a time."""
        return self.kind in (Kind.DATE, Kind.MOMENT)

    def label(self, language: Language) -> str:
        """The header of its column."""
        return self.labels.get(language) or say(language, f"record.{self.sheet}.{self.key}")

    def hint(self, language: Language, numbers: NumberFormat) -> str:
        """What the person is told on entering the cell, where numbers have this form."""
        if self.is_companys:
            return self.hints.get(language) or say(language, f"record.hint.company.{self.kind}")
        return say(language, f"record.hint.{self.sheet}.{self.key}", number=numbers.example)


_LANGUAGE_LIMIT: Mapping[Language, int] = {"zh-Hans": 20, "zh-Hant": 20, "en": 60}


def _register() -> tuple[Field, ...]:
    text, name, date, choice = Kind.TEXT, Kind.NAME, Kind.DATE, Kind.CHOICE
    fields: list[Field] = []
    module = ""

    def add(
        key: str,
        kind: Kind,
        required_from: str = "",
        *,
        choices: str = "",
        own: bool = False,
        banner: str = "",
        width: int = 14,
        standard: bool = True,
        limit: Mapping[Language, int] | None = None,
    ) -> None:
        fields.append(
            Field(
                sheet="register",
                key=key,
                kind=kind,
                module=module,
                banner=banner or module,
                choices=choices,
                writer="xlflow" if own else "person",
                required_from=required_from,
                limit=limit or {},
                width_chars=width,
                standard=standard,
            )
        )

    module = "basic"
    add("number", Kind.NUMBER, own=True, width=11)
    add("title", text, "submitted", width=26, limit=_LANGUAGE_LIMIT)
    module = "progress"
    # People look for the status beside the title, so it stands with the guidance.
    add("status", choice, "submitted", choices="status", banner="guidance", width=11)
    module = "guidance"
    add("check", text, own=True, width=54, standard=False)
    add("deadline", text, own=True, width=14, standard=False)
    add("next_step", text, own=True, width=42, standard=False)
    add("due_on", date, own=True, width=12, standard=False)
    module = "basic"
    add("department", Kind.DEPARTMENT, "submitted", width=14)
    add("requester", name, "submitted", width=12)
    add("submitted_on", date, "submitted", width=12)
    add("type", choice, "submitted", choices="type", width=12)
    add("expected_on", date, "submitted", width=14)
    add("contact", name, "assessing", width=12, standard=False)
    add("confirmed_on", date, "assessing", width=14, standard=False)
    module = "detail"
    add("background", text, "submitted", width=36)
    add("goal", text, "submitted", width=36)
    add("description", text, "submitted", width=40)
    add("benefit", text, "submitted", width=32)
    add("priority", choice, "submitted", choices="priority", width=9)
    add("interruption", text, width=28, standard=False)
    module = "assessment"
    add("owner", name, "designing", width=12)
    add("assessed_on", date, "designing", width=12)
    add("feasible", choice, "designing", choices="feasible", width=10)
    add("infeasible_reason", text, width=24)
    add("alternative", text, width=28)
    add("complexity", choice, "designing", choices="complexity", width=10)
    add("resources", text, "designing", width=30)
    add("core_days", Kind.DAYS, width=11)
    add("other_days", Kind.DAYS, width=11)
    add("estimate", Kind.DAYS, "designing", width=11)
    add("risk", text, "designing", width=30)
    module = "solution"
    add("solution", text, "developing", width=40)
    add("root_cause", text, width=28)
    add("verification", text, width=28)
    for stage in ("design", "development", "test", "golive"):
        add(f"{stage}_due", date, "developing", width=13)
        add(f"{stage}_owner", name, "developing", width=13, standard=stage != "golive")
    add("business_signed_on", date, "developing", width=13)
    add("technical_signed_on", date, "developing", width=13)
    module = "progress"
    add("mark", choice, choices="mark", width=12)
    add("blocked_reason", text, "blocked", width=28)
    add("checked_on", date, width=13)
    add("progress", text, own=True, width=36)
    add("issues", text, own=True, width=36)
    add("measures", text, own=True, width=32)
    module = "acceptance"
    add("criteria", text, "developing", width=36)
    add("result", choice, "live", choices="result", width=11)
    add("failure", text, width=28)
    add("rectify_by", date, width=12)
    add("accepted_by", name, "live", width=12)
    add("accepted_department", Kind.DEPARTMENT, "live", width=14)
    add("rollback", text, "live", width=30)
    add("live_on", date, "live", width=12)
    add("monitoring", text, "closed", width=30)
    add("closed_on", date, "closed", width=12)
    add("business_closed", choice, "closed", choices="confirmation", width=12)
    add("technical_closed", choice, "closed", choices="confirmation", width=12)
    add("retrospective", text, width=36)
    return tuple(fields)


REGISTER = _register()

PROGRESS = (
    Field("progress", "number", Kind.NUMBER, required_from="submitted", width_chars=12),
    Field("progress", "date", Kind.DATE, required_from="submitted", width_chars=12),
    Field("progress", "mark", Kind.CHOICE, choices="mark", width_chars=12),
    Field("progress", "text", Kind.TEXT, required_from="submitted", width_chars=60),
    Field("progress", "by", Kind.NAME, required_from="submitted", width_chars=14),
    Field("progress", "check", Kind.TEXT, writer="xlflow", width_chars=44, standard=False),
)

ISSUES = (
    Field("issues", "number", Kind.NUMBER, required_from="submitted", width_chars=12),
    Field("issues", "raised_at", Kind.MOMENT, required_from="submitted", width_chars=17),
    Field("issues", "issue", Kind.TEXT, required_from="submitted", width_chars=46),
    Field("issues", "needs_answer", Kind.CHOICE, choices="confirmation", width_chars=14),
    Field("issues", "answered_at", Kind.MOMENT, width_chars=17),
    Field("issues", "measure", Kind.TEXT, width_chars=40),
    Field(
        "issues",
        "state",
        Kind.CHOICE,
        choices="issue-state",
        required_from="submitted",
        width_chars=11,
    ),
    Field("issues", "owner", Kind.NAME, required_from="submitted", width_chars=12),
    Field("issues", "solved_on", Kind.DATE, width_chars=12),
    Field("issues", "check", Kind.TEXT, writer="xlflow", width_chars=44, standard=False),
)

CHANGES = (
    Field("changes", "number", Kind.NUMBER, required_from="submitted", width_chars=12),
    Field("changes", "change_number", Kind.TEXT, writer="xlflow", width_chars=15),
    Field("changes", "date", Kind.DATE, required_from="submitted", width_chars=12),
    Field("changes", "by", Kind.NAME, required_from="submitted", width_chars=12),
    Field("changes", "change", Kind.TEXT, required_from="submitted", width_chars=44),
    Field("changes", "reason", Kind.TEXT, required_from="submitted", width_chars=36),
    Field("changes", "effect", Kind.TEXT, width_chars=30),
    Field("changes", "business_approved_on", Kind.DATE, width_chars=14),
    Field("changes", "technical_approved_on", Kind.DATE, width_chars=14),
    Field("changes", "check", Kind.TEXT, writer="xlflow", width_chars=44, standard=False),
)

SHEETS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {"register": REGISTER, "progress": PROGRESS, "issues": ISSUES, "changes": CHANGES}
)
"""The standard's own; a company's are in its schema (`xlflow.record.schema`)."""

MODULES = ("basic", "guidance", "detail", "assessment", "solution", "progress", "acceptance")
