"""What the doctor tells: one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from xlflow.languages import Language, say

State = Literal["good", "note", "bad", "skipped"]
"""note: nothing needs doing, but a person should know. skipped: not looked at, with the reason."""


class Message(Protocol):
    """Whatever can be told to a person: a text, an error, a failure of the mail server."""

    def message(self, language: Language) -> str:
        """The text for a person who reads `language`."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the catalogue; facts that are messages are told in the same language."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        """The text for a person who reads `language`."""
        facts = {name: _told(fact, language) for name, fact in self.facts.items()}
        return say(language, self.key, **facts)


@dataclass(frozen=True, slots=True)
class Line:
    """How one thing stands. A bad one says what to do next.

    `check`: its name, the subject first ("drive.space"). `register`: the id of the register that
    it is about, where there are several.
    """

    check: str
    state: State
    told: Message
    register: str = ""

    @property
    def subject(self) -> str:
        """What it is about: "drive"."""
        return self.check.partition(".")[0]

    def message(self, language: Language) -> str:
        """The line for a person who reads `language`."""
        return self.told.message(language)

    def to_dict(self, language: Language) -> dict[str, str]:
        """For JSON."""
        held = {"check": self.check, "state": self.state, "message": self.message(language)}
        return held | ({"register": self.register} if self.register else {})


class NotLooked(Exception):
    """Something could not be looked at; `reason` says why, and it is no fault of that thing."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def text(name: str, /, **facts: object) -> Text:
    """A text of the catalogue ``doctor``."""
    return Text(f"doctor.{name}", facts)


def readable_size(size_bytes: int) -> str:
    """A number of bytes as people read it.

    >>> readable_size(400), readable_size(61_440), readable_size(5_000_000_000)
    ('1 KB', '61 KB', '5.0 GB')
    """
    for unit, least in (("GB", 1e9), ("MB", 1e6)):
        if size_bytes >= least:
            return f"{size_bytes / least:.1f} {unit}"
    return f"{max(1, round(size_bytes / 1000))} KB"


def _told(fact: object, language: Language) -> object:
    return fact.message(language) if hasattr(fact, "message") else fact
