"""What a weekly mail says, part by part: its HTML and its plain text are made from these alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "better", "worse"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure changed, in words with an arrow; the tone only colours it. "" = nothing told."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure."""

    name: str
    figure: int
    change: Change
    note: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of this week, the one of the week before, and what that comes to."""

    name: str
    now: str
    before: str
    change: Change


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures that are told of the same two times."""

    heads: tuple[str, str, str]  # over the figures and the change
    rows: Sequence[FigureRow]


@dataclass(frozen=True, slots=True)
class Bar:
    """A group of open records: its figures, and how long its bar is in percent of the longest."""

    name: str
    open: int
    overdue: int
    open_percent: int  # of the bar's whole room, the overdue part left out
    overdue_percent: int

    @property
    def rest_percent(self) -> int:
        """What stays empty."""
        return 100 - self.open_percent - self.overdue_percent


@dataclass(frozen=True, slots=True)
class Item:
    """A record as the mail lists it, every text on one line; "" = not told."""

    record: str
    title: str
    facts: str
    stands: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Items of one register; `name` is "" where there is only one."""

    name: str
    items: Sequence[Item]
    more: str = ""  # how many are left out


@dataclass(frozen=True, slots=True)
class Chapter:
    """A list of records under a heading."""

    heading: str
    blocks: Sequence[Block]
    kindly: str  # said where there are none
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars under a heading."""

    heading: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the mail says, in this order."""

    subject: str
    preview: str  # shown beside the subject in a list of mails
    heading: str
    subtitle: str
    missing: Sequence[str]  # registers that could not be read
    tiles: Sequence[Tile]
    tasks: Sequence[str]
    chapters: Sequence[Chapter]
    tables: Sequence[FigureTable]
    remarks: Sequence[str]  # on the figures
    charts: Sequence[BarChart]
    attached: str
    questions: Sequence[str]  # whom to ask
    footer: str
    board: str = ""  # where it lies, as far as the settings say
    board_link: str = ""
