"""What the pages of the status workbook tell of: the chosen registers, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlflow.checks.finding import Finding
from xlflow.checks.waivers import Waived
from xlflow.languages import Language, say
from xlflow.record.memory import NO_MEMORY, Memory
from xlflow.reports.figures.movement import Movement, together
from xlflow.reports.figures.overview import Overview
from xlflow.reports.figures.totals import Totals, totals
from xlflow.reports.links import Places
from xlflow.reports.naming import file_name
from xlflow.reports.status.listing import Column
from xlflow.timing.cells import Cells


@dataclass(frozen=True)
class Standing:
    """How one register stands, and what the status workbook tells of it besides its figures.

    `link` is how the workbook names the register's file (see `links.register_link`); without it,
    the cells of the register are named but not linked.
    """

    view: Overview
    movement: Movement
    link: str = ""
    waived: tuple[Waived, ...] = ()  # findings that the company lets pass
    memory: Memory = NO_MEMORY

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each record by its number."""
        cells = Cells(self.view.register.requirements)
        return dict(zip(cells.texts("number"), cells.texts("title"), strict=True))

    @cached_property
    def titles_by_row(self) -> Mapping[int, str]:
        """The title of each record by its row."""
        cells = Cells(self.view.register.requirements)
        return dict(zip(cells.rows, cells.texts("title"), strict=True))

    def title_of(self, found: Finding) -> str:
        """The title of the record that a finding is about."""
        if found.table == "register":
            return self.titles_by_row.get(found.row, "")
        return self.titles.get(found.number, "") if found.number else ""


@dataclass(frozen=True)
class Report:
    """The registers side by side and added up. With one register, nothing names it."""

    standings: tuple[Standing, ...]
    totals: Totals
    movement: Movement  # of all of them
    language: Language
    left_out: Mapping[str, str]

    @classmethod
    def of(
        cls, standings: Sequence[Standing], language: Language, left_out: Mapping[str, str]
    ) -> Report:
        """The report on these registers, at least one."""
        return cls(
            standings=tuple(standings),
            totals=totals([one.view for one in standings]),
            movement=together([one.movement for one in standings]),
            language=language,
            left_out=left_out,
        )

    def say(self, name: str, /, **values: object) -> str:
        """A text of the catalogue ``reports``."""
        return say(self.language, f"reports.{name}", **values)

    def label(self, key: str, sheet: str = "register") -> str:
        """What people call a field."""
        return self.totals.schema.label(key, self.language, sheet)

    @property
    def title(self) -> str:
        """What the workbook is called."""
        return self.say("title")

    @property
    def files(self) -> str:
        """The registers' files."""
        return self.say("between").join(file_name(view.register) for view in self.totals.views)

    @property
    def footer(self) -> str:
        """What stands below each printed page."""
        return self.say("footer", title=self.title, file=self.files, day=self.totals.today)

    def places(self, register: str) -> Places:
        """The links into a register."""
        return self._places[register]

    @property
    def register_column(self) -> tuple[Column, ...]:
        """The column that tells the registers apart, where there are several."""
        if not self.totals.are_several:
            return ()
        return (Column(self.say("column.register"), 12, "code"),)

    def register_cell(self, register: str) -> tuple[str, ...]:
        """What stands there."""
        return (register,) if self.totals.are_several else ()

    @property
    def frozen(self) -> int:
        """How many columns of a list stay in sight: those that tell the record."""
        return 2 + len(self.register_column)

    @cached_property
    def _places(self) -> Mapping[str, Places]:
        return {
            one.view.name: Places(one.view.register, one.link, self.language)
            for one in self.standings
        }
