"""``xlflow template --upgrade``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.door import Door
from xlflow.cli.run import print_lost, print_recovered
from xlflow.errors import EXIT_FINDINGS, UsageError
from xlflow.languages import say

if TYPE_CHECKING:
    from xlflow.jobs.upgrading import ColumnOf, UpgradeOutcome
    from xlflow.settings import Settings


def upgrade(door: Door, register: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Bring a register to the settings, or list what that would be.

    Raises:
        Exit: Code 1 if there is anything to do (`dry_run`), or left for people to do.
    """
    door = door.on(_settings_of(door, register))
    outcome = _planned(door) if dry_run else _done(door)
    if as_json:
        door.print_json(_as_dict(outcome, door))
    else:
        _print(door, outcome, dry_run=dry_run)
    made = outcome.upgraded
    open_things = made.left or (dry_run and (made.added or made.put_back))
    raise click.exceptions.Exit(EXIT_FINDINGS if open_things else 0)


def _settings_of(door: Door, register: Path | None) -> Settings:
    """The settings of the register that was named by its path or its id."""
    if register is None:
        return door.settings
    for settings in door.company.registers:
        location = settings.register_location
        if str(register) in (settings.workbook.id, location) or _is_same(register, location):
            return settings
    known = ", ".join(settings.workbook.path for settings in door.company.registers)
    raise UsageError("upgrade.not-here", found=register, path=door.settings_file, known=known)


def _is_same(path: Path, location: str) -> bool:
    return path.absolute().resolve() == Path(location).absolute().resolve()


def _planned(door: Door) -> UpgradeOutcome:
    from xlflow.jobs.upgrading import planned_upgrade

    return planned_upgrade(door.settings, door.now)


def _done(door: Door) -> UpgradeOutcome:
    from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
    from xlflow.jobs.upgrading import upgrade_register

    settings = door.settings
    with one_run_at_a_time(settings), open_ledger(settings) as ledger:
        return upgrade_register(settings, ledger, door.now)


def _print(door: Door, outcome: UpgradeOutcome, *, dry_run: bool) -> None:
    print_recovered(door, outcome.recovered)
    made, name = outcome.upgraded, Path(outcome.path).name
    if made.added or made.put_back:
        counts = {"count": len(made.added), "other": len(made.put_back)}
        _tell(door, "would" if dry_run else "done", path=name, **counts)
        _print_lines(door, (_told(door, "added", column) for column in made.added))
        _print_lines(door, (one.message(door.language) for one in made.put_back))
    elif not made.left:
        _tell(door, "unchanged", path=name)
    if made.left:
        _tell(door, "left", count=len(made.left))
        _print_lines(door, (one.message(door.language) for one in made.left))
    _print_lines(door, (_told(door, "unknown", column) for column in made.unknown))
    if made.refused:
        door.out.print(made.refused.message(door.language), style="yellow", markup=False)
    if outcome.placed:
        days = door.settings.ledger.keep_days
        door.tell("run.aside", days=days, path=Path(outcome.placed.aside).name)
        print_lost(door, outcome.placed.lost)
        _tell(door, "next")


def _tell(door: Door, name: str, **facts: object) -> None:
    door.out.print(say(door.language, f"upgrade.{name}", **facts), markup=False)


def _told(door: Door, name: str, column: ColumnOf) -> str:
    facts = {"place": column.place, "label": column.label}
    facts |= {"banner": column.banner} if name == "added" else {"key": column.key}
    return say(door.language, f"upgrade.{name}", **facts)


def _print_lines(door: Door, lines: Iterable[str]) -> None:
    for line in lines:
        door.out.print(f"  {line}", markup=False)


def _as_dict(outcome: UpgradeOutcome, door: Door) -> dict[str, Any]:
    made = outcome.upgraded
    return {
        "file": outcome.path,
        "added": [_column(column) for column in made.added],
        "put_back": [one.to_dict(door.language) for one in made.put_back],
        "left": [one.to_dict(door.language) for one in made.left],
        "unknown": [_column(column) for column in made.unknown],
        "not_writable": [f"{c.sheet}!{c.address}" for c in made.refused.cells]
        if made.refused
        else [],
        "aside": outcome.placed.aside if outcome.placed else None,
        "recovered": [recovered.state for recovered in outcome.recovered],
    }


def _column(column: ColumnOf) -> dict[str, str]:
    return {"place": column.place, "key": column.key, "label": column.label}
