"""Commands over one register, some or all: which ones, and one after the other.

An error in one does not stop the others; the worst exit code wins. What is printed for programs
is one document: an object with a member a register, named by its id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from xlflow.cli.door import Door, Several
from xlflow.cli.endings import complain, exit_code_of, message_of
from xlflow.errors import EXIT_CLEAN, EXIT_USAGE, XlflowError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.settings import Settings

Registers = Literal["none", "one", "some", "each"]
"""What registers a command works on: none, one, some or all at once, or each by itself."""


def register_option(language: Language, registers: Registers) -> Callable[[Any], Any]:
    """``--register``, for a command that works on so many."""
    if registers == "none":
        return lambda function: function
    return click.option(
        "--register",
        "registers",
        multiple=registers != "one",
        metavar="ID",
        help=say(language, f"registers.option.{'one' if registers == 'one' else 'each'}"),
        shell_complete=_matching_registers,
    )


def over_registers(
    door: Door, work: Callable[..., None], options: Mapping[str, Any], *, for_programs: bool
) -> None:
    """Do the work on each register that was asked for, all of them if none was.

    An option ``numbers`` holds numbers of requirements: then only the registers that have them are
    worked on, each with its own.

    Raises:
        Exit: With the worst exit code, if several were worked on and not all went well.
    """
    doors = [door.on(settings) for settings in door.company.some(door.registers)]
    if len(doors) == 1:
        work(doors[0], **options)
        return
    of_each = [(one, dict(options)) for one in doors]
    if numbers := options.get("numbers"):
        of_each = [(one, {**options, "numbers": held}) for one, held in door.holding_each(numbers)]
    several = Several()
    codes: dict[str, int] = {}
    for position, (one, own) in enumerate(of_each):
        at_work = replace(one, several=several)
        if not for_programs:
            print_heading(at_work, one.settings, is_first=position == 0)
        codes[one.settings.workbook.id] = _code_of(at_work, work, own)
    if several.documents:
        click.echo(json.dumps(several.documents, ensure_ascii=False, indent=2))
    failed = [register for register, code in codes.items() if code >= EXIT_USAGE]
    if failed:
        told = {"count": len(failed), "all": len(codes), "ids": ", ".join(failed)}
        click.secho(say(door.language, "registers.failed", **told), fg="red", err=True)
    if worst := max(codes.values(), default=EXIT_CLEAN):
        raise click.exceptions.Exit(worst)


def _code_of(door: Door, work: Callable[..., None], options: Mapping[str, Any]) -> int:
    """Do the work on one register; what stops it is told, and no exception."""
    try:
        work(door, **options)
    except click.exceptions.Exit as err:
        return err.exit_code
    except (click.ClickException, click.Abort, BrokenPipeError):
        raise  # not about this register
    except Exception as err:  # noqa: BLE001 - no register stands in the way of the others
        message, code = message_of(err, door.language), exit_code_of(err)
        register = door.settings.workbook.id
        complain(f"{register}: {message}", debug=door.debug)
        if door.several is not None and door.prints_json:
            door.several.documents.setdefault(register, {"error": message, "exit_code": code})
        return code
    return EXIT_CLEAN


def print_heading(door: Door, settings: Settings, *, is_first: bool) -> None:
    """Say which register is told of next."""
    if not is_first:
        door.out.print()
    register = settings.workbook
    text = say(door.language, "registers.heading", id=register.id, path=register.path)
    door.out.print(text, style="bold", markup=False)


def _matching_registers(
    context: click.Context, _parameter: click.Parameter, beginning: str
) -> Sequence[str]:
    """The ids that complete what was typed."""
    named: Path | None = context.params.get("settings")
    try:
        ids = Door("en", named).company.ids
    except XlflowError:
        return ()
    return [each for each in ids if each.casefold().startswith(beginning.casefold())]
