"""What a company lets pass for single records: findings set aside until a day, with their reasons.

A waiver names its record by number, or by title: then it holds before the record has its number,
and afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from xlflow.checks.finding import Finding
from xlflow.checks.folded import folded
from xlflow.checks.view import number_texts
from xlflow.languages import Language, fold, say
from xlflow.record.register import Register
from xlflow.settings import Settings, WaiverSettings


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that is not counted, why, and the last day on which it is not."""

    finding: Finding
    reason: str
    until: date

    def to_dict(self, language: Language) -> dict[str, Any]:
        """The finding for JSON, with its waiver."""
        waiver = {"reason": self.reason, "until": self.until.isoformat()}
        return {**self.finding.to_dict(language), "waiver": waiver}


@dataclass(frozen=True, slots=True)
class WaiverNote:
    """What those who keep the settings should know of a waiver."""

    kind: Literal["ended", "of-nobody"]
    record: str  # the number or the title
    rules: str
    until: str  # 2024-06-30

    def message(self, language: Language) -> str:
        """What is up with the waiver, and what to do."""
        return say(
            language,
            f"waivers.note.{self.kind}",
            record=self.record,
            rules=self.rules,
            until=self.until,
        )

    def to_dict(self, language: Language) -> dict[str, str]:
        """The note for JSON."""
        return {
            "kind": self.kind,
            "record": self.record,
            "rules": self.rules,
            "until": self.until,
            "message": self.message(language),
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings parted by the waivers: what counts, what does not, and what to tell of them."""

    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    notes: tuple[WaiverNote, ...]


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers that concern one register, as they stand on one day."""

    _by_number: Mapping[tuple[str, str], WaiverSettings]  # number and rule
    _by_row: Mapping[tuple[int, str], WaiverSettings]  # row of the register and rule
    _rules: frozenset[str]  # that are waived for anyone
    _ended: tuple[WaiverSettings, ...]
    _of_nobody: tuple[WaiverSettings, ...]

    @classmethod
    def of(cls, settings: Settings, register: Register, now: datetime) -> Waivers:
        """Those of the settings; a day lasts as long as it does in the settings' time zone."""
        today = now.astimezone(settings.calendar.zone).date()
        mine = [
            waiver
            for waiver in settings.waivers
            if not waiver.register_id
            or waiver.register_id.casefold() == settings.workbook.id.casefold()
        ]
        if not mine:
            return cls({}, {}, frozenset(), (), ())
        numbers, titles = _records(register)
        by_number: dict[tuple[str, str], WaiverSettings] = {}
        by_row: dict[tuple[int, str], WaiverSettings] = {}
        of_nobody = []
        for waiver in mine:
            if waiver.until < today:
                continue
            number = _spelled(waiver.number)
            rows = titles.get(fold(waiver.title or ""), ()) if not number else ()
            named = [number] if number else [numbers[row] for row in rows if numbers[row]]
            by_number |= {(one, rule): waiver for one in named for rule in waiver.rules}
            by_row |= {(row, rule): waiver for row in rows for rule in waiver.rules}
            may_be_elsewhere = settings.siblings and not waiver.register_id
            if not rows and number not in numbers.values() and not may_be_elsewhere:
                of_nobody.append(waiver)
        ended = tuple(waiver for waiver in mine if waiver.until < today)
        waived = frozenset(rule for _, rule in (*by_number, *by_row))
        return cls(by_number, by_row, waived, ended, tuple(of_nobody))

    def counted(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that no waiver covers."""
        return [found for found in findings if self._covering(found) is None]

    def judge(self, findings: Iterable[Finding]) -> Judged:
        """The findings parted."""
        counted: list[Finding] = []
        waived: list[Waived] = []
        numbers = set()  # also of records that the register does not hold any more
        for found in findings:
            numbers.add(_spelled(found.number) if self._of_nobody else "")
            waiver = self._covering(found)
            if waiver is None:
                counted.append(found)
            else:
                waived.append(Waived(found, waiver.reason, waiver.until))
        unknown = [
            waiver
            for waiver in self._of_nobody
            if _spelled(waiver.number) not in numbers or waiver.title
        ]
        notes = (
            *(_note("ended", waiver) for waiver in self._ended),
            *(_note("of-nobody", waiver) for waiver in unknown),
        )
        return Judged(tuple(counted), tuple(waived), notes)

    def _covering(self, found: Finding) -> WaiverSettings | None:
        if found.rule not in self._rules:
            return None
        by_number = self._by_number.get((_spelled(found.number), found.rule))
        if by_number or found.table != "register":
            return by_number
        return self._by_row.get((found.row, found.rule))


def _records(register: Register) -> tuple[Mapping[int, str], Mapping[str, list[int]]]:
    """Each row's number ("" = none yet), and the rows by their folded titles."""
    frame = register.requirements.frame
    index = frame.index.tolist()
    titles: dict[str, list[int]] = defaultdict(list)
    for row, title in zip(index, folded(frame["title"].tolist()), strict=True):
        titles[title].append(row)
    titles.pop("", None)
    return dict(zip(index, number_texts(frame["number"].tolist()), strict=True)), titles


@lru_cache(100_000)
def _spelled(number: str | None) -> str:
    """A number in one spelling; "" where there is none."""
    (text,) = number_texts([number])
    return text


def _note(kind: Literal["ended", "of-nobody"], waiver: WaiverSettings) -> WaiverNote:
    record = waiver.number or waiver.title or ""
    return WaiverNote(kind, record, ", ".join(waiver.rules), waiver.until.isoformat())
