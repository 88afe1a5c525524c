"""``xlflow adopt``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.adoption.proposal import ColumnMap, SheetMap
    from xlflow.jobs.adoption.job import Adoption

_SHOWN_UNFITTING = 12
_LONGEST_OLD = 60  # characters of a value on the terminal


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""
    a_file = click.Path(dir_okay=False, path_type=Path)

    @new_command(language, "adopt", day=True)
    @click.argument("old", type=a_file, required=False)
    @click.option("--out", type=a_file, help=say(language, "cli.adopt.out"))
    @click.option("--map", "map_path", type=a_file, help=say(language, "cli.adopt.map"))
    @click.option("--sheet", help=say(language, "cli.adopt.sheet"))
    @click.option("--mask", is_flag=True, help=say(language, "cli.adopt.mask"))
    @click.option("--dry-run", is_flag=True, help=say(language, "cli.adopt.dry-run"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option("--force", is_flag=True, help=say(language, "cli.option.force"))
    def adopt(
        door: Door,
        old: Path | None,
        out: Path | None,
        map_path: Path | None,
        sheet: str | None,
        mask: bool,
        dry_run: bool,
        as_json: bool,
        force: bool,
    ) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.adoption.job import adopt as main_job
        from xlflow.jobs.adoption.job import write
        from xlflow.settings.sections import CalendarSettings

        if old is None:
            raise UsageError("cli.usage.missing", name="OLD")
        settings = door.settings if door.settings_file.is_file() else None
        today = door.day or datetime.now(CalendarSettings().zone).date()
        out = out or old.with_name(f"{old.stem}.adopted.xlsx")
        map_out = None if map_path else out.with_suffix(".toml")
        with progress_bar(door) as progress:
            adoption = main_job(
                old,
                settings,
                today,
                language=door.asked,
                map_path=map_path,
                sheet=sheet,
                mask=mask,
                progress=progress,
            )
            if not dry_run:
                write(adoption, out, map_out, door.language, overwrite=force, progress=progress)
        if as_json:
            told = _as_dict(door, adoption, None if dry_run else out, None if dry_run else map_out)
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
            return
        _print(door, adoption)
        if dry_run:
            _tell(door, "dry-run")
            return
        _tell(door, "written", path=out)
        if map_out:
            _tell(door, "map", path=map_out)
        _tell(door, "untouched", path=old)
        _tell(door, "next", file=old.name, map=(map_out or map_path), path=out.name)

    return adopt


def _print(door: Door, adoption: Adoption) -> None:
    for sheet in adoption.mapping.sheets:
        _print_sheet(door, adoption, sheet)
    for title, refused in adoption.grids.unread:
        _tell(door, "unread", title=title, reason=refused.message(door.language))
    _print_unfitting(door, adoption)
    _print_words(door, adoption)
    adopted = adoption.adopted
    account = adopted.account
    numbered = sum(note.what == "numbered" for note in adopted.notes)
    counts = {
        "records": len(adopted.records),
        "progress": len(adopted.progress),
        "issues": len(adopted.issues),
        "changes": len(adopted.changes),
        "numbered": numbered,
    }
    _tell(door, "rows", **counts)
    for kind, count in adoption.grids.apart:
        _tell(door, kind, count=count)
    _tell(door, "account", **_account(account))


def _print_sheet(door: Door, adoption: Adoption, sheet: SheetMap) -> None:
    from rich.table import Table

    if not sheet.sheet:
        grid = next(grid for grid in adoption.grids.sheets if grid.title == sheet.title)
        if grid.cells:
            _tell(door, "aside", title=sheet.title, cells=grid.cells)
        return
    first, last = sheet.top + 1, sheet.bottom + 1
    facts = {
        "title": sheet.title,
        "tab": _say(door, f"record.sheet.{sheet.sheet}"),
        "rows": f"{first}" if first == last else f"{first}-{last}",
    }
    if sheet.sheet == "register":
        held = sum(record.sheet == sheet.title for record in adoption.adopted.records)
        _tell(door, "sheet", records=held, **facts)
    else:
        _tell(door, "sheet-lines", **facts)
    table = Table(box=None, pad_edge=False)
    for name in ("column", "header", "target", "confidence", "why"):
        table.add_column(_text(door, name), overflow="fold")
    for column in sheet.columns:
        table.add_row(*_cells(door, adoption, sheet, column))
    door.out.print(table)


def _cells(door: Door, adoption: Adoption, sheet: SheetMap, column: ColumnMap) -> Iterator[Any]:
    from rich.text import Text

    from xlflow.adoption.headers import DROP, KEEP
    from xlflow.adoption.map_file import why
    from xlflow.adoption.notes import letters

    is_mapped = column.target not in (KEEP, DROP)
    schema = adoption.settings.schema
    yield letters(column.number)
    yield Text(" ".join(column.header.split()))
    if not is_mapped:
        yield from (Text(_text(door, column.target)), "", "")
        return
    yield Text(schema.label(column.target, door.language, sheet.sheet))
    yield f"{round(column.confidence * 100)}%"
    reason = why(column, door.language)
    facts = {"why": reason, "filled": column.filled, "fitting": round(column.fitting * 100)}
    if column.how == "none":
        yield Text(reason)
    else:
        yield Text(_text(door, "fits" if column.filled else "empty", **facts))


def _print_unfitting(door: Door, adoption: Adoption) -> None:
    from xlflow.adoption.notes import UNFITTING, where

    unfitting = [note for note in adoption.adopted.notes if note.what in UNFITTING]
    if not unfitting:
        return
    _tell(door, "unfitting", count=sum(len(note.places) for note in unfitting))
    schema = adoption.settings.schema
    for note in unfitting[:_SHOWN_UNFITTING]:
        cells = next(where(note.places, most=3))
        label = schema.label(note.key, door.language, note.field_sheet) if note.key else note.header
        old = " ".join(note.old.split())
        facts = {
            "place": f"{note.sheet}!{cells}",
            "what": _say(door, f"adoption.what.{note.what}"),
            "field": label,
            "old": old if len(old) <= _LONGEST_OLD else f"{old[:_LONGEST_OLD]}…",
        }
        door.out.print(f"  {_text(door, 'unfitting-line', **facts)}", markup=False)
    if len(unfitting) > _SHOWN_UNFITTING:
        more = _text(door, "more", count=len(unfitting) - _SHOWN_UNFITTING)
        door.out.print(f"  {more}", markup=False)


def _print_words(door: Door, adoption: Adoption) -> None:
    unknown = [
        word
        for words in adoption.mapping.words.values()
        for word, code in words.items()
        if code is None
    ]
    if unknown:
        shown = ", ".join(unknown[:_SHOWN_UNFITTING])
        _tell(door, "words", words=shown + (" …" if len(unknown) > _SHOWN_UNFITTING else ""))


def _account(account: Any) -> dict[str, int]:
    names = ("read", "header", "placed", "kept", "aside", "dropped")
    return {name: getattr(account, name) for name in names}


def _as_dict(
    door: Door, adoption: Adoption, out: Path | None, map_out: Path | None
) -> dict[str, Any]:
    from xlflow.adoption.notes import letters, where

    adopted = adoption.adopted
    return {
        "file": str(adoption.old),
        "language": adoption.language,
        "written": str(out) if out else None,
        "map": str(map_out) if map_out else None,
        "records": len(adopted.records),
        "progress": len(adopted.progress),
        "issues": len(adopted.issues),
        "changes": len(adopted.changes),
        "cells": _account(adopted.account),
        "sheets": [
            {
                "name": sheet.title,
                "as": sheet.sheet or "aside",
                "header_rows": [sheet.top + 1, sheet.bottom + 1] if sheet.sheet else None,
                "columns": [
                    {
                        "column": letters(column.number),
                        "header": column.header,
                        "field": column.target,
                        "confidence": column.confidence,
                        "why": column.how,
                        "filled": column.filled,
                        "fitting": round(column.fitting, 3),
                    }
                    for column in sheet.columns
                ],
            }
            for sheet in adoption.mapping.sheets
        ],
        "words": adoption.mapping.words,
        "notes": [
            {
                "what": note.what,
                "sheet": note.sheet,
                "cells": ", ".join(where(note.places)),
                "field": note.key or None,
                "old": note.old,
                "new": note.new or None,
            }
            for note in adopted.notes
        ],
        "unread": {
            title: refused.message(door.language) for title, refused in adoption.grids.unread
        },
    }


def _text(door: Door, name: str, **facts: object) -> str:
    return _say(door, f"adoption.told.{name}", **facts)


def _tell(door: Door, name: str, **facts: object) -> None:
    door.out.print(_text(door, name, **facts), markup=False)


def _say(door: Door, name: str, **facts: object) -> str:
    """A text of any catalogue in the language of the person."""
    return say(door.language, name, **facts)
