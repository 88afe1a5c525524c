"""Registers for the tests of the reports: the sample register with all that follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from registers import register as small_register

from xlflow.checks.checking import check
from xlflow.history.past import Past
from xlflow.jobs.sample import sample_register
from xlflow.languages import Language
from xlflow.record.memory import NO_MEMORY
from xlflow.record.register import Register
from xlflow.reports.figures.movement import movement
from xlflow.reports.figures.overview import Overview, overview
from xlflow.reports.status.report import Standing
from xlflow.reports.status.workbook import status_workbook
from xlflow.settings import Settings, default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.deadlines import deadlines
from xlflow.timing.next_steps import next_steps

SETTINGS = default_settings()
ZONE = SETTINGS.calendar.zone
CALENDAR = WorkingCalendar.of("CN")


@cache
def sample(count: int, language: Language, now: datetime) -> Register:
    """The sample register as if read from a workbook."""
    held = sample_register(count, language, now.date(), CALENDAR)
    made = small_register(
        held.requirements,
        progress=held.progress,
        issues=held.issues,
        changes=held.changes,
        language=language,
        departments=held.departments,
        people=held.people,
    )
    return replace(made, path="/data/register.xlsx" if language == "en" else "/data/需求登记.xlsx")


def view_of(register: Register, now: datetime) -> Overview:
    """The register as the reports see it."""
    findings = check(register, SETTINGS, now, calendar=CALENDAR)
    found = deadlines(register, SETTINGS, CALENDAR, now)
    guidance = next_steps(register, SETTINGS, found, now)
    return overview(register, findings, found, guidance, now, ZONE)


@cache
def sample_view(count: int, language: Language, now: datetime) -> Overview:
    """The sample register as the reports see it."""
    return view_of(sample(count, language, now), now)


def standing_of(view: Overview, link: str = "", **held: Any) -> Standing:
    """How the register of a view stands, before any run has made a ledger."""
    moved = movement(view, NO_MEMORY, Past(), settings_of(view.name), CALENDAR)
    return Standing(view, moved, link, **held)


def settings_of(id_: str) -> Settings:
    """The settings of a register with this id."""
    register = SETTINGS.workbook.model_copy(update={"id": id_})
    return SETTINGS.model_copy(update={"workbook": register})


def written_of(view: Overview, language: Language, link: str = "") -> bytes:
    """The status workbook of one register, whose file it names by `link`."""
    return status_workbook([standing_of(view, link)], language)


@cache
def sample_views(counts: tuple[tuple[str, int], ...], now: datetime) -> tuple[Overview, ...]:
    """Sample registers of one company, each with its id and as many records."""
    return tuple(view_of(as_register(id_, sample(count, "en", now)), now) for id_, count in counts)


def as_register(id_: str, register: Register) -> Register:
    """The register under this id, in a file of its own."""
    return replace(register, register_id=id_, path=f"/data/{id_}.xlsx")
