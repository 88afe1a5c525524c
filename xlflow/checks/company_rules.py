"""A company's own rules: each an expression of the settings, made a rule like all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlflow.checks.column import Dates, Mask, Numbers, Objects, as_text
from xlflow.checks.finding import Choice
from xlflow.checks.folded import folded
from xlflow.checks.rule import Fault, Own, Rule
from xlflow.checks.view import View
from xlflow.errors import SettingsError
from xlflow.expressions import Expression, Names, understand
from xlflow.expressions.evaluation import judge
from xlflow.languages import LANGUAGES
from xlflow.settings import RuleSettings, Settings, filled, placeholders


def company_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules that the settings add.

    Raises:
        SettingsError: A rule has a fault; the loading of a settings file tells all of them.
    """
    return tuple(_rule(given, Names(given.sheet, settings.schema)) for given in settings.rules)


def _rule(given: RuleSettings, names: Names) -> Rule:
    when = _understood(given, given.when, names) if given.when else None
    demand = _understood(given, given.demand, names)
    named = (_key(given, given.field, names),) if given.field else ()
    fields = tuple(dict.fromkeys((*named, *demand.fields)))
    if not fields:
        raise SettingsError("checks.faulty-rule", rule=given.id, reason="no field")
    texts = [*given.message.values(), *(given.title or {}).values()]
    shown = {name: _key(given, name, names) for text in texts for name in placeholders(text)}
    return Rule(
        id=given.id,
        condition=_Condition(when, demand, given.since, fields[0], shown),
        fields={given.sheet: fields},
        since=given.since,
        severity="error" if given.severity == "off" else given.severity,
        source="company-rule",
        variants=("message",),
        own=_own(given, shown, names),
        is_off=given.severity == "off",
    )


def _own(given: RuleSettings, shown: Mapping[str, str], names: Names) -> Own:
    fields = names.schema.by_key(given.sheet)
    titles = given.title or given.message
    return Own(
        titles={
            language: filled(
                titles[language],
                {name: f"【{fields[key].label(language)}】" for name, key in shown.items()},
            )
            for language in LANGUAGES
        },
        messages=given.message,
        when=given.when or "",
        demand=given.demand,
    )


def _understood(given: RuleSettings, text: str, names: Names) -> Expression:
    expression, faults = understand(text, names)
    if expression is None:
        raise SettingsError("checks.faulty-rule", rule=given.id, reason=faults[0].message("en"))
    return expression


def _key(given: RuleSettings, name: str, names: Names) -> str:
    found = names.field(name)
    if found is None:
        raise SettingsError("checks.faulty-rule", rule=given.id, reason=name)
    return found.key


@dataclass(frozen=True, slots=True)
class _Condition:
    """Faults `field` in the rows where `when` holds and `demand` does not."""

    when: Expression | None
    demand: Expression
    since: str  # of the record that a line of a child sheet belongs to, too
    field: str
    shown: Mapping[str, str]  # what the message calls a field -> its key

    def __call__(self, view: View) -> Fault:
        asked = {*self.demand.fields, *(self.when.fields if self.when else ())}
        if not asked <= view.table.columns.keys():
            # The workbook has no such column yet; that is told once, and accuses no record.
            return Fault(np.zeros(len(view), bool), self.field)
        cells = _Cells(view)
        wrong = judge(self.demand, cells).false
        if self.when and wrong.any():
            wrong = wrong & judge(self.when, cells).true
        if view.sheet != "register":
            reached = np.append(view.book.view("register").reached(self.since), False)
            wrong = wrong & reached[view.record]  # -1 = of no record
        values = {name: _values(view, key) for name, key in self.shown.items()}
        return Fault(wrong, self.field, values)


def _values(view: View, key: str) -> Objects:
    """What the cells of a field hold, for a message."""
    held: Objects = view.table.frame[key].to_numpy(dtype=object)
    choices = view.field(key).choices
    if not choices:
        return held
    codes = view.code(key)
    chosen = [
        cell if code is None else Choice(choices, code)
        for cell, code in zip(held, codes, strict=True)
    ]
    return np.fromiter(chosen, np.object_, len(chosen))


@dataclass(frozen=True, slots=True)
class _Cells:
    """A sheet as expressions ask about it; see `xlflow.expressions.evaluation.Cells`."""

    view: View

    def __len__(self) -> int:
        return len(self.view)

    @property
    def today(self) -> np.datetime64:
        return self.view.book.today

    def number(self, key: str) -> Numbers:
        return self.view.number(key)

    def dates(self, key: str) -> Dates:
        return self.view.dates(key)

    def code(self, key: str) -> Objects:
        return self.view.code(key)

    def folded(self, key: str) -> Objects:
        return self.view.pick(key, self.view.distinct(key, folded), np.object_)

    def tested(self, key: str, test: Callable[[str], bool]) -> Mask:
        return self.view.pick(key, [test(text) for text in self.view.distinct(key, folded)])

    def length(self, key: str) -> Numbers:
        return self.view.ask(key, _characters, np.float64)

    def blank(self, key: str) -> Mask:
        return self.view.blank(key)

    def lines(self, sheet: str) -> Numbers:
        return self.view.count_lines(sheet).astype(np.float64)

    def reached(self, status: str) -> Mask:
        return self.view.reached(status)

    def workdays(self, start: Dates, end: Dates) -> Numbers:
        calendar = self.view.book.calendar
        if calendar is None:
            return np.full(len(self.view), np.nan)
        missing = np.isnat(start) | np.isnat(end)
        return np.where(missing, np.nan, calendar.working_days_between(start, end))


def _characters(value: Any) -> int:
    return len(as_text(value))
