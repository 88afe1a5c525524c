"""``xlflow rules``."""

from __future__ import annotations

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "rules", registers="none")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def rules(door: Door, as_json: bool) -> None:
        from xlflow.checks.rules import rules as rules_of

        settings = door.company.common if door.has_settings else None
        chosen = settings.severities if settings else {}
        rows = [
            rule.to_dict(door.language)
            | {"in_force": chosen.get(rule.id, "off" if rule.is_off else rule.severity)}
            for rule in rules_of(settings)
        ]
        if as_json:
            door.print_json(rows)
            return
        from xlflow.cli.tables import print_table

        print_table(
            door,
            [door.say(f"rules.{name}") for name in ("id", "severity", "since", "title", "source")],
            [
                (
                    row["id"],
                    say(door.language, f"findings.severity.{row['in_force']}"),
                    door.schema.choices["status"].label(row["since"], door.language),
                    row["title"],
                    row["source"],
                )
                for row in rows
            ],
        )

    return rules
