"""``xlflow board``."""

from __future__ import annotations

from pathlib import Path

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.languages import Language, say


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "board", day=True, registers="some")
    @click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        help=say(language, "cli.board.out"),
    )
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def board(door: Door, out: Path | None, as_json: bool) -> None:
        from xlflow.cli.looking import look_at_registers
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.reporting.board import write_board

        with progress_bar(door) as progress:
            looked = look_at_registers(door, progress)
            path = write_board(
                looked.inspected, looked.left_out, language=door.asked, out=out, progress=progress
            )
        if as_json:
            registers = [settings.workbook.id for settings, _ in looked.inspected]
            held = {"board": str(path), "registers": registers, "left_out": looked.left_out}
            door.print_json({"at": door.now.isoformat(timespec="seconds"), **held})
        else:
            records = sum(len(found.register.requirements) for _, found in looked.inspected)
            door.tell("board.done", path=path, records=records)
        looked.end(door)

    return board
