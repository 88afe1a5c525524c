"""What a company's register holds: the fields of each sheet and the choices of each dropdown.

Whoever must know a company's own fields asks the schema of its register or of its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlflow.languages import LANGUAGES, Language, entry, fold
from xlflow.record.choices import CHOICES, ChoiceSet
from xlflow.record.fields import SHEETS, Field
from xlflow.record.numbers import PLAIN, NumberFormat


@dataclass(frozen=True, eq=False)
class Schema:
    """Fields by sheet, in the order of a new register's columns, and choice sets by name.

    `numbers`: what the numbers of its requirements look like.
    """

    sheets: Mapping[str, tuple[Field, ...]]
    choices: Mapping[str, ChoiceSet]
    numbers: NumberFormat = PLAIN

    @property
    def register(self) -> tuple[Field, ...]:
        """The fields of a requirement."""
        return self.sheets["register"]

    def by_key(self, sheet: str) -> Mapping[str, Field]:
        """The fields of `sheet` by their keys."""
        return self._by_key[sheet]

    def field(self, key: str, sheet: str = "register") -> Field:
        """The field called `key`.

        Raises:
            KeyError: The sheet has no such field.
        """
        return self._by_key[sheet][key]

    def label(self, key: str, language: Language, sheet: str = "register") -> str:
        """The header of a field's column."""
        return self._by_key[sheet][key].label(language)

    def hint(self, key: str, language: Language, sheet: str = "register") -> str:
        """What the person is told on entering a field's cell."""
        return self._by_key[sheet][key].hint(language, self.numbers)

    def key_of(self, sheet: str, header: object) -> str | None:
        """The field that a column header means: key, label or usual spelling, in any language."""
        return self._headers[sheet].get(fold(header)) if isinstance(header, str) else None

    def key_of_label(self, sheet: str, header: object) -> str | None:
        """The field whose label a column header is, in any language and script."""
        return self._labels[sheet].get(fold(header)) if isinstance(header, str) else None

    def choices_of(self, key: str, sheet: str = "register") -> ChoiceSet:
        """The choices of a field.

        Raises:
            KeyError: There is no such field, or it has none.
        """
        return self.choices[self._by_key[sheet][key].choices]

    @cached_property
    def _by_key(self) -> Mapping[str, Mapping[str, Field]]:
        return {
            sheet: {found.key: found for found in fields} for sheet, fields in self.sheets.items()
        }

    @cached_property
    def _labels(self) -> Mapping[str, dict[str, str]]:
        """Folded label -> field key, by sheet."""
        return {
            sheet: {
                fold(found.label(language)): found.key for language in LANGUAGES for found in fields
            }
            for sheet, fields in self.sheets.items()
        }

    @cached_property
    def _headers(self) -> Mapping[str, Mapping[str, str]]:
        """Folded header -> field key, by sheet. A key wins over a label, a label over an alias."""
        aliases: dict[str, dict[str, str]] = {sheet: {} for sheet in self.sheets}
        for language in LANGUAGES:
            for sheet, held in entry(language, "record.header_alias").items():
                aliases[sheet] |= {fold(alias): key for alias, key in held.items()}
        return {
            sheet: aliases[sheet] | self._labels[sheet] | {key: key for key in self._by_key[sheet]}
            for sheet in self.sheets
        }


STANDARD = Schema(SHEETS, CHOICES)
"""The standard's own fields and choices."""
