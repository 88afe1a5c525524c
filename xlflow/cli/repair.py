"""``xlflow repair``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.run import print_lost, print_recovered
from xlflow.errors import EXIT_FINDINGS
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.repair import Difference, RepairOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "repair", registers="each")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.repair.dry-run"))
    def repair(door: Door, as_json: bool, dry_run: bool) -> None:
        if dry_run:
            _list(door, as_json=as_json)
        else:
            _repair(door, as_json=as_json)

    return repair


def _list(door: Door, *, as_json: bool) -> None:
    """Show what a repair would put back; exit code 1 if there is anything."""
    from xlflow.jobs.drive import drive_of
    from xlflow.jobs.inspection import take_snapshot
    from xlflow.jobs.repair import differences

    with drive_of(door.settings) as drive:
        taken = take_snapshot(door.settings, door.now, drive)
    found = differences(door.settings, taken)
    name = Path(taken.path).name
    if as_json:
        door.print_json({"file": taken.path, "differences": _as_dicts(found, door)})
    elif found:
        door.tell("repair.found", path=name, count=len(found))
        _print_lines(door, found)
    else:
        door.tell("repair.unchanged", path=name)
    raise click.exceptions.Exit(EXIT_FINDINGS if found else 0)


def _repair(door: Door, *, as_json: bool) -> None:
    """Put it back; exit code 1 if anything is left for people to do."""
    from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
    from xlflow.jobs.repair import repair as main_job

    settings = door.settings
    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        outcome = main_job(settings, ledger, door.now)
    if as_json:
        door.print_json(_as_dict(outcome, door))
    else:
        _print(door, outcome)
    raise click.exceptions.Exit(EXIT_FINDINGS if outcome.left else 0)


def _print(door: Door, outcome: RepairOutcome) -> None:
    print_recovered(door, outcome.recovered)
    name = Path(outcome.path).name
    if outcome.placed:
        door.tell("repair.done", path=name, count=len(outcome.put_back))
        _print_lines(door, outcome.put_back)
    elif not outcome.left:
        door.tell("repair.unchanged", path=name)
    if outcome.left:
        door.tell("repair.left", path=name, count=len(outcome.left))
        _print_lines(door, outcome.left)
    if outcome.refused:
        door.out.print(outcome.refused.message(door.language), style="yellow", markup=False)
    if outcome.placed:
        days = door.settings.ledger.keep_days
        door.tell("run.aside", days=days, path=Path(outcome.placed.aside).name)
        print_lost(door, outcome.placed.lost)
        door.tell("repair.next")


def _print_lines(door: Door, found: Sequence[Difference]) -> None:
    for difference in found:
        door.out.print(f"  {difference.message(door.language)}", markup=False)


def _as_dict(outcome: RepairOutcome, door: Door) -> dict[str, Any]:
    return {
        "file": outcome.path,
        "put_back": _as_dicts(outcome.put_back, door),
        "left": _as_dicts(outcome.left, door),
        "not_writable": [f"{c.sheet}!{c.address}" for c in outcome.refused.cells]
        if outcome.refused
        else [],
        "aside": outcome.placed.aside if outcome.placed else None,
        "recovered": [recovered.state for recovered in outcome.recovered],
    }


def _as_dicts(found: Sequence[Difference], door: Door) -> list[dict[str, object]]:
    return [difference.to_dict(door.language) for difference in found]
