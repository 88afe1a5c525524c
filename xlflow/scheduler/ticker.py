"""The ticker of the loop: a piece of work every so many seconds, by the package `schedule`.

It goes by the machine's clock. Where that is put back, for the end of summer time or by hand, the
package would wait until the clock shows the same time again; then it is wound up anew.
"""

from __future__ import annotations

from collections.abc import Callable

import schedule

_NAP_SECONDS = 1.0  # on Windows nobody can wake a longer one
_SHORTEST_NAP_SECONDS = 0.05


class Ticker:
    """Does `work` every `seconds`, whenever `turn` is called in time."""

    def __init__(self, seconds: int, work: Callable[[], None]) -> None:
        self._seconds = seconds
        self._work = work
        self._scheduler = schedule.Scheduler()
        self._wind_up()

    def turn(self) -> float:
        """Do the work if it is time; how many seconds to nap before the next turn."""
        self._scheduler.run_pending()
        if self._idle_seconds() > self._seconds:
            self._wind_up()
        return max(_SHORTEST_NAP_SECONDS, min(_NAP_SECONDS, self._idle_seconds()))

    def _wind_up(self) -> None:
        self._scheduler.clear()
        self._scheduler.every(self._seconds).seconds.do(self._work)

    def _idle_seconds(self) -> float:
        return self._scheduler.idle_seconds or 0.0
