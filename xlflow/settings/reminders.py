"""``[reminders]``: who is told what is due, who else when it stays late, and from which day on."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from xlflow.settings.section import Section

RESPONSIBLE, LEAD = "responsible", "lead"
"""Recipients that depend on the matter: who has to act, and the lead of that person."""

_ADDRESS = re.compile(r"[^@<>\s]+@[^@<>\s]+|[^<>\r\n]*<[^@<>\s]+@[^@<>\s]+>")


def _recipient(text: str) -> str:
    if text not in (RESPONSIBLE, LEAD) and not _ADDRESS.fullmatch(text):
        raise ValueError(f"{RESPONSIBLE}, {LEAD}, boss@example.com")
    return text


class LevelSettings(Section):
    """Who is told once a deadline is so many working days late."""

    days_late: int = Field(ge=0, le=365)
    to: tuple[Annotated[str, AfterValidator(_recipient)], ...]

    @field_validator("to")
    @classmethod
    def _names_somebody(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        if not to:
            raise PydanticCustomError("nobody_named", "nobody", {"expected": RESPONSIBLE})
        return to


class ReminderSettings(Section):
    """The digest: one mail a person and day at most."""

    enforce_from: date | None = None
    cap: int = Field(15, ge=1, le=200)
    due_soon: bool = True
    departments: Literal["lead", "people", "nobody"] = "lead"
    levels: tuple[LevelSettings, ...] = (
        LevelSettings(days_late=0, to=(RESPONSIBLE,)),
        LevelSettings(days_late=3, to=(LEAD,)),
    )

    @field_validator("levels")
    @classmethod
    def _are_told_apart(cls, levels: tuple[LevelSettings, ...]) -> tuple[LevelSettings, ...]:
        days = [level.days_late for level in levels]
        twice = sorted({each for each in days if days.count(each) > 1})
        if twice:
            raise PydanticCustomError("level_twice", "twice", {"expected": twice[0]})
        return tuple(sorted(levels, key=lambda level: level.days_late))
