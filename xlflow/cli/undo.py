"""``xlflow undo``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.run import print_lost, print_recovered
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.undo import UndoOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "undo")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def undo(door: Door, as_json: bool) -> None:
        from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
        from xlflow.jobs.undo import undo as main_job

        settings = door.settings
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            outcome = main_job(settings, ledger, door.now)
        if as_json:
            door.print_json(_as_dict(outcome))
        else:
            _print(door, outcome)

    return undo


def _print(door: Door, outcome: UndoOutcome) -> None:
    print_recovered(door, outcome.recovered)
    made_at = outcome.undone.made_at.astimezone(door.settings.calendar.zone)
    name = Path(outcome.placed.path).name
    door.tell("undo.done", path=name, at=made_at, cells=outcome.undone.cells or 0)
    if outcome.numbers:
        shown = ", ".join(sorted(outcome.numbers))
        door.tell("undo.numbers", count=len(outcome.numbers), numbers=shown)
    days = door.settings.ledger.keep_days
    door.tell("run.aside", days=days, path=Path(outcome.placed.aside).name)
    print_lost(door, outcome.placed.lost)
    door.tell("undo.next")


def _as_dict(outcome: UndoOutcome) -> dict[str, Any]:
    return {
        "file": outcome.placed.path,
        "undone": outcome.undone.to_dict(),
        "numbers_free": sorted(outcome.numbers),
        "aside": outcome.placed.aside,
        "recovered": [recovered.state for recovered in outcome.recovered],
    }
