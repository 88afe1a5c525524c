"""``xlflow find``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.tables import print_table
from xlflow.errors import EXIT_FINDINGS, UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.searching import Hit

_COLUMNS = ("where", "number", "field", "snippet")


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "find", registers="each")
    @click.argument("text", metavar="TEXT", default="")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def find(door: Door, text: str, as_json: bool) -> None:
        from xlflow.jobs.searching import find as main_job

        if not text.strip():
            raise UsageError("archive.found.no-text")
        hits = main_job(door.settings, door.now, text)
        if as_json:
            door.print_json({"text": text, "found": [_as_dict(hit, text, door) for hit in hits]})
        else:
            _print(door, hits, text)
        raise click.exceptions.Exit(0 if hits else EXIT_FINDINGS)

    return find


def _print(door: Door, hits: tuple[Hit, ...], text: str) -> None:
    from xlflow.jobs.searching import snippet

    if not hits:
        door.out.print(_told(door, "none", text=text), markup=False)
        return
    rows = [
        (
            f"{hit.file} {hit.cell}",
            hit.number or _told(door, "unnumbered"),
            hit.field(door.settings.schema, door.language),
            snippet(hit, text),
        )
        for hit in hits
    ]
    print_table(door, [_told(door, name) for name in _COLUMNS], rows)
    records = len({(hit.number or hit.row) for hit in hits})
    door.out.print(_told(door, "count", count=len(hits), records=records), markup=False)


def _told(door: Door, name: str, **values: object) -> str:
    return say(door.language, f"archive.found.{name}", **values)


def _as_dict(hit: Hit, text: str, door: Door) -> dict[str, Any]:
    from xlflow.jobs.searching import snippet

    return {
        "file": hit.path,
        "archived": hit.is_archived,
        "sheet": hit.tab,
        "cell": hit.cell,
        "number": hit.number or None,
        "title": hit.title or None,
        "key": hit.column.key or None,
        "field": hit.field(door.settings.schema, door.language),
        "snippet": snippet(hit, text),
    }
