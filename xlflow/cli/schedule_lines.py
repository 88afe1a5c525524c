"""What `xlflow schedule` prints: a line for each task that ended, and how all of them stand."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.languages import say

if TYPE_CHECKING:
    from xlflow.errors import XlflowError
    from xlflow.scheduler.loop import Teller
    from xlflow.scheduler.round import Ended
    from xlflow.scheduler.standing import Standing


class Lines:
    """Prints a line for each task that ended."""

    def __init__(self, door: Door, *, is_quiet: bool = False) -> None:
        self._door = door
        self._is_quiet = is_quiet
        self.failed = 0

    @property
    def teller(self) -> Teller:
        """Whom the loop tells."""
        from xlflow.scheduler.loop import Teller

        return Teller(self._ended, self._trouble, lambda: tell_beginning(self._door))

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


def tell_beginning(door: Door) -> None:
    """Say what is looked after, and what comes next."""
    from xlflow.scheduler.standing import standings

    held = [one for one in standings(door.company, None, door.now) if one.next_at is not None]
    path = door.settings_file
    if not held:
        tell(door, "line.nothing-on", path=path)
        return
    first = min(held, key=lambda one: one.next_at or door.now)
    at = first.next_at and first.next_at.astimezone(first.task.settings.calendar.zone)
    coming = say(door.language, "schedule.line.next", job=first.task.name(door.language), at=at)
    tell(door, "line.began", path=path, next=coming)


def print_standings(door: Door, held: tuple[Standing, ...]) -> None:
    """Print a table: each job with its next and last run, and what came of it."""
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
    tell(door, "list.hint", zone=door.company.common.calendar.timezone)


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


def tell(door: Door, name: str, /, **values: object) -> None:
    """Print a text of the catalogue ``schedule``."""
    door.out.print(say(door.language, f"schedule.{name}", **values), markup=False)
