"""``xlflow run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.check import SEVERITIES, exit_code
from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.run import RunOutcome

_NUMBERS_SHOWN = 10


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "run", day=True)
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option(
        "--fail-on",
        type=click.Choice((*SEVERITIES, "never")),
        default="never",
        help=say(language, "cli.option.fail-on-run"),
    )
    def run(door: Door, as_json: bool, fail_on: str) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
        from xlflow.jobs.run import run as main_job
        from xlflow.jobs.status import write_status_workbook

        settings = door.settings
        with (
            one_run_at_a_time(settings),
            open_ledger(settings) as ledger,
            progress_bar(door) as progress,
        ):
            outcome = main_job(settings, ledger, door.now, progress=progress)
            report = write_status_workbook(outcome.inspection, settings, progress)
        if as_json:
            click.echo(json.dumps(_as_dict(outcome, report), ensure_ascii=False, indent=2))
        else:
            _print(door, outcome, report)
        raise click.exceptions.Exit(exit_code(list(outcome.inspection.findings), fail_on))

    return run


def _print(door: Door, outcome: RunOutcome, report: Path) -> None:
    inspection, path = outcome.inspection, Path(outcome.inspection.register.path)
    for recovered in outcome.recovered:
        door.tell("run.recovered", state=door.say(f"run.state.{recovered.state}"))
        if recovered.kept:
            door.tell("run.kept", path=recovered.kept)
    door.tell(
        "run.summary",
        records=len(inspection.register.requirements),
        errors=inspection.count("error"),
        warnings=inspection.count("warning"),
        late=inspection.overdue,
    )
    if outcome.numbered:
        numbers = sorted(outcome.numbered.values())
        more = ", …" if len(numbers) > _NUMBERS_SHOWN else ""
        shown = ", ".join(numbers[:_NUMBERS_SHOWN]) + more
        door.tell("run.numbered", count=len(numbers), numbers=shown)
    if outcome.placed is None:
        door.tell("run.unchanged", path=path.name)
    else:
        days = door.settings.ledger.keep_days
        door.tell("run.written", count=outcome.cells, path=path.name)
        door.tell("run.aside", days=days, path=Path(outcome.placed.aside).name)
        if outcome.placed.lost:
            door.tell("run.lost", what=", ".join(outcome.placed.lost))
    if outcome.refused:
        door.out.print(outcome.refused.message(door.language), style="yellow", markup=False)
    door.tell("run.report", path=report)
    door.warn_of_provisional(inspection.provisional_years)


def _as_dict(outcome: RunOutcome, report: Path) -> dict[str, Any]:
    inspection = outcome.inspection
    return {
        "file": inspection.register.path,
        "register": inspection.register.register_id,
        "run_at": inspection.now.isoformat(timespec="seconds"),
        "records": len(inspection.register.requirements),
        "numbered": {str(row): number for row, number in outcome.numbered.items()},
        "cells_written": outcome.cells,
        "aside": outcome.placed.aside if outcome.placed else None,
        "not_writable": [f"{c.sheet}!{c.address}" for c in outcome.refused.cells]
        if outcome.refused
        else [],
        "recovered": [recovered.state for recovered in outcome.recovered],
        "findings": {severity: inspection.count(severity) for severity in SEVERITIES},
        "overdue": inspection.overdue,
        "status_workbook": str(report),
    }
