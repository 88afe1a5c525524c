"""What the commands about the past share: words, moments and fields as they are typed, JSON."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.history.timeline import Happening, Moment
    from xlflow.record.schema import Schema
    from xlflow.reports.past import PastWords


def words_of(door: Door) -> PastWords:
    """The texts in the language of the person."""
    from xlflow.reports.past import PastWords

    return PastWords(door.language, door.settings.schema, door.settings.calendar.zone)


def as_of_option(language: Language) -> Callable[[Any], Any]:
    """``--as-of``: a day, which is meant with all of it, or a moment."""
    return click.option("--as-of", metavar="DATE", help=say(language, "history.option.as-of"))


def field_option(language: Language) -> Callable[[Any], Any]:
    """``--field``, as often as one likes."""
    return click.option(
        "--field", "fields", multiple=True, help=say(language, "history.option.field")
    )


def number_argument() -> Callable[[Any], Any]:
    """The number of a requirement; `holding` tells if it was left out."""
    return click.argument("number", metavar="NUMBER", default="")


def holding(door: Door, number: str) -> tuple[Door, str]:
    """The door on the register that has the requirement, and its number as it is written there.

    Raises:
        UsageError: No number was typed.
        XlflowError: As `Door.holding`.
    """
    if not number.strip():
        raise UsageError("history.no-number")
    return door.holding(number)


def moment_of(text: str, zone: tzinfo) -> datetime:
    """The end of a day that was typed, or a moment: 2024-03-15, 2024-03-15T14:30.

    Raises:
        UsageError: It is neither.
    """
    try:
        if len(text) == len("2024-03-15"):
            return datetime.combine(date.fromisoformat(text), time.max, tzinfo=zone)
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise UsageError("history.no-moment", found=text) from err
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def keys_of(fields: tuple[str, ...], schema: Schema) -> tuple[str, ...]:
    """The keys of fields of the register, typed as keys or as labels in any language.

    Raises:
        UsageError: There is no such field.
    """
    keys = []
    for typed in fields:
        key = schema.key_of("register", typed)
        if key is None:
            known = [one.key for one in schema.register]
            near = ", ".join(difflib.get_close_matches(typed, known, n=3)) or "xlflow fields"
            raise UsageError("history.no-field", found=typed, near=near)
        keys.append(key)
    return tuple(keys)


def print_moments(door: Door, moments: tuple[Moment, ...], *, numbers: bool) -> None:
    """Print what happened, run by run; with `numbers` also to which record."""
    words = words_of(door)
    for moment in moments:
        door.out.print(words.moment(moment), style="bold", markup=False)
        of: str | None = None
        for happening in moment.happenings:
            if numbers and happening.number != of:
                of = happening.number
                shown = of or say(door.language, "history.unnumbered")
                door.out.print(f"  {shown}", style="cyan", markup=False)
            for line in words.happening(happening):
                door.out.print(f"    {line}" if numbers else f"  {line}", markup=False)


def moment_as_dict(moment: Moment, zone: tzinfo) -> dict[str, Any]:
    """What a run saw to have happened, for JSON."""
    return {
        "run": moment.run,
        "seen_at": iso(moment.at, zone),
        "seen_before_at": iso(moment.since, zone),
        "saved_by": moment.saved_by,
        "saved_at": iso(moment.saved_at, zone),
        "changes": [_as_dict(happening) for happening in moment.happenings],
    }


def plain(value: Any) -> Any:
    """A cell's value for JSON."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def iso(moment: datetime | None, zone: tzinfo) -> str | None:
    """A moment for JSON."""
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def _as_dict(happening: Happening) -> dict[str, Any]:
    event = happening.event
    told: dict[str, Any] = {
        "number": happening.number or None,
        "sheet": happening.sheet,
        "kind": event.kind,
    }
    if event.kind == "changed":
        told |= {"field": event.field, "from": plain(event.before), "to": plain(event.after)}
    elif event.kind == "appeared":
        told["cells"] = {key: plain(value) for key, value in event.after.items()}
    if happening.archive:
        told["archived_in"] = happening.archive
    if happening.line is not None:
        told["line"] = {key: plain(value) for key, value in happening.line.items()}
    return told
