"""``xlflow fields``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import LANGUAGES, Language, say

if TYPE_CHECKING:
    from xlflow.record.schema import Schema


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "fields", registers="none")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def fields(door: Door, as_json: bool) -> None:
        rows = field_rows(door.schema)
        if as_json:
            door.print_json(rows)
            return
        from xlflow.cli.tables import print_table

        print_table(
            door,
            [
                door.say(f"fields.{name}")
                for name in ("sheet", "key", "label", "kind", "needed", "by")
            ],
            [
                (
                    say(door.language, f"record.sheet.{row['sheet']}"),
                    row["key"],
                    row["label"][door.language],
                    door.say(f"kind.{row['kind']}"),
                    _status(row["required_from"], door),
                    door.say(f"writer.{row['writer']}"),
                )
                for row in rows
            ],
        )

    return fields


def field_rows(schema: Schema) -> list[dict[str, Any]]:
    """All fields of all sheets, for JSON and the reference."""
    return [
        {
            "sheet": sheet,
            "key": field.key,
            "label": {language: field.label(language) for language in LANGUAGES},
            "module": field.module,
            "kind": str(field.kind),
            "choices": field.choices,
            "writer": field.writer,
            "required_from": field.required_from,
            "asked_since": field.asked_since.isoformat() if field.asked_since else None,
            "standard": field.standard,
        }
        for sheet, held in schema.sheets.items()
        for field in held
    ]


def _status(code: str, door: Door) -> str:
    return door.schema.choices["status"].label(code, door.language) if code else ""
