"""Simulated companies, written without a look at the forecast: people, queues, delays.

A world tells what happened to each requirement on which day, and how it will go on, which the
forecast must not see. Days are working days of a calendar of plain weeks.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

STAGES = ("submitted", "assessing", "designing", "developing", "testing")
MEDIANS = {"submitted": 1.2, "assessing": 2.5, "designing": 5.0, "developing": 9.0, "testing": 4.0}
SIZES = {"low": 0.5, "medium": 1.0, "high": 2.2}


@dataclass
class Item:
    """A requirement. `path`: on which day it entered which status, to its very end."""

    number: int
    complexity: str
    priority: str
    people: dict[str, str]  # by stage
    path: list[tuple[int, str]] = field(default_factory=list)

    def until(self, day: int) -> list[tuple[int, str]]:
        """What anybody could have seen by the end of a day."""
        return [(on, status) for on, status in self.path if on <= day]

    @property
    def live_on(self) -> int | None:
        return next((on for on, status in self.path if status == "live"), None)


@dataclass(frozen=True)
class World:
    """What kind of company it is.

    `per_day`: new requirements on a day. `spread`: of the logarithm of a stage's days. `slow`: a
    trait that a requirement has in all its stages. `blocks`: on how many working days of a hundred
    a spell begins. `queues`: people work on so many at once, and the others wait; 0: nobody waits.
    `season`: by what the days are multiplied on a day.
    """

    per_day: float = 0.5
    spread: float = 0.6
    slow: float = 0.0
    blocks: float = 0.0
    queues: int = 0
    people: int = 4
    back: float = 0.08
    cancelled: float = 0.04
    season: Callable[[int], float] = lambda _day: 1.0

    def lives(self, days: int, seed: int) -> list[Item]:
        """The requirements that are submitted within so many days, each to its end."""
        rng = Random(seed)
        items = [self._new(n, rng) for n in range(_poisson(self.per_day * days, rng))]
        starts = sorted(rng.randrange(days) for _ in items)
        return self._worked(list(zip(starts, items, strict=True)), rng)

    def _new(self, number: int, rng: Random) -> Item:
        names = [f"P{n}*" for n in range(self.people)]
        return Item(
            number,
            rng.choice(list(SIZES)),
            rng.choice(("low", "medium", "high")),
            {stage: rng.choice(names) for stage in STAGES},
        )

    def _worked(self, begun: list[tuple[int, Item]], rng: Random) -> list[Item]:
        """Day by day through a calendar of events: who is free takes the next that waits."""
        events: list[tuple[float, int, Item, str]] = []
        traits = {item.number: math.exp(rng.gauss(0, self.slow)) for _, item in begun}
        order = 0
        for start, item in begun:
            order += 1
            heapq.heappush(events, (start + rng.random(), order, item, "submitted"))
        free: dict[str, int] = {}
        waiting: dict[str, list[tuple[Item, str]]] = {}

        def begins(at: float, item: Item, stage: str) -> None:
            nonlocal order
            done = self._spends(at, item, stage, traits[item.number], rng)
            order += 1
            heapq.heappush(events, (done, order, item, f"{stage} done"))

        while events:
            at, _, item, what = heapq.heappop(events)
            stage = what.removesuffix(" done")
            who = item.people.get(stage, "")
            if what == "live":
                item.path.append((int(at), "live"))
                continue
            if not what.endswith(" done"):
                item.path.append((int(at), stage))
                if self.queues and stage in ("designing", "developing", "testing"):
                    if free.setdefault(who, self.queues) == 0:
                        waiting.setdefault(who, []).append((item, stage))
                        continue
                    free[who] -= 1
                begins(at, item, stage)
                continue
            if self.queues and stage in ("designing", "developing", "testing"):
                if waiting.get(who):
                    begins(at, *waiting[who].pop(0))
                else:
                    free[who] += 1
            order += 1
            if rng.random() < self.cancelled / len(STAGES):
                item.path.append((int(at), "cancelled"))
            else:
                heapq.heappush(events, (at, order, item, self._next(stage, rng)))
        return [item for _, item in begun]

    def _next(self, stage: str, rng: Random) -> str:
        if stage == "testing":
            return "developing" if rng.random() < self.back else "live"
        return STAGES[STAGES.index(stage) + 1]

    def _spends(self, at: float, item: Item, stage: str, trait: float, rng: Random) -> float:
        """When a stage is done that begins at a time; notes the times in which it was blocked."""
        size = SIZES[item.complexity] if stage in ("designing", "developing") else 1.0
        work = MEDIANS[stage] * size * trait * math.exp(rng.gauss(0, self.spread))
        time = at
        while work > 0:
            piece = min(work, 0.25)
            work -= piece
            time += piece * self.season(int(time))
            if rng.random() < self.blocks / 100 * piece and int(time) > int(at):
                item.path.append((int(time), "blocked"))
                time += max(math.exp(rng.gauss(1.4, 0.8)), 1.0)
                item.path.append((int(time), stage))
        return time


def _poisson(mean: float, rng: Random) -> int:
    """A number of arrivals."""
    count, time = 0, rng.expovariate(1.0)
    while time < mean:
        count, time = count + 1, time + rng.expovariate(1.0)
    return count
