"""One thing in which a register's layout differs from the template's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xlflow.languages import Language, say
from xlflow.record.register import quoted

_FIELDS_SHOWN = 3

ABSENT = frozenset({"column-absent", "list-column-absent"})
"""What a company's settings ask for and the register never had: `upgrade` adds it."""

BEYOND_REPAIR = frozenset({"lists-missing", "list-column-missing"}) | ABSENT


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind` is a name under `repair.difference`; `range` is "" where it is about a whole sheet.

    `fields` are the labels of the columns, `facts` what else the message tells.
    """

    kind: str
    sheet: str  # the name on the tab
    range: str  # "C4:C20", or several with blanks between
    fields: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_repairable(self) -> bool:
        """Whether `repair` puts it back; else the message says what a person does."""
        return self.kind not in BEYOND_REPAIR

    @property
    def place(self) -> str:
        """As Excel writes it: ``Register!C4:C20``."""
        return f"{quoted(self.sheet)}!{self.range}" if self.range else quoted(self.sheet)

    def message(self, language: Language) -> str:
        """Where and what, in a line."""
        more = ", …" if len(self.fields) > _FIELDS_SHOWN else ""
        fields = ", ".join(self.fields[:_FIELDS_SHOWN]) + more
        facts = {"place": self.place, "fields": fields, **self.facts}
        return say(language, f"repair.difference.{self.kind}", **facts)

    def to_dict(self, language: Language) -> dict[str, object]:
        """For JSON."""
        return {
            "kind": self.kind,
            "sheet": self.sheet,
            "range": self.range,
            "fields": list(self.fields),
            **self.facts,
            "repairable": self.is_repairable,
            "message": self.message(language),
        }
