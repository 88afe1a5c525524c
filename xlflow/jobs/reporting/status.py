"""Making the status workbook from inspections: of one register, or of several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xlflow.files import write_whole
from xlflow.jobs.drive import address_for_people
from xlflow.jobs.inspection import Inspection, in_language
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.reporting.movements import movement_of
from xlflow.jobs.reporting.views import view_of as view_of
from xlflow.languages import Language
from xlflow.reports.figures.totals import Totals, totals
from xlflow.reports.links import register_link
from xlflow.reports.status.report import Standing
from xlflow.reports.status.workbook import status_workbook
from xlflow.settings import Settings, is_smb

Inspected = tuple[Settings, Inspection]
"""A register, and what was found in it."""


def totals_of(inspected: Sequence[Inspected]) -> Totals:
    """The figures of these registers added up."""
    return totals([view_of(inspection, settings) for settings, inspection in inspected])


def standing_to_send(settings: Settings, inspection: Inspection, language: Language) -> Standing:
    """How a register stands, told in a language; links lead to it from wherever that goes."""
    told = in_language(inspection, settings, language)
    return standing_of(settings, told, address_for_people(settings, inspection.register.path))


def write_status_workbook(
    inspected: Sequence[Inspected],
    left_out: Mapping[str, str] | None = None,
    progress: Progress = quiet,
) -> Path:
    """Write the status workbook of the day into the folder of the reports; returns where.

    It is in the language of the first register. Where it does not hold all registers of the
    company, its name has the ids of those that it holds.

    Raises:
        FileNotWritten: The registers are not touched by that.
    """
    progress("reporting")
    settings, first = inspected[0]
    language = first.register.language
    folder = settings.locate(settings.reports.folder).resolve()
    standings = [
        standing_of(one, in_language(inspection, one, language), _link(one, inspection, folder))
        for one, inspection in inspected
    ]
    today = standings[0].view.today
    path = folder / f"status-{_in_file_name(inspected, left_out or {})}{today}.xlsx"
    write_whole(path, status_workbook(standings, language, left_out=left_out))
    return path


def standing_of(settings: Settings, inspection: Inspection, link: str) -> Standing:
    """How a register stands; `link` is how the workbook names its file."""
    view = view_of(inspection, settings)
    moved = movement_of(inspection, settings, view)
    return Standing(view, moved, link, inspection.waived, inspection.memory)


def _link(settings: Settings, inspection: Inspection, folder: Path) -> str:
    path = inspection.register.path
    if is_smb(path):
        return address_for_people(settings, path)
    return register_link(Path(path).resolve(), folder)


def _in_file_name(inspected: Sequence[Inspected], left_out: Mapping[str, str]) -> str:
    """The ids of the registers, unless they are all that the company has."""
    ids = [settings.workbook.id for settings, _ in inspected]
    known = {*ids, *inspected[0][0].siblings}
    return "" if known == {*ids, *left_out} else "".join(f"{id_}-" for id_ in ids)
