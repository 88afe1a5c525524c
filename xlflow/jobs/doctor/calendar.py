"""The working days: those off of this year and the next are published, or the company's own."""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.jobs.doctor.lines import Line, Text, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.company_days import read_company_days

# The State Council's notice comes in October or November.
_NOTICE_MONTH = 12


def years(surroundings: Surroundings) -> Iterator[Line]:
    """The days off are certain; of the next year only from December on."""
    settings = surroundings.settings
    calendar = WorkingCalendar.from_settings(settings)
    today = surroundings.local(surroundings.clock()).date()
    certain = []
    for year in (today.year, today.year + 1):
        if calendar.known.is_published(year):
            certain.append(str(year))
            continue
        is_late = year == today.year or today.month >= _NOTICE_MONTH
        told = Text("calendar.provisional", {"year": year})
        yield Line("calendar.years", "bad" if is_late else "note", told)
    if certain:
        country, held = settings.calendar.country, ", ".join(certain)
        yield Line("calendar.years", "good", text("calendar.good", country=country, years=held))
    if settings.calendar.file:
        path = settings.locate(settings.calendar.file)
        own = ", ".join(str(year) for year in sorted(read_company_days(path)))
        yield Line("calendar.years", "good", text("calendar.company", path=path, years=own))
