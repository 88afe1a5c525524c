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
from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.errors import XlflowError
    from xlflow.scheduler.loop import Desk, Teller
    from xlflow.scheduler.round import Ended
    from xlflow.scheduler.service.host import Kind
    from xlflow.scheduler.standing import Standing

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
        desk = _desk(door, _Lines(door).teller, stop)
        _tell_beginning(door)
        with _ended_by_signals(door, stop):
            until_stopped(desk)
        _tell(door, "line.ended")

    return run


def _tick(language: Language) -> click.Command:
    @new_command(language, "tick", registers="none", texts=f"{_TEXTS}.tick")
    @click.option("--quiet", is_flag=True, help=say(language, f"{_TEXTS}.tick.quiet"))
    def tick(door: Door, quiet: bool) -> None:
        from xlflow.scheduler.loop import AnotherSchedule
        from xlflow.scheduler.loop import tick as once

        lines = _Lines(door, is_quiet=quiet)
        stop = threading.Event()
        try:
            with _ended_by_signals(door, stop):
                count = once(_desk(door, lines.teller, stop))
        except AnotherSchedule as err:
            if not quiet:
                door.out.print(err.message(door.language), markup=False)
            return
        if not (count or quiet):
            _tell(door, "line.nothing")
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
            _print(door, held)

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
            _tell(door, "service.written", path=path)
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


class _Lines:
    """Prints a line for each task that ended."""

    def __init__(self, door: Door, *, is_quiet: bool = False) -> None:
        self._door = door
        self._is_quiet = is_quiet
        self.failed = 0

    @property
    def teller(self) -> Teller:
        from xlflow.scheduler.loop import Teller

        return Teller(self._ended, self._trouble)

    def _ended(self, ended: Ended) -> None:
        failed = ended.ending.state == "failed"
        self.failed += failed
        if failed:
            click.secho(_line(self._door, ended), fg="red", err=True)
        elif not self._is_quiet and (ended.done is None or ended.done.has_worked):
            self._door.out.print(_line(self._door, ended), markup=False)

    def _trouble(self, err: XlflowError) -> None:
        click.secho(err.message(self._door.language), fg="red", err=True)


def _line(door: Door, ended: Ended) -> str:
    """What became of a task, in a line."""
    language, ending, zone = door.language, ended.ending, ended.task.settings.calendar.zone
    reason = ending.reason.get(language, "")
    facts: dict[str, object] = {
        "at": ended.ended_at.astimezone(zone),
        "job": ended.task.name(language),
        "reason": reason,
    }
    if ending.state == "done":
        facts["did"] = say(language, f"schedule.did.{ended.task.job}", **ending.figures)
        return say(language, f"schedule.line.{'noted' if reason else 'done'}", **facts)
    again_at = ending.next_try_at or ended.task.following(ended.ended_at)
    facts["next"] = _moment(door, again_at, zone)
    return say(language, f"schedule.line.{ending.state}", **facts)


def _desk(door: Door, teller: Teller, stop: threading.Event) -> Desk:
    from xlflow.scheduler.loop import Desk

    clock = _MachineClock(door.company.common.calendar.zone)
    return Desk(door.settings_file, clock, teller, stop=stop)


def _tell_beginning(door: Door) -> None:
    """What is looked after, and what comes next."""
    from xlflow.scheduler.standing import standings

    held = [one for one in standings(door.company, None, door.now) if one.next_at is not None]
    path = door.settings_file
    if not held:
        _tell(door, "line.nothing-on", path=path)
        return
    first = min(held, key=lambda one: one.next_at or door.now)
    at = first.next_at and first.next_at.astimezone(first.task.settings.calendar.zone)
    coming = say(door.language, "schedule.line.next", job=first.task.name(door.language), at=at)
    _tell(door, "line.began", path=path, next=coming)


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


def _print(door: Door, held: tuple[Standing, ...]) -> None:
    from xlflow.cli.tables import print_table

    zone = door.company.common.calendar.zone
    print_table(
        door,
        [
            say(door.language, f"schedule.list.{name}")
            for name in ("job", "next", "last", "outcome", "told")
        ],
        [
            (
                standing.task.name(door.language),
                _moment(door, standing.next_at, zone),
                _moment(door, standing.last.key.at if standing.last else None, zone),
                say(door.language, f"schedule.state.{_state(standing)}"),
                _told(door, standing),
            )
            for standing in held
        ],
    )
    _tell(door, "list.hint", zone=door.company.common.calendar.timezone)


def _state(standing: Standing) -> str:
    if standing.task.off is not None:
        return "off"
    return standing.last.state if standing.last else "not-yet"


def _told(door: Door, standing: Standing) -> str:
    """What a job did, or why not."""
    reason, last = standing.reason(door.language), standing.last
    if standing.task.off is not None or last is None or last.state != "done":
        return reason
    did = say(door.language, f"schedule.did.{standing.task.job}", **last.figures)
    return f"{did} {reason}".strip()


def _moment(door: Door, moment: datetime | None, zone: tzinfo) -> str:
    if moment is None:
        return say(door.language, "schedule.line.never")
    return say(door.language, "schedule.line.moment", at=moment.astimezone(zone))


def _tell(door: Door, name: str, /, **values: object) -> None:
    """Print a text of the catalogue ``schedule``."""
    door.out.print(say(door.language, f"schedule.{name}", **values), markup=False)
