"""An inspection as the reports see it."""

from __future__ import annotations

from xlflow.jobs.inspection import Inspection
from xlflow.reports.figures.overview import Overview, overview
from xlflow.settings import Settings


def view_of(inspection: Inspection, settings: Settings) -> Overview:
    """Every figure of the reports; days are those of the settings' time zone."""
    return overview(
        inspection.register,
        inspection.findings,
        inspection.deadlines,
        inspection.guidance,
        inspection.now,
        settings.calendar.zone,
        settings.workbook.id,
    )
