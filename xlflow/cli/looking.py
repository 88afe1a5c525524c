"""Looking at all chosen registers at once, for what tells of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.endings import complain, exit_code_of, message_of
from xlflow.errors import EXIT_CLEAN
from xlflow.languages import say

if TYPE_CHECKING:
    from xlflow.cli.door import Door
    from xlflow.jobs.inspection import Inspection
    from xlflow.jobs.progress import Progress
    from xlflow.settings import Settings


@dataclass
class Looked:
    """What was found in the registers, and which of them could not be read."""

    inspected: list[tuple[Settings, Inspection]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # id -> why
    codes: dict[str, int] = field(default_factory=dict)  # id -> exit code

    @property
    def failures(self) -> dict[str, dict[str, Any]]:
        """The registers that could not be read, for programs."""
        return {
            id_: {"error": why, "exit_code": self.codes[id_]} for id_, why in self.left_out.items()
        }

    def end(self, door: Door) -> None:
        """End the command with the worst exit code, if a register could not be read.

        Raises:
            Exit
        """
        if self.left_out:
            told = {"count": len(self.left_out), "all": len(self.inspected) + len(self.left_out)}
            ids = ", ".join(self.left_out)
            click.secho(say(door.language, "registers.failed", **told, ids=ids), fg="red", err=True)
            raise click.exceptions.Exit(max(self.codes.values(), default=EXIT_CLEAN))


def look_at_registers(door: Door, progress: Progress) -> Looked:
    """Inspect the registers that were asked for, all if none was.

    Of several, one that cannot be read is told and left out; an error of the only one, or of the
    last one left, is raised.

    Raises:
        XlflowError: No register can be read.
    """
    from xlflow.jobs.inspection import inspect_register

    registers, looked = door.company.some(door.registers), Looked()
    for position, settings in enumerate(registers, 1):
        try:
            looked.inspected.append((settings, inspect_register(settings, door.now, progress)))
        except Exception as err:
            if position == len(registers) and not looked.inspected:
                raise
            id_ = settings.workbook.id
            looked.left_out[id_] = message_of(err, door.language)
            looked.codes[id_] = exit_code_of(err)
            complain(f"{id_}: {looked.left_out[id_]}", debug=door.debug)
    return looked
