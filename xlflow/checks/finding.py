"""What a rule found in a cell, and how it is told to a person or a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime
from typing import Any

from xlflow.checks.people import entered_with
from xlflow.checks.rule import Severity
from xlflow.languages import Language, say
from xlflow.record.register import CellError
from xlflow.record.schema import STANDARD, Schema
from xlflow.settings import filled

CRASHED = "rule-crashed"
"""The rule id of findings that report a fault of a rule, not of the register."""

ABSENT = "company-column-absent"
"""The rule id of findings that a column of a company's own field is not in the workbook."""

_SHOWN_CHARS = 40
_UNFILLED = "—"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in a message; shown as its label in the reader's language."""

    choices: str
    code: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a list in a message."""

    choices: str


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field in a message; shown as its label in the reader's language."""

    key: str
    sheet: str = "register"


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week in a message; Monday = 0."""

    day: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule, a record, a cell, and the values that fill the message."""

    file: str
    sheet: str  # the tab's name
    cell: str  # "Register!F12"
    row: int
    number: str | None
    field: str
    status: str | None  # of the record; None for a line that belongs to none
    rule: str
    severity: Severity
    values: Mapping[str, Any]
    found: Any
    expected: Any
    owner: str | None  # the masked name of who should mend it
    table: str = "register"  # the sheet's key
    variant: str = "message"
    schema: Schema = attribute(default=STANDARD, compare=False, repr=False)
    wording: Mapping[Language, str] | None = attribute(default=None, repr=False)
    cause: Exception | None = attribute(default=None, compare=False, repr=False)

    @property
    def step(self) -> str:
        """The status whose entry an error here stops; "" on a child sheet."""
        if self.table != "register" or not self.field:
            return ""
        return entered_with(self.schema.field(self.field))

    def label(self, language: Language) -> str:
        """The label of the field; "" where no field is at fault."""
        return self.schema.label(self.field, language, self.table) if self.field else ""

    def message(self, language: Language) -> str:
        """What is wrong and what to type; does not repeat the field's label."""
        shown = {name: self._shown(value, language) for name, value in self.values.items()}
        if self.wording:
            texts = {name: _UNFILLED if value is None else value for name, value in shown.items()}
            return filled(self.wording[language], texts)
        shown.setdefault("found", self._shown(self.found, language))
        return say(
            language,
            f"checks.rule.{self.rule}.{self.variant}",
            **shown,
            field=_Labels(self.schema, self.table, language),
            record=_Labels(self.schema, "register", language),
            choice=_ChoiceLabels(self.schema, language),
            sheet=_SheetNames(language),
            hint=_Hint(self.schema, self.table, self.field, language),
        )

    def to_dict(self, language: Language) -> dict[str, Any]:
        """The finding for JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "row": self.row,
            "number": self.number,
            "field": self.field,
            "status": self.status,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message(language),
            "found": _plain(self.found, language, self.schema),
            "expected": _plain(self.expected, language, self.schema),
            "owner": self.owner,
        }

    def _shown(self, value: Any, language: Language) -> Any:
        """`value` for a message: numbers stay numbers, so that a text can choose their plural."""
        plain = _plain(value, language, self.schema)
        if isinstance(plain, list):
            return say(language, "checks.text.or").join(map(str, plain))
        if isinstance(plain, str):
            line = " ".join(plain.split())
            return line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1] + "…"
        return plain


def blocks_number(findings: Iterable[Finding]) -> frozenset[int]:
    """The rows of the register whose submission has an error, so that they get no number yet."""
    return frozenset(
        found.row
        for found in findings
        if found.severity == "error" and found.step == "submitted" and found.field != "number"
    )


def _plain(value: Any, language: Language, schema: Schema) -> Any:
    """`value` for JSON."""
    if isinstance(value, Choice):
        return schema.choices[value.choices].label(value.code, language)
    if isinstance(value, Choices):
        return list(schema.choices[value.choices].labels(language))
    if isinstance(value, FieldName):
        return schema.label(value.key, language, value.sheet)
    if isinstance(value, Weekday):
        return say(language, f"checks.weekday.{value.day}")
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _number(value)
    return str(value) if isinstance(value, CellError) else value


def _number(value: float) -> int | float | str:
    if value.is_integer():
        return int(value)
    return value if value == value and abs(value) != float("inf") else str(value)


@dataclass(frozen=True, slots=True)
class _Labels:
    """In a text, ``{field[goal]}`` is the label of the field."""

    schema: Schema
    sheet: str
    language: Language

    def __getitem__(self, key: str) -> str:
        return self.schema.label(key, self.language, self.sheet)


@dataclass(frozen=True, slots=True)
class _SheetNames:
    """In a text, ``{sheet[issues]}`` is the name of the sheet."""

    language: Language

    def __getitem__(self, key: str) -> str:
        return say(self.language, f"record.sheet.{key}")


@dataclass(frozen=True, slots=True)
class _ChoiceLabels:
    """In a text, ``{choice[status/live]}`` is the label of the choice."""

    schema: Schema
    language: Language

    def __getitem__(self, name: str) -> str:
        choices, _, code = name.partition("/")
        return self.schema.choices[choices].label(code, self.language)


@dataclass(frozen=True, slots=True)
class _Hint:
    """In a text, ``{hint}`` is what the cell's own prompt says."""

    schema: Schema
    sheet: str
    key: str
    language: Language

    def __format__(self, spec: str) -> str:
        return self.schema.hint(self.key, self.language, self.sheet)
