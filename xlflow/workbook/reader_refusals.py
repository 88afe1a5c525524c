"""Why a workbook that opens is not read as a register: what is wrong, where, and what to do next.

Nothing was read into a register when one of these is raised, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from xlflow.errors import XlflowError
from xlflow.languages import Language, say
from xlflow.record.schema import STANDARD, Schema
from xlflow.workbook.refusals import WorkbookRefused


class RegisterRefused(WorkbookRefused):
    """A workbook that is no register, or not one that can be read. `file` is its name."""

    def __init__(self, file: str, **facts: Any) -> None:
        XlflowError.__init__(self, f"reader.refused.{self.reason}", file=file, **facts)


class NoRegisterSheet(RegisterRefused):
    """No sheet holds the columns of a register. `sheets` names those that are there."""

    reason = "no-register-sheet"

    def __init__(self, file: str, sheets: Iterable[str]) -> None:
        super().__init__(file, sheets=", ".join(sheets))


class NewerSchema(RegisterRefused):
    """Laid out by a newer xlflow: `schema`, where this one knows up to `known`."""

    reason = "newer-schema"


class SheetTooLarge(RegisterRefused):
    """The cells of `sheet` reach to row `row` and column `column`: more than fits into memory."""

    reason = "sheet-too-large"


class ImpossibleDate(RegisterRefused):
    """A cell of `sheet` shows a number as a date or a duration that is beyond all of them."""

    reason = "impossible-date"


class Unreadable(RegisterRefused):
    """Something that the reading library does not understand, in `part`; `why` in its words."""

    reason = "unreadable"


@dataclass(frozen=True, slots=True)
class LayoutFault:
    """One thing that is wrong with a sheet of the register.

    `kind` is a name under `reader.fault`; `key` is the field that it is about, if it is one.
    """

    kind: str
    sheet: str  # "register", "progress", "issues", "changes"
    key: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    schema: Schema = field(default=STANDARD, compare=False, repr=False)

    @property
    def is_bearable(self) -> bool:
        """Whether the register can be read all the same: it lacks a column of the company's own.

        So that runs go on until `xlflow template --upgrade` has added it.
        """
        if self.kind != "column-missing":
            return False
        return self.schema.field(self.key, self.sheet).is_companys

    def message(self, language: Language, header_language: Language) -> str:
        """What is wrong and what to do, for a person who reads `language`.

        Labels stand in `header_language`, that of the workbook, since they are to be typed there.
        """
        facts = {"title": say(header_language, f"record.sheet.{self.sheet}"), **self.facts}
        if self.key:
            facts["label"] = self.schema.label(self.key, header_language, self.sheet)
        return say(language, f"reader.fault.{self.kind}", **facts)


class LayoutRefused(RegisterRefused):
    """Sheets or columns are missing or doubled: `faults` holds all of them.

    `language` is that of the workbook.
    """

    reason = "layout"
    faults: tuple[LayoutFault, ...]

    def __init__(self, file: str, faults: Iterable[LayoutFault], language: Language) -> None:
        found = tuple(faults)
        super().__init__(file, faults=found, count=len(found), language=language)

    def message(self, language: Language) -> str:
        """A line for the file, then a line for each fault."""
        lines = [say(language, self.key, file=self.file, count=self.count)]
        lines += [f"  {fault.message(language, self.language)}" for fault in self.faults]
        return "\n".join(lines)
