"""``xlflow forecast``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.forecasting.job import Forecasts

_MOST_DAYS_OFF = 400


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "forecast", day=True, registers="some")
    @click.argument("numbers", metavar="NUMBER", nargs=-1)
    @click.option(
        "--without",
        multiple=True,
        metavar="PERSON",
        help=say(language, "forecast.option.without"),
    )
    @click.option(
        "--holiday",
        "holidays",
        multiple=True,
        metavar="DATES",
        help=say(language, "forecast.option.holiday"),
    )
    @click.option("--all", "shows_all", is_flag=True, help=say(language, "forecast.option.all"))
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def forecast(
        door: Door,
        numbers: tuple[str, ...],
        without: tuple[str, ...],
        holidays: tuple[str, ...],
        shows_all: bool,
        as_json: bool,
    ) -> None:
        found = _forecasts(door, numbers, without, holidays)
        if as_json:
            from xlflow.cli.forecast_json import as_dict

            door.print_json(as_dict(found, door))
            return
        from xlflow.cli.forecast_tables import print_forecasts

        print_forecasts(found, door, shows_all=shows_all or bool(numbers))

    return forecast


def _forecasts(
    door: Door, numbers: Sequence[str], without: tuple[str, ...], holidays: Sequence[str]
) -> Forecasts:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.forecasting.job import Scenario, forecast

    scenario = Scenario(without, tuple(day for typed in holidays for day in days_of(typed)))
    asked = [
        (there.settings.workbook.id, number)
        for there, held in door.holding_each(numbers)
        for number in held
    ]
    with progress_bar(door) as progress:
        found = forecast(door.company.some(door.registers), door.now, scenario, asked, progress)
    known = {(one.facts.register, one.facts.number) for one in found.real.outlook.records}
    if missing := [number for register, number in asked if (register, number) not in known]:
        raise UsageError("forecast.not-open", numbers=", ".join(missing))
    return found


def days_of(typed: str) -> list[date]:
    """The days that were typed: 2026-12-24..2026-12-31,2027-01-02.

    Raises:
        UsageError: They are none, or in the wrong order, or too many.
    """
    found: list[date] = []
    for part in filter(None, (one.strip() for one in typed.replace("，", ",").split(","))):
        ends = [_day(end, typed) for end in part.split("..")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or last < first or (last - first).days > _MOST_DAYS_OFF:
            raise UsageError("forecast.no-days", found=typed)
        found += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if not found:
        raise UsageError("forecast.no-days", found=typed)
    return found


def _day(text: str, typed: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as err:
        raise UsageError("forecast.no-days", found=typed) from err
