"""Making the status workbook from an inspection."""

from __future__ import annotations

from pathlib import Path

from xlflow.files import write_whole
from xlflow.jobs.drive import address_for_people
from xlflow.jobs.inspection import Inspection
from xlflow.jobs.progress import Progress, quiet
from xlflow.reports.links import register_link
from xlflow.reports.overview import Overview, overview
from xlflow.reports.status_workbook import status_workbook
from xlflow.settings import Settings, is_smb


def view_of(inspection: Inspection, settings: Settings) -> Overview:
    """Every figure of the reports; days are those of the settings' time zone."""
    return overview(
        inspection.register,
        inspection.findings,
        inspection.deadlines,
        inspection.guidance,
        inspection.now,
        settings.calendar.zone,
    )


def write_status_workbook(view: Overview, settings: Settings, progress: Progress = quiet) -> Path:
    """Write the status workbook of the day into the folder of the reports; returns where.

    Of several registers, each has its own, with its id in the name.

    Raises:
        FileNotWritten: The register is not touched by that.
    """
    progress("reporting")
    folder = settings.locate(settings.reports.folder).resolve()
    path = folder / f"status-{settings.in_file_names}{view.today}.xlsx"
    link = (
        address_for_people(settings, view.register.path)
        if is_smb(view.register.path)
        else register_link(Path(view.register.path).resolve(), folder)
    )
    data = status_workbook(view, view.register.language, register_link=link)
    write_whole(path, data)
    return path
