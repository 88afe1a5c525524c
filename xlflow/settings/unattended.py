"""What runs by itself and when, and the log that tells of it."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from xlflow.settings.section import Section

LOG_FILE = "xlflow.log"
OFF = "off"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


def _time_of_day(given: Any) -> Any:
    """The time as "08:30", from a text or from TOML's own 08:30:00."""
    if isinstance(given, time):
        return f"{given:%H:%M}"
    found = _TIME.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        raise PydanticCustomError("no_time", "no time of day", {"expected": "08:30"})
    return f"{int(found[1]):02d}:{found[2]}"


def _time_or_off(given: Any) -> Any:
    if isinstance(given, str) and given.strip().casefold() == OFF:
        return OFF
    try:
        return _time_of_day(given)
    except PydanticCustomError as err:
        kind: Any = "no_time_or_off"
        raise PydanticCustomError(kind, "no time of day", {"expected": "08:30"}) from err


def _small(given: Any) -> Any:
    return given.strip().casefold() if isinstance(given, str) else given


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day)]
TimeOrOff = Annotated[str, BeforeValidator(_time_or_off)]


class ScheduleSettings(Section):
    """When each job runs, in the time zone of the calendar."""

    validate_minutes: int = Field(30, ge=0, le=24 * 60)
    validate_from: TimeOfDay = "08:00"
    validate_until: TimeOfDay = "18:30"
    intake_minutes: int = Field(30, ge=0, le=24 * 60)
    board_minutes: int = Field(30, ge=0, le=24 * 60)
    digest_at: TimeOrOff = "08:30"
    weekly_on: Annotated[Weekday, BeforeValidator(_small)] = "monday"
    weekly_at: TimeOrOff = "08:00"
    archive_on_day: int = Field(1, ge=1, le=28)
    archive_at: TimeOrOff = OFF
    prune_at: TimeOrOff = "12:15"
    send: bool = True

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> ScheduleSettings:
        if self.validate_until < self.validate_from:
            facts = {"expected": self.validate_from}
            raise PydanticCustomError("ends_early", "ends before it begins", facts)
        return self


class LogSettings(Section):
    """The log of what ran by itself: lines of JSON, in files that take turns."""

    folder: Path = Path("logs")
    size_mb: PositiveInt = 5
    keep: int = Field(10, ge=1, le=1000)
    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_small)] = "info"


def clock_time(text: str) -> time | None:
    """The time of day that a setting holds; None for "off"."""
    return None if text == OFF else time.fromisoformat(text)
