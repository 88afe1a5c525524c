"""What stands in the way of a compaction, and what the person is told about it.

Nothing was written when `CompactionRefused` is raised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from xlflow.errors import XlflowError
from xlflow.languages import Language, say
from xlflow.workbook.addresses import MAX_COLUMN, Area

_MOST_PLACES = 6  # of one reason; the person sees the others in the workbook


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that would not go along with the values of its row, or that points at one row.

    `reason` is a name under `compaction.reason`, `by` tells who points. Only records in rows below
    `until` can be removed in spite of it.
    """

    sheet: str
    area: Area
    reason: str
    until: int
    by: str = ""

    @property
    def address(self) -> str:
        """``F12``, ``F12:G13``, or ``12:13`` for whole rows."""
        if (self.area.left, self.area.right) == (1, MAX_COLUMN):
            return f"{self.area.top}:{self.area.bottom}"
        return str(self.area)

    @property
    def place(self) -> str:
        """The address with its sheet, as Excel writes it."""
        # here, because the record's values bring pandas along
        from xlflow.record.register import quoted

        return f"{quoted(self.sheet)}!{self.address}"


class CompactionRefused(XlflowError):
    """Records that cannot be taken out: `obstacles` are all that stands in the way.

    `file` is the workbook's name.
    """

    obstacles: tuple[Obstacle, ...]

    def __init__(self, file: str, obstacles: Iterable[Obstacle]) -> None:
        super().__init__("compaction.refused", file=file, obstacles=tuple(obstacles))

    def message(self, language: Language) -> str:
        """A line for the file, then a line for each reason and who points."""
        alike: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for found in self.obstacles:
            alike[found.sheet, found.reason, found.by].append(found.place)
        lines = [say(language, self.key, file=self.file)]
        for (_, reason, by), places in alike.items():
            told = say(language, f"compaction.reason.{reason}", by=by)
            lines.append(f"  {_listed(places, language)}: {told}")
        return "\n".join(lines)


def blocked_until(obstacles: Iterable[Obstacle], sheet: str) -> int:
    """The last row of the sheet from which no record can be removed; 0 where nothing is in the way.

    Records further down can be removed by themselves.
    """
    return max((found.until for found in obstacles if found.sheet == sheet), default=0)


def runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as first and last of those that follow one another."""
    breaks = [n for n, (one, two) in enumerate(pairwise(numbers), 1) if two != one + 1]
    for start, end in pairwise([0, *breaks, len(numbers)]) if numbers else ():
        yield numbers[start], numbers[end - 1]


def _listed(places: list[str], language: Language) -> str:
    shown = ", ".join(dict.fromkeys(places[:_MOST_PLACES]))
    more = len(places) - _MOST_PLACES
    return say(language, "compaction.more", places=shown, count=more) if more > 0 else shown
