"""``xlflow status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.reports.figures.overview import Group, Overview


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "status", day=True, registers="some")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def status(door: Door, as_json: bool) -> None:
        from xlflow.cli.looking import look_at_registers
        from xlflow.cli.progress import progress_bar
        from xlflow.cli.registers import print_heading
        from xlflow.jobs.reporting.status import view_of, write_status_workbook

        with progress_bar(door) as progress:
            looked = look_at_registers(door, progress)
            report = write_status_workbook(looked.inspected, looked.left_out, progress)
        views = [view_of(inspection, settings) for settings, inspection in looked.inspected]
        are_several = len(views) + len(looked.left_out) > 1
        if as_json:
            held = {view.name: _as_dict(view) | {"status_workbook": str(report)} for view in views}
            door.print_json(held | looked.failures if are_several else held[views[0].name])
            looked.end(door)
            return
        for position, ((settings, _), view) in enumerate(zip(looked.inspected, views, strict=True)):
            if are_several:
                print_heading(door, settings, is_first=position == 0)
            _print(door, view)
        door.tell("run.report", path=report)
        looked.end(door)

    return status


def _print(door: Door, view: Overview) -> None:
    from xlflow.cli.tables import print_table
    from xlflow.reports.naming import group_name

    door.tell(
        "run.summary",
        records=view.records,
        errors=view.severities.get("error", 0),
        warnings=view.severities.get("warning", 0),
        late=len(view.overdue),
    )
    heads = [door.say(f"status.{name}") for name in ("status", "records", "overdue", "due-soon")]
    rows = [
        (
            group_name("status", group.name, view.register.schema, door.language),
            str(group.records),
            str(group.overdue),
            str(group.due_soon),
        )
        for group in view.statuses
    ]
    print_table(door, heads, rows)


def _as_dict(view: Overview) -> dict[str, Any]:
    return {
        "at": view.now.isoformat(timespec="seconds"),
        "records": view.records,
        "open": view.open,
        "overdue_deadlines": len(view.overdue),
        "deadlines_due_soon": len(view.due_soon),
        "findings": dict(view.severities),
        "by_status": _groups(view.statuses),
        "by_department": _groups(view.departments),
        "by_priority": _groups(view.priorities),
        "by_type": _groups(view.types),
    }


def _groups(groups: tuple[Group, ...]) -> dict[str, dict[str, int]]:
    return {
        group.name: {
            "records": group.records,
            "open": group.open,
            "overdue": group.overdue,
            "due_soon": group.due_soon,
        }
        for group in groups
    }
