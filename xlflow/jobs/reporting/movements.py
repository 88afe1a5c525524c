"""What moved in a register: its cells as they are, and what the ledger tells of two weeks."""

from __future__ import annotations

from datetime import datetime

from xlflow.history.past import Past, Then, as_it_stood, records_of, spells_by_number
from xlflow.jobs.inspection import Inspection
from xlflow.jobs.reporting.views import view_of
from xlflow.ledger import Ledger
from xlflow.ledger.reading import reading
from xlflow.record.register import Register
from xlflow.reports.figures.lives import Span
from xlflow.reports.figures.movement import Movement, movement
from xlflow.reports.figures.overview import Overview
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar


def movement_of(
    inspection: Inspection, settings: Settings, view: Overview | None = None
) -> Movement:
    """What moved up to the moment of the inspection; `view`: its figures, if they are at hand.

    Raises:
        LedgerError: The ledger cannot be read.
        SettingsError: The settings of the calendar are faulty.
    """
    view = view or view_of(inspection, settings)
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        past = (
            Past() if ledger is None else past_of(ledger, inspection.register, settings, view.now)
        )
    calendar = WorkingCalendar.from_settings(settings)
    return movement(view, inspection.memory, past, settings, calendar)


def past_of(ledger: Ledger, register: Register, settings: Settings, now: datetime) -> Past:
    """What the ledger tells of the two weeks before a moment; it is only read."""
    scope, history = settings.workbook.id, ledger.history
    looks = [one.seen_at for one in history.sightings(scope) if one.seen_at <= now]
    if not looks:
        return Past()
    first = min(looks)
    week = Span.week_to(now)
    entries = history.entries(scope)
    cells = history.cells(scope, [entry.id for entry in entries])
    statuses = history.statuses(scope)
    noted = history.events(scope, since=week.before.after)

    def then(at: datetime) -> Then:
        return as_it_stood(register, entries, cells, noted, statuses, at)

    archived = ledger.archived.of(scope)
    choices = register.schema.choices["status"]
    away = [entry for entry in entries if entry.number in archived]
    return Past(
        known_since=first,
        start=then(max(week.after, first)),
        before=then(week.before.after) if first <= week.before.after else None,
        archived=records_of(away, cells, register.requirements, archived),
        archived_spells=spells_by_number(away, statuses, choices, now),
    )
