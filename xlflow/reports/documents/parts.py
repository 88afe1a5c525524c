"""What a document is made of: fields, tables of lines, notes and signatures, under headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NEEDED_WHEN: Mapping[str, str] = MappingProxyType(
    {
        "interruption": 'record.priority == "high"',
        "infeasible_reason": 'record.feasible == "no"',
        "alternative": 'record.feasible == "no"',
        "root_cause": 'record.type == "fix"',
        "verification": 'record.type == "fix"',
        "failure": 'record.result == "fail"',
        "rectify_by": 'record.result == "fail"',
        "blocked_reason": 'record.status == "blocked"',
    }
)
"""When a field belongs to a document although it is blank; else it is left out while blank."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Fields in a table: short ones two a row, long ones over the whole width.

    `own`: the module whose fields of the company's own follow them.
    """

    short: tuple[str, ...] = ()
    long: tuple[str, ...] = ()
    own: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The four due dates and who is responsible for each."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The record's lines of a child sheet, a row each; `widths` in parts of the whole.

    `below`: fields in a second row of each line, with the number of columns that each spans.
    """

    sheet: str
    keys: tuple[str, ...]
    widths: tuple[int, ...]
    below: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Trials:
    """The kinds of test that the standard asks for, to be filled in by the tester."""


@dataclass(frozen=True, slots=True)
class Filing:
    """The documents that are archived on closure, to be ticked off."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the catalogue; `when` it is said, "" = always."""

    name: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signs what: role, field with the name, field with the day of signing if any."""

    signers: tuple[tuple[str, str, str], ...]
    notes: tuple[Note, ...] = ()


Part = Facts | Schedule | Lines | Trials | Filing | Note | Signatures


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `when` it stands there, "" = always."""

    name: str
    parts: tuple[Part, ...]
    when: str = ""
