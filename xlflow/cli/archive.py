"""``xlflow archive``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door, day_of
from xlflow.cli.options import command as new_command
from xlflow.cli.run import print_lost, print_recovered
from xlflow.errors import EXIT_FINDINGS, EXIT_WORLD
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.archiving.archive import ArchiveOutcome
    from xlflow.jobs.archiving.choosing import Plan, Wish
    from xlflow.jobs.archiving.storing import Conflict
    from xlflow.jobs.archiving.unarchive import UnarchiveOutcome

_NUMBERS_SHOWN = 10


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "archive", day=True, registers="each")
    @click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
    @click.option(
        "--closed-before",
        metavar="YYYY-MM-DD",
        callback=lambda _context, _option, text: day_of(text),
        help=say(language, "cli.archive.closed-before"),
    )
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.archive.dry-run"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def archive(
        door: Door,
        numbers: tuple[str, ...],
        closed_before: date | None,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        from xlflow.jobs.archiving.choosing import Wish

        wish = Wish(tuple(numbers), closed_before)
        if dry_run:
            _plan(door, wish, as_json=as_json)
        else:
            _archive(door, wish, as_json=as_json)

    return archive


def tell(door: Door, name: str, /, **values: object) -> None:
    """Print a text of the catalogue ``archive``."""
    door.out.print(say(door.language, f"archive.told.{name}", **values), markup=False)


def tell_conflicts(door: Door, conflicts: Iterable[Conflict]) -> None:
    """Say which records people must look at, and where their copies differ."""
    for found in conflicts:
        if found.places:
            places = ", ".join(_place(door, sheet, key) for sheet, key in found.places)
            values = {"number": found.number, "file": found.file, "places": places}
            text = say(door.language, "archive.told.conflict", **values)
        else:
            values = {"number": found.number, "file": found.file}
            text = say(door.language, "archive.told.doubled", **values)
        door.out.print(text, style="yellow", markup=False)


def _plan(door: Door, wish: Wish, *, as_json: bool) -> None:
    """Show what would move."""
    from xlflow.jobs.archiving.choosing import plan
    from xlflow.jobs.keeping import open_ledger

    with open_ledger(door.settings) as ledger:
        planned = plan(door.settings, ledger, door.now, wish)
    if as_json:
        door.print_json(_plan_as_dict(planned))
        return
    _tell_already(door, planned.choice.already)
    chosen = planned.choice.chosen
    if not chosen:
        _tell_nothing(door, wish, planned.path)
        return
    tell(door, "would", count=len(chosen), folder=door.settings.archive.folder)
    for record in chosen:
        file = f"{record.on.year if record.on else door.now.year}.xlsx"
        title = planned.titles.get(record.number, "")
        tell(door, "line", number=record.number, title=title, file=file)


def _archive(door: Door, wish: Wish, *, as_json: bool) -> None:
    """Move them; exit code 1 if people must look at any, 3 if somebody stands in the way."""
    from xlflow.jobs.archiving.archive import archive as main_job
    from xlflow.jobs.keeping import one_run_at_a_time, open_ledger

    settings = door.settings
    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        outcome = main_job(settings, ledger, door.now, wish)
    if as_json:
        door.print_json(_as_dict(outcome, door))
    else:
        _print(door, wish, outcome)
    for err in outcome.held_up:
        click.secho(err.message(door.language), fg="red", err=True)
    if outcome.held_up:
        raise click.exceptions.Exit(EXIT_WORLD)
    raise click.exceptions.Exit(EXIT_FINDINGS if outcome.stayed or outcome.conflicts else 0)


def _print(door: Door, wish: Wish, outcome: ArchiveOutcome) -> None:
    print_recovered(door, outcome.recovered)
    name = Path(outcome.path).name
    _tell_already(door, outcome.already)
    if outcome.moved:
        folder = door.settings.archive.folder
        tell(door, "moved", count=len(outcome.moved), path=name, folder=folder)
        for number, file in outcome.moved.items():
            tell(door, "line", number=number, title=outcome.titles.get(number, ""), file=file)
    if outcome.documents:
        tell(door, "documents", **_counted(outcome.documents))
    if outcome.stayed:
        tell(door, "stayed", path=name, **_counted(outcome.stayed))
        for line in _obstacles(door, outcome):
            door.out.print(f"  {line}", style="yellow", markup=False)
        tell(door, "stayed-next")
    if outcome.waiting:
        tell(door, "waiting", path=name, **_counted(outcome.waiting))
    tell_conflicts(door, outcome.conflicts)
    if outcome.placed:
        tell(door, "aside", days=door.settings.ledger.keep_days)
        for placed in outcome.placed:
            print_lost(door, placed.lost)
    elif not (outcome.stayed or outcome.conflicts or outcome.held_up or outcome.already):
        _tell_nothing(door, wish, outcome.path)


def _tell_nothing(door: Door, wish: Wish, path: str) -> None:
    from xlflow.jobs.archiving.selection import first_day_kept

    name, settings = Path(path).name, door.settings
    today = door.now.astimezone(settings.calendar.zone).date()
    before = wish.closed_before or first_day_kept(today, settings.archive.after_days)
    if wish.numbers:
        tell(door, "nothing-named", path=name)
    else:
        tell(door, "nothing", path=name, before=before)


def _tell_already(door: Door, already: Mapping[str, str]) -> None:
    for number, file in already.items():
        tell(door, "already", number=number, file=file)


def _counted(numbers: Iterable[str]) -> dict[str, object]:
    """How many, and the first of them."""
    held = list(numbers)
    more = ", …" if len(held) > _NUMBERS_SHOWN else ""
    return {"count": len(held), "numbers": ", ".join(held[:_NUMBERS_SHOWN]) + more}


def _obstacles(door: Door, outcome: ArchiveOutcome) -> list[str]:
    """What stands in the way, without the refusal's own heading."""
    from xlflow.workbook.compaction import CompactionRefused

    refused = CompactionRefused(outcome.path, outcome.obstacles)
    return [line.strip() for line in refused.message(door.language).splitlines()[1:]]


