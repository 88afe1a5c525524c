"""Making the status workbook from an inspection."""

from __future__ import annotations

import os
from pathlib import Path

from xlflow.errors import XlflowError
from xlflow.jobs.drive import address_for_people
from xlflow.jobs.inspection import Inspection, Progress, quiet
from xlflow.reports.links import register_link
from xlflow.reports.overview import Overview, overview
from xlflow.reports.status_workbook import status_workbook
from xlflow.settings import Settings, is_smb


class ReportNotWritten(XlflowError):
    """The folder of the reports cannot be written, or the report is open in Excel."""


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

    Raises:
        ReportNotWritten: It cannot be written; the register is not touched by that.
    """
    progress("reporting")
    folder = settings.locate(settings.reports.folder).resolve()
    path = folder / f"status-{view.today}.xlsx"
    link = (
        address_for_people(settings, view.register.path)
        if is_smb(view.register.path)
        else register_link(Path(view.register.path).resolve(), folder)
    )
    data = status_workbook(view, view.register.language, register_link=link)
    return write_whole(path, data)


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all, in place of an earlier one.

    Raises:
        ReportNotWritten: It cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as err:
        fresh.unlink(missing_ok=True)
        raise ReportNotWritten("jobs.report-not-written", path=path, reason=err.strerror) from err
    return path
