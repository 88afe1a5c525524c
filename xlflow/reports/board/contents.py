"""All that the board's script is given: words, labels, cards, and the records' pages in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from xlflow.languages import Language, entry, say
from xlflow.languages.folding import TERMS, pairs_for
from xlflow.record.fields import MODULES, Field
from xlflow.record.schema import Schema
from xlflow.record.stages import MAIN_LINE
from xlflow.reports.board.cards import cards_of, past_cards
from xlflow.reports.board.details import LINE_SHEETS, Details, is_told
from xlflow.reports.board.register import BoardRegister
from xlflow.reports.figures.flow import AGES, weeks_of
from xlflow.reports.naming import file_name

PIECE = 50
"""So many records' pages are read at once."""

_COLUMNS = (*MAIN_LINE, "cancelled")
_LABELLED = ("status", "type", "priority", "mark")


@dataclass(frozen=True)
class Contents:
    """What the board of these registers tells in one language."""

    registers: Sequence[BoardRegister]
    language: Language
    now: datetime

    @property
    def data(self) -> str:
        """Everything but the records' pages, as JSON."""
        return as_json(self._held())

    def _held(self) -> Mapping[str, Any]:
        return {
            "language": self.language,
            "at": self.now.isoformat(timespec="seconds"),
            "today": self.now.date().isoformat(),
            "words": dict(_flat(entry(self.language, "board.script"))),
            "labels": {key: self._labels(key) for key in _LABELLED},
            "columns": _COLUMNS,
            "modules": list(self._modules()),
            "sheets": {sheet: self._sheet(sheet) for sheet in LINE_SHEETS},
            "registers": [
                {"name": one.name, "file": file_name(one.view.register)} for one in self.registers
            ],
            "letters": self._letters(),
            "terms": sorted(TERMS.items(), key=lambda pair: len(pair[0]), reverse=True),
            "piece": PIECE,
            "cards": self.cards,
            "past": [card for one in self.registers for card in past_cards(one)],
            "weeks": self._weeks(),
            "ages": AGES,
        }

    @cached_property
    def cards(self) -> list[dict[str, Any]]:
        """The cards of all registers."""
        return [card for one in self.registers for card in cards_of(one, self.language)]

    @cached_property
    def pieces(self) -> list[str]:
        """The records' pages in the order of the cards, so many at once, each piece as JSON."""
        pages = [page for one in self.registers for page in Details(one, self.language).all()]
        return [as_json(pages[first : first + PIECE]) for first in range(0, len(pages), PIECE)]

    def _labels(self, key: str) -> Mapping[str, str]:
        choices = self._schema.choices_of(key)
        return dict(zip(choices.codes, choices.labels(self.language), strict=True))

    def _modules(self) -> Iterator[Mapping[str, Any]]:
        for module in MODULES:
            fields = [
                field
                for field in self._schema.register
                if field.module == module and is_told(field)
            ]
            if fields:
                label = say(self.language, f"record.module.{module}")
                yield {"key": module, "label": label, "fields": self._fields(fields)}

    def _sheet(self, sheet: str) -> Mapping[str, Any]:
        fields = [field for field in self._schema.sheets[sheet] if is_told(field)]
        label = say(self.language, f"record.sheet.{sheet}")
        return {"label": label, "fields": self._fields(fields)}

    def _fields(self, fields: Sequence[Field]) -> list[Mapping[str, str]]:
        return [{"key": field.key, "label": field.label(self.language)} for field in fields]

    def _weeks(self) -> list[Mapping[str, str]]:
        """The weeks of the charts, the oldest first."""
        first = self.registers[0]
        flows = weeks_of([], first.calendar, first.view.today)
        return [{"name": str(flow.week), "first": flow.week.first.isoformat()} for flow in flows]

    def _letters(self) -> tuple[str, str]:
        """Traditional letters, and in the same order the simplified ones."""
        pairs = pairs_for(set().union(as_json(self.cards), *self.pieces))
        return "".join(pairs), "".join(pairs.values())

    @property
    def _schema(self) -> Schema:
        return self.registers[0].view.register.schema


def as_json(held: Any) -> str:
    """`held` for a script element that holds data: no text in it can end the element."""
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


_ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def _flat(texts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a section by their names: "figure.open"."""
    for name, held in texts.items():
        if isinstance(held, str):
            yield path + name, held
        else:
            yield from _flat(held, f"{path}{name}.")