def _place(door: Door, sheet: str, key: str) -> str:
    if not key:
        tab = say(door.language, f"record.sheet.{sheet}")
        return say(door.language, "archive.told.lines-of", sheet=tab)
    known = door.settings.schema.by_key(sheet).get(key)
    return known.label(door.language) if known else key


def _plan_as_dict(planned: Plan) -> dict[str, Any]:
    return {
        "file": planned.path,
        "would_move": [
            {
                "number": record.number,
                "status": record.status,
                "finished_on": record.on.isoformat() if record.on else None,
            }
            for record in planned.choice.chosen
        ],
        "already": dict(planned.choice.already),
    }


def _as_dict(outcome: ArchiveOutcome, door: Door) -> dict[str, Any]:
    return {
        "file": outcome.path,
        "folder": outcome.folder,
        "moved": dict(outcome.moved),
        "stayed": dict(outcome.stayed),
        "obstacles": [
            {"place": found.place, "reason": found.reason} for found in outcome.obstacles
        ],
        "waiting": dict(outcome.waiting),
        "already": dict(outcome.already),
        **ending_as_dict(outcome, door),
    }


def ending_as_dict(outcome: ArchiveOutcome | UnarchiveOutcome, door: Door) -> dict[str, Any]:
    """What a move either way tells programs beside the records: what it met, and what it kept."""
    return {
        "conflicts": [
            {
                "number": found.number,
                "file": found.file,
                "fields": [f"{sheet}.{key}".rstrip(".") for sheet, key in found.places],
            }
            for found in outcome.conflicts
        ],
        "held_up": [err.message(door.language) for err in outcome.held_up],
        "documents": list(outcome.documents),
        "asides": [placed.aside for placed in outcome.placed],
        "recovered": [recovered.state for recovered in outcome.recovered],
    }
