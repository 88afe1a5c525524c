"""``xlflow run``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.check import SEVERITIES, exit_code
from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_WORLD
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.outcome import RunOutcome
    from xlflow.jobs.recovery import Recovered
    from xlflow.workbook.share import WorkbookChanged, WorkbookOpen

_NUMBERS_SHOWN = 10
# What a drive may be unable to keep; an attribute of POSIX or a stream has a name of its own.
_RIGHTS = {
    *("owner", "group", "mode", "acl"),
    *("attributes", "hidden", "streams", "compression", "encryption"),
}


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "run", day=True, registers="each")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option(
        "--fail-on",
        type=click.Choice((*SEVERITIES, "never")),
        default="never",
        help=say(language, "cli.option.fail-on-run"),
    )
    @click.option(
        "--wait", metavar="10m", callback=_length_of_time, help=say(language, "cli.option.wait")
    )
    def run(door: Door, as_json: bool, fail_on: str, wait: timedelta) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.main_job import run_and_report
        from xlflow.jobs.waiting import RunningClock

        with progress_bar(door) as progress:
            outcome = run_and_report(door.settings, RunningClock(door.now), wait, progress)
        if as_json:
            door.print_json(_as_dict(outcome, door.language))
        else:
            _print(door, outcome)
        if outcome.unreported:
            click.secho(outcome.unreported.message(door.language), fg="red", err=True)
        if outcome.deferred:
            _complain_of(outcome.deferred, door)
        if outcome.unreported or outcome.deferred:
            raise click.exceptions.Exit(EXIT_WORLD)
        raise click.exceptions.Exit(exit_code(outcome.figures.findings, fail_on))

    return run


def print_recovered(door: Door, recovered: Iterable[Recovered]) -> None:
    """Say what became of commits that were left open."""
    for settled in recovered:
        door.tell("run.recovered", state=door.say(f"run.state.{settled.state}"))
        if settled.kept:
            door.tell("run.kept", path=settled.kept)


def print_lost(door: Door, lost: Sequence[str]) -> None:
    """Say which rights of the old workbook the new one could not be given."""
    if set(lost) <= {"owner", "group"}:
        if lost:
            door.tell("run.belongs")
        return
    names = (door.say(f"run.right.{name}") if name in _RIGHTS else name for name in lost)
    door.tell("run.lost", what=", ".join(names))


def _print(door: Door, outcome: RunOutcome) -> None:
    figures, path = outcome.figures, Path(outcome.figures.path)
    print_recovered(door, outcome.recovered)
    door.tell(
        "run.summary",
        records=figures.records,
        errors=figures.findings["error"],
        warnings=figures.findings["warning"],
        late=figures.overdue,
    )
    if outcome.numbered:
        _tell_numbers(door, "numbered", sorted(outcome.numbered.values()))
    if outcome.change_numbers:
        _tell_numbers(door, "changes-numbered", sorted(outcome.change_numbers.values()))
    if outcome.put_back:
        told = [
            door.say("run.put-back-one", number=known.number, row=row)
            for row, known in sorted(outcome.put_back.items())
        ]
        _tell_numbers(door, "put-back", told)
    if outcome.placed is None and outcome.deferred is None:
        door.tell("run.unchanged", path=path.name)
    elif outcome.placed:
        days = door.settings.ledger.keep_days
        door.tell("run.written", count=outcome.cells, path=path.name)
        door.tell("run.aside", days=days, path=Path(outcome.placed.aside).name)
        print_lost(door, outcome.placed.lost)
    if outcome.refused:
        door.out.print(outcome.refused.message(door.language), style="yellow", markup=False)
    if outcome.report:
        door.tell("run.report", path=outcome.report)
    door.tell_of_waivers(figures.waived, figures.waiver_notes)
    door.warn_of_provisional(figures.provisional_years)


def _tell_numbers(door: Door, name: str, numbers: Sequence[str]) -> None:
    """Print the first of them, and how many there are."""
    more = ", …" if len(numbers) > _NUMBERS_SHOWN else ""
    shown = ", ".join(numbers[:_NUMBERS_SHOWN]) + more
    door.tell(f"run.{name}", count=len(numbers), numbers=shown)


def _complain_of(deferred: WorkbookOpen | WorkbookChanged, door: Door) -> None:
    """Say who stands in the way, and that numbers and results wait."""
    from xlflow.workbook.share import WorkbookChanged

    name = Path(deferred.path).name
    if isinstance(deferred, WorkbookChanged):
        door.complain("run.deferred-changed", path=name)
    elif deferred.by and deferred.since:
        since = deferred.since.astimezone(door.settings.calendar.zone)
        door.complain("run.deferred-open", path=name, by=deferred.by, since=since)
    else:
        door.complain("run.deferred-somewhere", path=name)


def _length_of_time(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> timedelta:
    from xlflow.jobs.waiting import length_of_time

    return length_of_time(text) if text else timedelta(0)


def _as_dict(outcome: RunOutcome, language: Language) -> dict[str, Any]:
    figures, deferred = outcome.figures, outcome.deferred
    return {
        "file": figures.path,
        "register": figures.register_id,
        "run_at": outcome.at.isoformat(timespec="seconds"),
        "records": figures.records,
        "numbered": {str(row): number for row, number in outcome.numbered.items()},
        "change_numbers": {str(row): number for row, number in outcome.change_numbers.items()},
        "put_back": {
            str(row): {"number": known.number, "found": known.found or None}
            for row, known in outcome.put_back.items()
        },
        "cells_written": outcome.cells,
        "aside": outcome.placed.aside if outcome.placed else None,
        "deferred": deferred
        and {
            "reason": deferred.key.removeprefix("share."),
            "by": deferred.facts.get("by"),
            "since": _iso(deferred.facts.get("since"), outcome.at.tzinfo),
        },
        "not_writable": [f"{c.sheet}!{c.address}" for c in outcome.refused.cells]
        if outcome.refused
        else [],
        "recovered": [recovered.state for recovered in outcome.recovered],
        "findings": {severity: figures.findings[severity] for severity in SEVERITIES},
        "waived": figures.waived,
        "waiver_notes": [note.to_dict(language) for note in figures.waiver_notes],
        "overdue": figures.overdue,
        "status_workbook": outcome.report and str(outcome.report),
    }


def _iso(moment: datetime | None, zone: tzinfo | None) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None
