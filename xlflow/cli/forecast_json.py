"""A forecast for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlflow.cli.forecast_words import assumptions
from xlflow.cli.options import Door
from xlflow.forecast.outlook import Expected, Workload
from xlflow.record.stages import BEFORE_LIVE

if TYPE_CHECKING:
    from xlflow.jobs.forecasting.job import Forecast, Forecasts


def as_dict(found: Forecasts, door: Door) -> dict[str, Any]:
    """All that the forecast tells; beside what was supposed, `without_scenario` tells the real."""
    told = found.told
    calibration = told.outlook.calibration
    return {
        "today": told.today.isoformat(),
        "registers": [settings.workbook.id for settings in door.company.some(door.registers)],
        "scenario": {
            "without": list(found.scenario.without),
            "holidays": [day.isoformat() for day in found.scenario.holidays],
        },
        "basis": {
            "finished": told.outlook.finished,
            "since": told.since.isoformat() if told.since else None,
            "by_estimates": told.outlook.is_by_estimates,
            "compared_forecasts": calibration.cases,
            "compared_requirements": calibration.records,
            "within_50_85_95": [round(share, 3) for share in calibration.within],
        },
        "assumptions": assumptions(found, door.language),
        "requirements": _requirements(found),
        "people": [_person(one) for one in told.outlook.people],
        **(
            {"people_without_scenario": [_person(one) for one in found.real.outlook.people]}
            if found.supposed
            else {}
        ),
    }


def _requirements(found: Forecasts) -> list[dict[str, Any]]:
    told = [_requirement(one, found.told) for one in found.told.outlook.records]
    if found.supposed is None:
        return told
    real = [_likely(one, found.real) for one in found.real.outlook.records]
    return [{**one, "without_scenario": before} for one, before in zip(told, real, strict=True)]


def _requirement(one: Expected, forecast: Forecast) -> dict[str, Any]:
    facts = one.facts
    return {
        "register": facts.register,
        "number": facts.number or None,
        "row": facts.row,
        "title": facts.title,
        "status": facts.status,
        "stage": BEFORE_LIVE[one.stage],
        "days_in_stage": one.in_stage,
        "blocked_days": one.blocked_days,
        "who": one.holder or None,
        "taken_by": {BEFORE_LIVE[stage]: who or None for stage, who in one.taken_by.items()},
        **_likely(one, forecast),
    }


def _likely(one: Expected, forecast: Forecast) -> dict[str, Any]:
    days = one.days or {}
    return {
        "days": {str(percent): held for percent, held in days.items()} or None,
        "live_on": {
            str(percent): forecast.date_after(held).isoformat() for percent, held in days.items()
        }
        or None,
        "promises": [
            {"field": held.field, "on": held.on.isoformat(), "risk": round(held.risk, 3)}
            for held in one.promises
        ],
    }


def _person(one: Workload) -> dict[str, Any]:
    return {
        "name": one.name,
        "open": one.open,
        "usually_at_once": one.usual if one.is_known else None,
        "days_left": round(one.days_left, 1),
        "days_finished_a_week": round(one.weekly_days, 1),
        "weeks": None if one.weeks is None else round(one.weeks, 1),
        "coming": one.coming,
        "overloaded": one.is_overloaded if one.is_known else None,
    }
