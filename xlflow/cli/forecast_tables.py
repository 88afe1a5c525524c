"""A forecast on the terminal: requirements, people, what is different, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from xlflow.cli.forecast_words import assumptions
from xlflow.cli.options import Door
from xlflow.cli.tables import print_table
from xlflow.forecast.outlook import PERCENTS, PROMISES, Expected, Promise, Workload
from xlflow.languages import say
from xlflow.record.stages import BEFORE_LIVE

if TYPE_CHECKING:
    from rich.text import Text

    from xlflow.jobs.forecasting.job import Forecast, Forecasts

_MOST_ROWS = 15
_MOST_PEOPLE = 10
_TITLE_CHARS = 24
_NEAR = timedelta(days=300)
_LIKELY, _POSSIBLE = 0.5, 0.15


def print_forecasts(found: Forecasts, door: Door, *, shows_all: bool) -> None:
    """Print the forecast; with something supposed, what differs by it."""
    told = found.told
    records = sorted(
        told.outlook.records, key=lambda one: (-one.risk, one.facts.number, one.facts.row or 0)
    )
    head = say(door.language, "forecast.head", count=len(records), today=told.today)
    door.out.print(head, style="bold", markup=False)
    if told.outlook.is_by_estimates:
        few = assumptions(found, door.language)[0]
        door.out.print(few, style="yellow", markup=False)
    if not records:
        return
    most = len(records) if shows_all else _MOST_ROWS
    if found.supposed is None:
        _print_records(records[:most], told, door)
    else:
        _print_differences(found, door, most)
    if len(records) > most and found.supposed is None:
        _say(door, "more", count=len(records) - most)
    _print_people(told, door, shows_all=shows_all)
    door.warn_of_provisional(told.calendar.provisional_years(told.dates))
    _say(door, "rests-on", style="bold")
    for line in assumptions(found, door.language):
        door.out.print(f"- {line}", markup=False)


def _print_records(records: Sequence[Expected], told: Forecast, door: Door) -> None:
    promised = [
        key for key in PROMISES if any(one.field == key for it in records for one in it.promises)
    ]
    heads = [
        *(_word(door, name) for name in ("number", "title", "status", "who")),
        *(f"{percent}%" for percent in PERCENTS),
        *(_word(door, key) for key in promised),
    ]
    print_table(door, heads, (_row(one, told, promised, door) for one in records))


def _row(one: Expected, told: Forecast, promised: list[str], door: Door) -> list[str | Text]:
    risks = {promise.field: promise for promise in one.promises}
    return [
        _number(one, door),
        _short(one.facts.title),
        _status(one, door),
        _who(one),
        *(_date(told.live_on(one, percent), told.today) for percent in PERCENTS),
        *(_promise(risks[key], told.today) if key in risks else "" for key in promised),
    ]


def _print_differences(found: Forecasts, door: Door, most: int) -> None:
    """The requirements that are later or earlier by what is supposed, the most so first."""
    assert found.supposed is not None  # noqa: S101 - tells the type checker
    pairs = list(zip(found.real.outlook.records, found.supposed.outlook.records, strict=True))
    changed = [pair for pair in pairs if _is_changed(pair, found)]
    if not changed:
        _say(door, "no-difference", records=len(pairs))
        return
    changed.sort(key=lambda pair: (-_days_later(pair, found), pair[1].facts.number))
    heads = [
        _word(door, name)
        for name in (
            "number",
            "title",
            "who",
            "before",
            "after",
            "later",
            "risk-before",
            "risk-after",
        )
    ]
    print_table(door, heads, (_difference(pair, found, door) for pair in changed[:most]))
    _say(door, "difference", count=len(changed), records=len(pairs))
    if len(changed) > most:
        _say(door, "more", count=len(changed) - most)
    for one in found.supposed.outlook.records:
        for stage, taker in one.taken_by.items():
            if not taker:
                label = door.schema.choices["status"].label(BEFORE_LIVE[stage], door.language)
                _say(door, "nobody", number=_number(one, door), stage=label, style="red")


def _difference(pair: tuple[Expected, Expected], found: Forecasts, door: Door) -> list[str | Text]:
    real, supposed = pair
    before, after = found.real.live_on(real, 85), found.told.live_on(supposed, 85)
    later = "" if after is None else f"{_days_later(pair, found):+d}"
    return [
        _number(real, door),
        _short(real.facts.title),
        _who(supposed),
        _date(before, found.real.today),
        _date(after, found.real.today),
        later,
        _risk("", real.risk) if real.promises else "",
        _risk("", supposed.risk) if supposed.promises else "",
    ]


def _is_changed(pair: tuple[Expected, Expected], found: Forecasts) -> bool:
    real, supposed = pair
    return _days_later(pair, found) != 0 or bool(supposed.taken_by) or real.risk != supposed.risk


def _days_later(pair: tuple[Expected, Expected], found: Forecasts) -> int:
    """Days of the calendar between the 85% dates; many where there is none any more."""
    before, after = found.real.live_on(pair[0], 85), found.told.live_on(pair[1], 85)
    if before is None or after is None:
        return 0 if before is after else 100_000
    return (after - before).days


def _print_people(told: Forecast, door: Door, *, shows_all: bool) -> None:
    people = [one for one in told.outlook.people if one.open]
    if not people:
        return
    heads = [
        _word(door, name)
        for name in ("who", "open", "usual", "days-left", "weekly", "weeks", "coming", "load")
    ]
    shown = people if shows_all else people[:_MOST_PEOPLE]
    print_table(door, heads, (_person(one, door) for one in shown))
    if len(people) > len(shown):
        _say(door, "more-people", count=len(people) - len(shown))


def _person(one: Workload, door: Door) -> list[str | Text]:
    from rich.text import Text

    load = _word(door, "overloaded") if one.is_overloaded else ""
    return [
        one.name,
        str(one.open),
        str(one.usual) if one.is_known else "—",
        f"{one.days_left:.0f}",
        f"{one.weekly_days:.1f}" if one.is_known else "—",
        f"{one.weeks:.1f}" if one.is_known and one.weeks is not None else "—",
        str(one.coming),
        Text(load, style="bold red"),
    ]


def _promise(promise: Promise, today: date) -> Text:
    """A promised day, and how likely it is missed: surely only if it is past."""
    risk = promise.risk if promise.on <= today else min(promise.risk, 0.999)
    return _risk(_date(promise.on, today), risk)


def _risk(day: str, risk: float) -> Text:
    """A promised day with the probability that it is missed."""
    from rich.text import Text

    style = "bold red" if risk >= _LIKELY else "yellow" if risk >= _POSSIBLE else ""
    text = Text(f"{day} " if day else "")
    return text.append(f"{_percent(risk)}", style=style)


def _percent(risk: float) -> str:
    """Nothing is certain, but what is past."""
    return ">99%" if 0.99 < risk < 1 else "<1%" if 0 < risk < 0.01 else f"{risk:.0%}"


def _date(day: date | None, today: date) -> str:
    if day is None:
        return "—"
    return f"{day:%m-%d}" if abs(day - today) < _NEAR else day.isoformat()


def _number(one: Expected, door: Door) -> str:
    number = one.facts.number or say(door.language, "forecast.row", row=one.facts.row)
    is_one = len(door.company.some(door.registers)) == 1
    return number if is_one else f"{one.facts.register} {number}"


def _status(one: Expected, door: Door) -> str:
    is_blocked = one.blocked_days is not None
    status = "blocked" if is_blocked else BEFORE_LIVE[one.stage]
    label = door.schema.choices["status"].label(status, door.language)
    days = one.blocked_days if is_blocked else one.in_stage
    return say(door.language, "forecast.in-status", status=label, days=days)


def _who(one: Expected) -> str:
    taker = one.taken_by.get(one.stage)
    if one.stage in one.taken_by:
        return f"{one.holder} → {taker or '?'}"
    return one.holder


def _short(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1] + "…"


def _word(door: Door, name: str) -> str:
    return say(door.language, f"forecast.column.{name}")


def _say(door: Door, name: str, style: str = "", **values: object) -> None:
    text = say(door.language, f"forecast.{name}", **values)
    door.out.print(text, style=style or None, markup=False)
