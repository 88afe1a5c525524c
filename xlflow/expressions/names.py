"""The names that an expression over one sheet may use: its fields and what they hold."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xlflow.expressions.faults import Fault, Said, fault
from xlflow.languages import LANGUAGES, fold, say
from xlflow.record.fields import Field, Kind
from xlflow.record.schema import STANDARD, Schema

_TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.DAYS: "number",
        Kind.AMOUNT: "number",
        Kind.DATE: "date",
        Kind.MOMENT: "date",
        Kind.CHOICE: "choice",
    }
)


@dataclass(frozen=True, slots=True)
class Names:
    """The fields of a sheet, found by key or by label in any language."""

    sheet: str = "register"
    schema: Schema = STANDARD

    def field(self, name: str) -> Field | None:
        """The field that `name` means."""
        key = self.schema.key_of(self.sheet, name)
        return self.schema.field(key, self.sheet) if key else None

    def near(self, name: str) -> tuple[str, ...]:
        """The keys of the fields that were probably meant."""
        known = {fold(one.key): one.key for one in self._held}
        known |= {
            fold(one.label(language)): one.key for language in LANGUAGES for one in self._held
        }
        near = difflib.get_close_matches(fold(name), known, n=2, cutoff=0.65)
        return tuple(dict.fromkeys(known[one] for one in near))

    def code(self, choices: str, text: str) -> str | None:
        """The choice that `text` means."""
        return self.schema.choices[choices].parse(text)

    def listed(self, choices: str) -> Said:
        """The choices that there are."""
        offered = self.schema.choices[choices]
        return lambda language: say(language, "checks.text.or").join(offered.labels(language))

    @property
    def _held(self) -> tuple[Field, ...]:
        return tuple(one for one in self.schema.sheets[self.sheet] if is_usable(one))


def is_usable(field: Field) -> bool:
    """Whether an expression may ask for it: what xlflow itself wrote says nothing new."""
    return not field.is_own or field.key == "number"


def unknown_field(at: int, name: str, names: Names) -> Fault:
    """That there is no field `name`, and which was probably meant."""
    near = names.near(name)
    if not near:
        return fault(at, "no-such-field", found=name)
    return fault(at, "unknown-field", found=name, allowed=", ".join(near))


def type_of(field: Field) -> str:
    """What the cells of a field hold: "number", "date", "choice" or "text"."""
    return _TYPES.get(field.kind, "text")
