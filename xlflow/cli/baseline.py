"""``xlflow baseline``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.past import holding, iso, number_argument, plain, words_of
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.looking_back import Scope

Difference = tuple[str, Any, Any]
"""A field, what it was, what it is."""


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "baseline", registers="some")
    @number_argument()
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def baseline(door: Door, number: str, as_json: bool) -> None:
        from xlflow.jobs.looking_back import scope_of

        there, written = holding(door, number)
        found = scope_of(there.settings, written)
        if as_json:
            there.print_json(_as_dict(found, there))
        else:
            _print(there, found)

    return baseline


def _print(door: Door, found: Scope) -> None:
    words = words_of(door)
    door.out.print(f"{found.number} {found.title}", style="bold", markup=False)
    if not found.versions:
        door.out.print(say(door.language, "history.unsigned"), markup=False)
        return
    for position, version in enumerate(found.versions):
        door.out.print()
        door.out.print(words.version(version), style="cyan", markup=False)
        for entry in version.changes:
            request = found.requests[entry]
            number = f"{request.number} · " if request.number else ""
            door.out.print(f"  {number}{words.line('changes', request.cells)}", markup=False)
        if position == 0:
            for key, value in version.values.items():
                door.out.print(f"  {words.field(key, value)}", markup=False)
        for key, before, after in _between(found, position):
            door.out.print(f"  {words.change(key, before, after)}", markup=False)
    door.out.print()
    if differences := tuple(_since_signing(found)):
        text = say(door.language, "history.differs")
        door.out.print(text, style="yellow", markup=False)
        for key, before, after in differences:
            door.out.print(f"  {words.change(key, before, after)}", markup=False)
    else:
        door.out.print(say(door.language, "history.as-signed"), style="green", markup=False)


def _between(found: Scope, position: int) -> Iterator[Difference]:
    """What a version changed in the one before it."""
    if position:
        before, after = found.versions[position - 1], found.versions[position]
        for key, value in after.values.items():
            if before.is_changed(key, value):
                yield key, before.values[key], value


def _since_signing(found: Scope) -> Iterator[Difference]:
    """In what the record differs from its newest version."""
    newest = found.versions[-1]
    for key, value in newest.values.items():
        if newest.is_changed(key, found.now.get(key)):
            yield key, value, found.now.get(key)


def _as_dict(found: Scope, door: Door) -> dict[str, Any]:
    zone = door.settings.calendar.zone
    return {
        "number": found.number,
        "title": found.title,
        "versions": [
            {
                "version": version.version,
                "made_at": iso(version.made_at, zone),
                "business_signed_on": version.signed_on[0].isoformat(),
                "technical_signed_on": version.signed_on[1].isoformat(),
                "changes": [found.requests[entry].number or None for entry in version.changes],
                "values": {key: plain(value) for key, value in version.values.items()},
                "differences": _listed(_between(found, position)),
            }
            for position, version in enumerate(found.versions)
        ],
        "differences_now": _listed(_since_signing(found)) if found.versions else [],
    }


def _listed(differences: Iterator[Difference]) -> list[dict[str, Any]]:
    return [
        {"field": key, "from": plain(before), "to": plain(after)}
        for key, before, after in differences
    ]
