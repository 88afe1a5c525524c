"""What a template may name: the record's values, and nothing that can be called.

``record.goal``, ``label.goal``, the lines in ``progress``, ``issues`` and ``changes``, a company's
own fields of a module in ``own.basic``, ``deadlines.confirm``, ``register.name``, ``today``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from jinja2 import Undefined

from xlflow.languages import Language, entry, say
from xlflow.record.choices import ChoiceSet
from xlflow.record.fields import MODULES, Field
from xlflow.record.fields import Kind as FieldKind
from xlflow.record.register import CellError, Register, Table
from xlflow.reports.documents.kinds import Kind


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that a document names and the record leaves blank.

    `cell`: where to type it, "" where the workbook has no such column; `needed_from`: the status in
    which it must be filled, "" = never.
    """

    field: str
    label: str
    cell: str
    needed_from: str


class Missing(Undefined):
    """A blank cell: false in a condition, ``【label】`` in the text; without a `gap`, nothing."""

    __slots__ = ("gap",)

    def __init__(self, gap: Gap | None = None) -> None:
        super().__init__(name=gap.field if gap else None)
        self.gap = gap

    def __lt__(self, *_args: Any, **_kwargs: Any) -> Any:
        return False

    __gt__ = __le__ = __ge__ = __lt__


class Choice(str):
    """What a dropdown shows; equal to its code and its label in any language."""

    __slots__ = ("choices", "code")
    code: str
    choices: ChoiceSet

    @classmethod
    def of(cls, choices: ChoiceSet, code: str, language: Language) -> Choice:
        """The choice of a code."""
        made = cls(choices.label(code, language))
        made.code, made.choices = code, choices
        return made

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or self.choices.parse(other) == self.code

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)


class Values:
    """Names and their values, as a template sees them; no method can be reached from there.

    `name`: what the template calls them.
    """

    __slots__ = ("_held", "_name")

    def __init__(self, name: str, held: Mapping[str, Any]) -> None:
        self._name = name
        self._held = held

    def __getitem__(self, key: str) -> Any:
        return self._held[key]

    __iter__ = None  # else Python would try them as a list

    def __str__(self) -> str:
        return self._name


def names_in(values: Values) -> tuple[str, ...]:
    """The names that `values` knows."""
    return tuple(values._held)  # noqa: SLF001 - no template may reach them


@dataclass(frozen=True)
class Source:
    """A record and what surrounds it, as a template's values are made of it.

    `row`: the record's row in Excel; `company`: whose documents these are; `deadlines`: in days and
    hours; `now`: the moment, in the settings' time zone.
    """

    register: Register
    row: int
    number: str
    now: datetime
    company: str = ""
    deadlines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def context_of(source: Source, document: Kind, language: Language) -> dict[str, Any]:
    """All names that the template of a document may use."""
    register = source.register
    table = register.requirements
    record = _row(table, source.row, language, is_line=False)
    labels = {one.key: one.label(language) for one in source.register.schema.register}
    context: dict[str, Any] = {
        "record": Values("record", record),
        "label": Values("label", labels),
        "own": Values("own", _own(source, record, document.step, language)),
        "deadlines": Values("deadlines", source.deadlines),
        "register": Values("register", _register(register, source.company)),
        "document": Values("document", {"name": document.name(language)}),
        "today": source.now.date(),
    }
    for lines in (register.progress, register.issues, register.changes):
        context[lines.sheet] = _lines(source, lines, language)
        names = {one.key: one.label(language) for one in lines.schema.sheets[lines.sheet]}
        context[f"{lines.sheet}_label"] = Values(f"{lines.sheet}_label", names)
    return context


