"""What can go wrong in the world around xlflow, and what the person is told about it.

What a person typed wrong in a register is a finding (`xlflow.checks`), not an error.
"""

from __future__ import annotations

from typing import Any, ClassVar

from xlflow.languages import Language, say

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_WORLD = 3


class XlflowError(Exception):
    """Something outside the program stopped it; says what, where, and what to do next.

    The facts are attributes, and fill the text in the catalogue that `key` names.
    """

    exit_code: ClassVar[int] = EXIT_WORLD

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__.get("facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(name)

    def message(self, language: Language) -> str:
        """The text for a person who reads `language`."""
        return say(language, self.key, **self.facts)

    def __str__(self) -> str:
        return self.message("en")


class UsageError(XlflowError):
    """The command was asked for something that it cannot do."""

    exit_code = EXIT_USAGE


class SettingsError(UsageError):
    """The settings file has faults: all of them, one a line."""
