"""``xlflow schedule``."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.groups import CommandGroup
from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.schedule_lines import Lines, print_standings, tell
from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.scheduler.loop import Desk, Teller
    from xlflow.scheduler.service.host import Kind

_TEXTS = "schedule.command"
_KINDS = ("systemd", "cron", "windows", "launchd")


def command(language: Language) -> click.Command:
    """The group of commands, with its help in `language`."""
    group = CommandGroup(
        "schedule",
        language,
        help=say(language, "cli.schedule.help"),
        short_help=say(language, "cli.schedule.short"),
    )
    for make in (_run, _tick, _list, _install):
        group.add_command(make(language))
    return group


def _run(language: Language) -> click.Command:
    @new_command(language, "run", registers="none", texts=f"{_TEXTS}.run")
    def run(door: Door) -> None:
        from xlflow.scheduler.loop import run as until_stopped

        stop = threading.Event()
        desk = _desk(door, Lines(door).teller, stop)
        with _ended_by_signals(door, stop):
            until_stopped(desk)
        tell(door, "line.ended")

    return run


def _tick(language: Language) -> click.Command:
    @new_command(language, "tick", registers="none", texts=f"{_TEXTS}.tick")
    @click.option("--quiet", is_flag=True, help=say(language, f"{_TEXTS}.tick.quiet"))
    def tick(door: Door, quiet: bool) -> None:
        from xlflow.scheduler.loop import AnotherSchedule
        from xlflow.scheduler.loop import tick as once

        lines = Lines(door, is_quiet=quiet)
        stop = threading.Event()
        try:
            with _ended_by_signals(door, stop):
                count = once(_desk(door, lines.teller, stop))
        except AnotherSchedule as err:
            if not quiet:
                door.out.print(err.message(door.language), markup=False)
            return
        if not (count or quiet):
            tell(door, "line.nothing")
        raise click.exceptions.Exit(EXIT_FINDINGS if lines.failed else EXIT_CLEAN)

    return tick


def _list(language: Language) -> click.Command:
    @new_command(language, "list", registers="none", texts=f"{_TEXTS}.list")
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def list_(door: Door, as_json: bool) -> None:
        from xlflow.scheduler.standing import ledger_of, standings

        with ledger_of(door.company) as ledger:
            held = standings(door.company, ledger, door.now)
        if as_json:
            door.print_json({"jobs": [standing.to_dict(door.language) for standing in held]})
        else:
            print_standings(door, held)

    return list_


def _install(language: Language) -> click.Command:
    @new_command(language, "install", registers="none", texts=f"{_TEXTS}.install")
    @click.option("--kind", type=click.Choice(_KINDS), help=say(language, f"{_TEXTS}.install.kind"))
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help=say(language, f"{_TEXTS}.install.out"),
    )
    def install(door: Door, kind: Kind | None, out: Path | None) -> None:
        from xlflow.scheduler.service.host import kind_here, this_host
        from xlflow.scheduler.service.installing import FOLDER, guide, service_for, write_service

        settings_file = door.company.file.absolute()  # faulty settings are told now
        service = service_for(this_host(settings_file, door.language), kind_here(kind))
        folder = (out or settings_file.parent / FOLDER).absolute()
        for path in write_service(service, folder, door.language):
            tell(door, "service.written", path=path)
        door.out.print()
        door.out.print(guide(service, folder, door.language), markup=False)

    return install


class _MachineClock:
    """The machine's clock."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC).astimezone(self._zone)

    def pause(self, seconds: float) -> None:
        """Sleep."""
        threading.Event().wait(seconds)


def _desk(door: Door, teller: Teller, stop: threading.Event) -> Desk:
    from xlflow.scheduler.loop import Desk

    clock = _MachineClock(door.company.common.calendar.zone)
    return Desk(door.settings_file, clock, teller, stop=stop)


@contextmanager
def _ended_by_signals(door: Door, stop: threading.Event) -> Iterator[None]:
    """The first signal to end sets `stop`; the second one ends at once."""

    def end(number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        if number == signal.SIGINT:
            click.echo(say(door.language, "schedule.line.ending"), err=True)

    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one is that of Windows
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
