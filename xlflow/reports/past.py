"""What happened to records, as lines of text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from xlflow.history.timeline import Happening, Moment
from xlflow.languages import Language, say
from xlflow.record.fields import MODULES
from xlflow.record.memory import Baseline, Spell
from xlflow.record.schema import Schema

_LINE_KEYS: Mapping[str, tuple[str, ...]] = {
    "progress": ("date", "mark", "text", "by"),
    "issues": ("raised_at", "issue", "state", "owner"),
    "changes": ("date", "change", "by"),
}
"""What tells a line of a child sheet in few words."""


@dataclass(frozen=True)
class PastWords:
    """The texts about the past, in one language and time zone."""

    language: Language
    schema: Schema
    zone: tzinfo

    def moment(self, moment: Moment) -> str:
        """When it was seen, and how the workbook had been saved."""
        told = self._say("seen", at=self.time(moment.at))
        if moment.since is None:
            told = self._say("first-seen", at=self.time(moment.at))
        if moment.saved_by and moment.saved_at:
            saved = self._say("saved", by=moment.saved_by, at=self.time(moment.saved_at))
            return f"{told} · {saved}"
        return told

    def happening(self, happening: Happening) -> Iterator[str]:
        """One line, or several for a record that appeared."""
        event = happening.event
        if happening.sheet != "register":
            yield self._of_line(happening)
        elif event.kind == "appeared":
            yield self._say("appeared")
            for key in self._keys():
                if key in event.after:
                    yield f"  {self.field(key, event.after[key])}"
        elif event.kind == "changed":
            yield self.change(event.field, event.before, event.after)
        elif happening.archive:
            yield self._say("moved", file=happening.archive)
        else:
            yield self._say(event.kind)

    def change(self, key: str, before: Any, after: Any, sheet: str = "register") -> str:
        """A field with what it was and what it is."""
        label = self.label(key, sheet)
        return self._say("change", field=label, old=self.value(before), new=self.value(after))

    def field(self, key: str, value: Any) -> str:
        """A field with its value."""
        return self._say("field", field=self.label(key), value=self.value(value))

    def fields(self, cells: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """A record's filled fields, module by module."""
        for module in MODULES:
            held = [
                self.field(one.key, cells[one.key])
                for one in self.schema.register
                if one.module == module and one.key in cells
            ]
            if held:
                yield say(self.language, f"record.module.{module}"), held

    def line(self, sheet: str, cells: Mapping[str, Any]) -> str:
        """A line of a child sheet in few words."""
        keys = (key for key in _LINE_KEYS[sheet] if key in cells)
        return " · ".join(self.value(cells[key]) for key in keys)

    def spells(self, spells: tuple[Spell, ...]) -> Iterator[str]:
        """The statuses that a record went through."""
        for spell in spells:
            status = self.schema.choices["status"].label(spell.status, self.language)
            entered = self.time(spell.entered_at)
            if spell.left_at is None:
                yield self._say("in-status", status=status, since=entered)
            else:
                left = self.time(spell.left_at)
                yield self._say("was-in-status", status=status, since=entered, until=left)

    def version(self, baseline: Baseline) -> str:
        """The heading of a baseline."""
        return self._say(
            "version",
            version=baseline.version,
            at=self.time(baseline.made_at),
            business=baseline.signed_on[0],
            technical=baseline.signed_on[1],
        )

    def label(self, key: str, sheet: str = "register") -> str:
        """The label of a field; its key where the settings no longer know it."""
        held = self.schema.by_key(sheet)
        return held[key].label(self.language) if key in held else key

    def value(self, value: Any) -> str:
        """A cell's value as people write it."""
        if value is None:
            return self._say("blank")
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return " ⏎ ".join(str(value).strip().splitlines())

    def time(self, moment: datetime) -> str:
        """A moment in the time zone of the settings."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _of_line(self, happening: Happening) -> str:
        event, sheet = happening.event, happening.sheet
        name = say(self.language, f"record.sheet.{sheet}")
        line = self.line(sheet, happening.line or {})
        if event.kind == "changed":
            change = self.change(event.field, event.before, event.after, sheet)
            return self._say("line-changed", sheet=name, line=line, change=change)
        return self._say(f"line-{event.kind}", sheet=name, line=line)

    def _keys(self) -> Iterator[str]:
        return (one.key for one in self.schema.register)

    def _say(self, name: str, **values: object) -> str:
        return say(self.language, f"history.{name}", **values)
