"""What a forecast rests on, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlflow.forecast.outlook import ENOUGH_FINISHED
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.forecasting.job import Forecasts


def assumptions(found: Forecasts, language: Language) -> list[str]:
    """The assumptions, one sentence or two each."""
    held, told = found.told.outlook, []

    def tell(name: str, **values: object) -> None:
        told.append(say(language, f"forecast.assumption.{name}", **values))

    if held.is_by_estimates:
        tell("by-estimates", finished=held.finished, enough=ENOUGH_FINISHED)
    else:
        tell("history", finished=held.finished, since=found.told.since)
    calibration = held.calibration
    if calibration.cases:
        half, most, nearly_all = (round(100 * share) for share in calibration.within)
        facts = {"half": half, "most": most, "nearly_all": nearly_all}
        tell("compared", cases=calibration.cases, records=calibration.records, **facts)
    elif not held.is_by_estimates:
        tell("not-compared")
    tell("blocked")
    if found.scenario.without:
        tell("without", names=", ".join(found.scenario.without))
    if found.scenario.holidays:
        tell("holidays", count=len(found.scenario.holidays))
    tell("not-modelled")
    return told
