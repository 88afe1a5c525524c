"""The simulation's own list of events: what people did, day by day, told apart from any ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

Deed = Literal["typed", "cleared", "returned", "numbered"]


class Happening(NamedTuple):
    """What a run must see of a day. Of "appeared", `after` are the cells."""

    register: str
    sheet: str
    line: int  # the simulation's own number of the record or line
    kind: str
    field: str
    before: Any
    after: Any
    day: date


@dataclass(frozen=True)
class _Entry:
    day: date
    sheet: str
    line: int
    deed: Deed
    field: str = ""
    before: Any = None
    after: Any = None


class Diary:
    """What was done in one register."""

    def __init__(self, register: str) -> None:
        self.register = register
        self._entries: list[_Entry] = []

    def notes(
        self,
        day: date,
        sheet: str,
        line: int,
        deed: Deed,
        field: str = "",
        before: Any = None,
        after: Any = None,
    ) -> None:
        self._entries.append(_Entry(day, sheet, line, deed, field, before, after))

    def happenings(self) -> Iterator[Happening]:
        """What is different at the end of a day; who retypes what stood there did nothing."""
        days: dict[tuple[date, str, int], list[_Entry]] = defaultdict(list)
        for entry in self._entries:
            days[entry.day, entry.sheet, entry.line].append(entry)
        known: set[int] = set()
        for (day, sheet, line), entries in sorted(days.items(), key=lambda it: it[0][0]):
            for kind, field, before, after in _of_day(entries, is_new=line not in known):
                yield Happening(self.register, sheet, line, kind, field, before, after, day)
            known.add(line)


def _of_day(entries: list[_Entry], *, is_new: bool) -> Iterator[tuple[str, str, Any, Any]]:
    net: dict[str, tuple[Any, Any]] = {}
    for entry in entries:
        if entry.deed == "typed":
            before, _ = net.get(entry.field, (entry.before, None))
            net[entry.field] = (before, entry.after)
    if is_new:
        cells = {key: after for key, (_, after) in net.items() if after is not None}
        yield "appeared", "", None, frozen(cells)
    else:
        for key, (before, after) in net.items():
            if before != after or type(before) is not type(after):
                yield "changed", key, before, after
    for entry in entries:
        if entry.deed == "numbered":
            yield "changed", entry.field, entry.before, entry.after
        elif entry.deed == "cleared":
            yield "vanished", "", None, None
        elif entry.deed == "returned":
            yield "returned", "", None, None


def frozen(cells: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    return frozenset(cells.items())
