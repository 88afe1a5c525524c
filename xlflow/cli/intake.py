"""``xlflow intake``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.run import print_lost, print_recovered
from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_WORLD
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.intake.examining import Examined
    from xlflow.jobs.intake.outcome import IntakeOutcome


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "intake", day=True, registers="each")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.intake.dry-run"))
    def intake(door: Door, as_json: bool, dry_run: bool) -> None:
        from xlflow.jobs.intake.job import intake as job
        from xlflow.jobs.keeping import one_run_at_a_time, open_ledger

        settings = door.settings
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            outcome = job(settings, ledger, door.now, door.company.ids, dry_run=dry_run)
        if as_json:
            door.print_json(_as_dict(outcome, door.language))
        else:
            _print(door, outcome, dry_run=dry_run)
        raise click.exceptions.Exit(_exit_code(outcome))

    return intake


def _exit_code(outcome: IntakeOutcome) -> int:
    if outcome.deferred or outcome.stuck:
        return EXIT_WORLD
    return EXIT_FINDINGS if outcome.faulty or outcome.unusable else EXIT_CLEAN


def _print(door: Door, outcome: IntakeOutcome, *, dry_run: bool) -> None:
    print_recovered(door, outcome.recovered)
    for taken in outcome.taken:
        title = taken.answers.get("title", "")
        facts = {"file": taken.file, "number": taken.number, "row": taken.row, "title": title}
        door.tell("intake.taken", **facts)
    for again in outcome.again:
        door.tell("intake.again", file=again.file, number=again.before.number)
    if dry_run:
        for one in outcome.ready:
            door.tell("intake.ready", file=one.form.file)
    for one in outcome.faulty:
        _print_faults(door, one)
    for dropped in (*outcome.unusable, *outcome.waiting):
        reason = dropped.reason.message(door.language) if dropped.reason else ""
        kind = "unusable" if dropped.kind == "unusable" else "waiting"
        door.tell(f"intake.{kind}", file=dropped.name, reason=reason)
    if outcome.others:
        names = ", ".join(dropped.name for dropped in outcome.others)
        door.tell("intake.others", count=len(outcome.others), files=names)
    for error in outcome.stuck:
        click.secho(error.message(door.language), fg="red", err=True)
    if outcome.deferred and not dry_run:
        reason = outcome.deferred.message(door.language)
        door.complain("intake.deferred", count=len(outcome.ready), reason=reason)
    if not any((outcome.taken, outcome.again, outcome.ready, outcome.faulty, outcome.unusable)):
        door.tell("intake.nothing", folder=outcome.folder)
    if outcome.placed:
        print_lost(door, outcome.placed.lost)
        door.tell("intake.next")


def _print_faults(door: Door, one: Examined) -> None:
    from xlflow.jobs.intake.results import cell_of

    door.tell("intake.faulty", file=one.form.file, count=len(one.faults))
    for found in one.faults:
        cell, label = cell_of(one.form, found.field), found.label(door.language)
        line = f"  {cell} 【{label}】{found.message(door.language)}"
        door.out.print(line, markup=False)


def _as_dict(outcome: IntakeOutcome, language: Language) -> dict[str, Any]:
    return {
        "folder": outcome.folder,
        "taken": [
            {
                "file": taken.file,
                "number": taken.number,
                "row": taken.row,
                "receipt": outcome.receipts.get(taken.file),
            }
            for taken in outcome.taken
        ],
        "again": [{"file": again.file, "number": again.before.number} for again in outcome.again],
        "ready": [one.form.file for one in outcome.ready],
        "faulty": [_faulty(one, language) for one in outcome.faulty],
        "unusable": [
            {"file": one.name, "reason": one.reason.message(language) if one.reason else None}
            for one in outcome.unusable
        ],
        "waiting": [one.name for one in outcome.waiting],
        "others": [one.name for one in outcome.others],
        "stuck": [error.message(language) for error in outcome.stuck],
        "deferred": outcome.deferred.message(language) if outcome.deferred else None,
        "aside": outcome.placed.aside if outcome.placed else None,
        "recovered": [recovered.state for recovered in outcome.recovered],
    }


def _faulty(one: Examined, language: Language) -> dict[str, Any]:
    from xlflow.jobs.intake.results import cell_of

    return {
        "file": one.form.file,
        "faults": [
            {
                "cell": cell_of(one.form, found.field),
                "field": found.field,
                "rule": found.rule,
                "message": found.message(language),
            }
            for found in one.faults
        ],
    }
