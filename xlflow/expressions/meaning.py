"""What an expression means: fields and choices found, and every operator given what it can take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What a field's cells hold, as `type`: number, date, text or choice."""

    key: str
    type: str
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for all rows; a text is folded."""

    value: float | str | date | bool
    type: str


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the check."""

    type: str = "date"


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a field's cells hold; 0 where blank."""

    key: str
    type: str = "number"


@dataclass(frozen=True, slots=True)
class Lines:
    """How many lines of a child sheet name the record."""

    sheet: str
    type: str = "number"


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days after `start`, up to and with `end`."""

    start: Value
    end: Value
    type: str = "number"


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with the other sign."""

    operand: Value
    type: str = "number"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers, a date and days, or two dates whose days between are counted."""

    operator: str
    left: Value
    right: Value
    type: str


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false for all rows."""

    value: bool
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of one type."""

    operator: str
    left: Value
    right: Value
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of these choices was made."""

    key: str
    codes: tuple[str, ...]
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Blank:
    """The cells show nothing."""

    key: str
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Searched:
    """A field's text holds a folded text, or matches a pattern with * and ?."""

    key: str
    operator: str  # "contains" or "matches"
    text: str
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Reached:
    """The record has entered a status, or passed it."""

    status: str
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    operand: Condition
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts."""

    parts: tuple[Condition, ...]
    type: str = "truth"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the parts."""

    parts: tuple[Condition, ...]
    type: str = "truth"


Value = FieldValue | Constant | Today | Length | Lines | Workdays | Negative | Arithmetic
Condition = Truth | Comparison | Chosen | Blank | Searched | Reached | Not | All | Any
Meaning = Value | Condition


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition over the rows of a sheet."""

    source: str
    sheet: str
    condition: Condition
    fields: tuple[str, ...]  # the keys that it names, in the order of the text
