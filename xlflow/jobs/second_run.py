"""A run over a workbook that nobody has touched since the last one: what that found still stands.

It stands for the same bytes of the workbook and of the status workbook, under the same settings,
company days and program, until the day is over or the clock meets an hour that something waits for.
Then a run is told by what the ledger has noted: the register is not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, time, timedelta
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlflow.errors import XlflowError
from xlflow.jobs.drive import drive_of
from xlflow.jobs.outcome import Figures, RunOutcome, counts
from xlflow.ledger import Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Snapshot, prune_asides, snapshot

if TYPE_CHECKING:
    from xlflow.checks.waivers import WaiverNote
    from xlflow.jobs.inspection import Inspection

_PROGRAM = Path(__file__).parents[1]
_DAYS_OFF_FROM = ("chinesecalendar", "holidays", "tzdata")


def note_what_stands(
    settings: Settings, ledger: Ledger, outcome: RunOutcome, report: Path, world: str
) -> None:
    """Note what a run found and the status workbook that it wrote; `world` as it was before it.

    Not where it left something to do: then the next run goes all the way again.
    """
    found = outcome.inspection
    if found is None or outcome.deferred or outcome.refused:
        return
    noted = {
        "figures": asdict(outcome.figures),
        "workbook": outcome.sha256,
        "world": world,
        "from": outcome.at.replace(microsecond=0).isoformat(),  # rules and clocks count seconds
        "before": _stands_before(found, settings).isoformat(),
        "report": str(report),
        "report_sha256": _sha256(report),
    }
    ledger.standing.note(settings.workbook.id, noted, outcome.at)


def run_again(settings: Settings, ledger: Ledger, now: datetime, world: str) -> RunOutcome | None:
    """The run that changes nothing, if all stands that the last one found; else None."""
    noted = ledger.standing.of(settings.workbook.id)
    if noted is None or not _is_in_time(noted, now) or noted["world"] != world:
        return None
    report = Path(noted["report"])
    if _sha256(report) != noted["report_sha256"] or ledger.intents.open(settings.workbook.id):
        return None
    with drive_of(settings) as drive:
        try:
            taken = snapshot(settings.register_location, now, host=drive)
        except XlflowError:
            return None  # the run that goes all the way tells what stands in the way
        if not _is_of(noted, taken):
            return None
        run_id = ledger.runs.start(settings.workbook.id, now)
        ledger.runs.see_register(settings.workbook.id, taken.path, now)
        outcome = RunOutcome(_figures(noted["figures"]), now, taken.sha256, report=report)
        ledger.runs.end(run_id, "done", counts(outcome), now)
        in_use = ledger.intents.files_in_use()
        folder, _ = drive.split(taken.path)
        prune_asides(folder, settings.ledger.keep_days, now, keep=in_use, host=drive)
    return outcome


def _is_in_time(noted: Mapping[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(noted["from"]) <= now < datetime.fromisoformat(noted["before"])


def _is_of(noted: Mapping[str, Any], taken: Snapshot) -> bool:
    return (taken.sha256, taken.path) == (noted["workbook"], noted["figures"]["path"])


def _figures(noted: Mapping[str, Any]) -> Figures:
    notes, years = tuple(map(_note, noted["waiver_notes"])), tuple(noted["provisional_years"])
    return Figures(**{**noted, "provisional_years": years, "waiver_notes": notes})


def _note(noted: Mapping[str, Any]) -> WaiverNote:
    from xlflow.checks.waivers import WaiverNote  # heavy, and mostly there is nothing to note

    return WaiverNote(**noted)


def _stands_before(found: Inspection, settings: Settings) -> datetime:
    """The first moment at which the same register may be told otherwise.

    Days count in the time zone of the settings. Within a day, only a deadline of hours that runs
    out changes anything, and the arrival of a moment that was recorded too early.
    """
    zone = settings.calendar.zone
    today = found.now.astimezone(zone).date()
    moments = [datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)]
    moments += (it.due for it in found.deadlines if isinstance(it.due, datetime))
    findings = chain(found.findings, (one.finding for one in found.waived))
    recorded = (one.found for one in findings if isinstance(one.found, datetime))
    # A clock that is set back shows an hour twice, one that is set forward leaves one out.
    moments += (at.replace(tzinfo=zone, fold=fold) for at in recorded for fold in (0, 1))
    return min(moment for moment in moments if moment > found.now)


def world_of(settings: Settings) -> str:
    """A digest of all that the findings depend on besides the workbook and the clock."""
    held = [settings.model_dump_json(), str(settings.folder.resolve()), settings.in_file_names]
    if file := settings.calendar.file:
        held.append(_sha256(settings.locate(file)) or "")
    held += map(_version, _DAYS_OFF_FROM)
    return hashlib.sha256(json.dumps([*held, *_program()]).encode()).hexdigest()


def _program() -> Iterator[str]:
    """Each file of xlflow itself, as far as it can be told without reading it."""
    for file in sorted(_PROGRAM.rglob("*.*")):
        if file.suffix in (".py", ".toml", ".txt"):
            told = file.stat()
            yield f"{file.relative_to(_PROGRAM)} {told.st_size} {told.st_mtime_ns}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sha256(file: Path) -> str | None:
    """None where there is no such file, or none that can be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
