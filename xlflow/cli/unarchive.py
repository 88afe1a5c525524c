"""``xlflow unarchive``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.archive import ending_as_dict, tell, tell_conflicts
from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.run import print_lost, print_recovered
from xlflow.errors import EXIT_FINDINGS, EXIT_WORLD, UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.archiving.unarchive import UnarchiveOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "unarchive", day=True, registers="each")
    @click.argument("numbers", nargs=-1, metavar="NUMBER...", callback=_named)
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def unarchive(door: Door, numbers: tuple[str, ...], as_json: bool) -> None:
        from xlflow.jobs.archiving.unarchive import unarchive as main_job
        from xlflow.jobs.keeping import one_run_at_a_time, open_ledger

        settings = door.settings
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            outcome = main_job(settings, ledger, door.now, numbers)
        if as_json:
            door.print_json(_as_dict(outcome, door))
        else:
            _print(door, outcome)
        for err in outcome.held_up:
            click.secho(err.message(door.language), fg="red", err=True)
        if outcome.held_up:
            raise click.exceptions.Exit(EXIT_WORLD)
        raise click.exceptions.Exit(EXIT_FINDINGS if outcome.conflicts else 0)

    return unarchive


def _named(
    context: click.Context, _argument: click.Parameter, numbers: tuple[str, ...]
) -> tuple[str, ...]:
    """The numbers; before any register is worked on, a usage error where there are none."""
    if not numbers and not context.resilient_parsing:
        raise UsageError("archive.not.named")
    return numbers


def _print(door: Door, outcome: UnarchiveOutcome) -> None:
    print_recovered(door, outcome.recovered)
    if outcome.back:
        tell(door, "back", count=len(outcome.back), path=Path(outcome.path).name)
        for number, file in outcome.back.items():
            tell(door, "back-line", number=number, file=file)
    for number, file in outcome.waiting.items():
        tell(door, "back-waiting", number=number, file=file)
    if outcome.documents:
        numbers = ", ".join(outcome.documents)
        tell(door, "documents", count=len(outcome.documents), numbers=numbers)
    tell_conflicts(door, outcome.conflicts)
    if outcome.placed:
        tell(door, "aside", days=door.settings.ledger.keep_days)
        for placed in outcome.placed:
            print_lost(door, placed.lost)
        tell(door, "back-next")


def _as_dict(outcome: UnarchiveOutcome, door: Door) -> dict[str, Any]:
    return {
        "file": outcome.path,
        "back": dict(outcome.back),
        "waiting": dict(outcome.waiting),
        **ending_as_dict(outcome, door),
    }