def shown(value: object, language: Language) -> str:
    """A value as the document's language writes it.

    >>> shown(date(2024, 3, 1), "zh-Hans"), shown(date(2024, 3, 1), "en"), shown(4.0, "en")
    ('2024年3月1日', '1 March 2024', '4')
    """
    match value:
        case datetime():
            return say(language, "documents.day.time", **_day_parts(value, language))
        case date():
            return say(language, "documents.day.date", **_day_parts(value, language))
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def with_unit(value: Any, unit: str, language: Language) -> Any:
    """A number of "days" or "hours" with its unit; what is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = int(value) if float(value).is_integer() else value
    return say(language, f"documents.day.{unit}", **{unit: number})


def _day_parts(day: date, language: Language) -> dict[str, object]:
    months: list[str] = entry(language, "documents.day.months")
    parts: dict[str, object] = {"year": day.year, "month": months[day.month - 1], "day": day.day}
    if isinstance(day, datetime):
        parts |= {"hour": f"{day.hour:02d}", "minute": f"{day.minute:02d}"}
    return parts


def _row(table: Table, row: int, language: Language, *, is_line: bool) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for one in table.schema.sheets[table.sheet]:
        value = table.frame[one.key][row] if one.key in table.frame else None
        if is_blank(value):
            # A line has a row of its own: what it need not hold stays an empty cell.
            silent = is_line and not one.required_from
            held[one.key] = Missing(None if silent else _gap(one, table, row, language))
        else:
            held[one.key] = _value(one, value, table, language)
    return held


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing that a document could show."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or isinstance(value, CellError)


def _value(one: Field, value: Any, table: Table, language: Language) -> Any:
    if one.choices:
        choices = table.schema.choices[one.choices]
        if (code := choices.parse(value)) is not None:
            return Choice.of(choices, code, language)
    if isinstance(value, datetime) and one.kind is FieldKind.DATE:
        return value.date()
    return value.strip() if isinstance(value, str) else value


def _gap(one: Field, table: Table, row: int, language: Language) -> Gap:
    cell = table.cell(row, one.key) if one.key in table.columns else ""
    return Gap(one.key, one.label(language), cell, one.required_from)


def _lines(source: Source, table: Table, language: Language) -> list[Values]:
    numbers = table.frame["number"]
    rows = [
        row
        for row, number in zip(table.frame.index, numbers, strict=True)
        if isinstance(number, str) and number.strip() == source.number
    ]
    return [Values("line", _row(table, int(row), language, is_line=True)) for row in rows]


def _own(
    source: Source, record: Mapping[str, Any], step: int, language: Language
) -> dict[str, list[Values]]:
    """Module -> the company's own fields that are filled, or should be by the end of the step."""
    own: dict[str, list[Values]] = {module: [] for module in MODULES}
    for one in source.register.schema.register:
        if not one.is_companys:
            continue
        value = record[one.key]
        if isinstance(value, Missing) and not _is_due(one, source, record, step):
            continue
        if one.kind is FieldKind.DAYS:
            value = with_unit(value, "days", language)
        own[one.module].append(Values("field", {"label": one.label(language), "value": value}))
    return own


def _is_due(one: Field, source: Source, record: Mapping[str, Any], step: int) -> bool:
    """Whether a company's field should be filled: asked of this record, and by this step."""
    submitted = record["submitted_on"]
    is_asked = one.asked_since is None or not (
        isinstance(submitted, date) and submitted < one.asked_since
    )
    has_column = one.key in source.register.requirements.columns
    return is_asked and has_column and _FILLED_IN_STEP.get(one.required_from, 7) <= step


# The step in which a field is filled so that the status may be entered.
_FILLED_IN_STEP = {
    "submitted": 1,
    "assessing": 1,
    "designing": 2,
    "developing": 3,
    "testing": 4,
    "live": 5,
    "closed": 6,
}


def _register(register: Register, company: str) -> dict[str, Any]:
    file = register.path.replace("\\", "/").rpartition("/")[2]
    name = file.rpartition(".")[0] or file
    return {"name": name, "file": file, "id": register.register_id, "company": company}
