"""Making the board from inspections: of one register, or of several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from urllib.parse import quote

from xlflow.files import write_whole
from xlflow.history.past import records_of
from xlflow.jobs.inspection import in_language
from xlflow.jobs.looking_back import newest_happenings
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.reporting.status import Inspected, view_of
from xlflow.languages import Language
from xlflow.ledger.reading import reading
from xlflow.record.register import Table
from xlflow.reports.board import BoardRegister, board_page
from xlflow.reports.links import register_link
from xlflow.settings import Settings, is_smb
from xlflow.timing.calendar import WorkingCalendar

FILE_NAME = "board.html"
"""It never changes, so that a bookmark holds."""


def place_of_board(settings: Settings, out: Path | None = None) -> Path:
    """Where the board lies: in the folder of the reports, unless it shall lie at `out`."""
    if out is not None:
        return out.resolve()
    return settings.locate(settings.reports.folder).resolve() / FILE_NAME


def write_board(
    inspected: Sequence[Inspected],
    left_out: Mapping[str, str] | None = None,
    *,
    language: Language | None = None,
    out: Path | None = None,
    progress: Progress = quiet,
) -> Path:
    """Write the board of these registers, at least one, and return where it lies.

    It is in the language of the first register unless another is named. `left_out`: the ids of
    registers that could not be read, and why.

    Raises:
        FileNotWritten: An earlier board is as it was.
        LedgerError: The ledger cannot be read.
    """
    progress("reporting")
    settings, first = inspected[0]
    spoken = language or first.register.language
    path = place_of_board(settings, out)
    registers = [_register(one, spoken, path.parent) for one in inspected]
    now = first.now.astimezone(settings.calendar.zone)
    write_whole(path, board_page(registers, spoken, now, left_out or {}))
    return path


def _register(inspected: Inspected, language: Language, folder: Path) -> BoardRegister:
    settings, inspection = inspected
    newest = newest_happenings(settings)
    return BoardRegister(
        view=view_of(in_language(inspection, settings, language), settings),
        deadlines=inspection.deadlines,
        calendar=WorkingCalendar.from_settings(settings),
        zone=settings.calendar.zone,
        memory=inspection.memory,
        moments=newest.moments,
        earlier=newest.earlier,
        archived=_archived(settings, inspection.register.requirements),
        link=_link(settings, inspection.register.path, folder),
    )


def _archived(settings: Settings, like: Table) -> Table | None:
    """The records that went to an archive, as they were last seen."""
    scope = settings.workbook.id
    with reading(settings.ledger.url, beside=settings.folder) as ledger:
        numbers = ledger.archived.of(scope) if ledger else {}
        if ledger is None or not numbers:
            return None
        known = ledger.history.entries(scope, ["register"])
        away = [entry for entry in known if entry.number in numbers]
        cells = ledger.history.cells(scope, [entry.id for entry in away])
        return records_of(away, cells, like, numbers)


def _link(settings: Settings, path: str, folder: Path) -> str:
    """How the board's page leads to the workbook; "" for an address on a server."""
    if is_smb(path) or settings.workbook.address:
        return ""
    link = register_link(Path(path).resolve(), folder)
    return "" if PurePath(link).is_absolute() else "./" + quote(link)
