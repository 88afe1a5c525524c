"""A company's own fields, and its own values and labels of dropdowns, as the settings tell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from xlflow.languages import LANGUAGES, Language
from xlflow.record.choices import CHOICES, STATUSES
from xlflow.settings.section import Section, Texts

_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

Kind = Literal["text", "choice", "date", "number", "days", "name"]
Module = Literal["basic", "detail", "assessment", "solution", "progress", "acceptance"]

LONGEST_LABEL = 32
"""Excel's prompts have no longer titles."""

LONGEST_HINT = 255
"""Excel's prompts are no longer."""

LONGEST_CHOICE = 60
"""So that a dropdown can be read."""

LONGEST_TEXT = 32_767
"""Excel holds no more in a cell."""


def _status(text: str) -> str:
    code = CHOICES["status"].parse(text)
    if code is None:
        raise PydanticCustomError("literal_error", "a status", {"expected": ", ".join(STATUSES)})
    return code


def _field_key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise PydanticCustomError("no-key", "a key")
    return text


def _short(texts: Mapping[Language, str], longest: int) -> Mapping[Language, str]:
    for text in texts.values():
        if len(text) > longest:
            raise PydanticCustomError("string_too_long", "too long", {"max_length": longest})
    return texts


def _label(texts: Mapping[Language, str]) -> Mapping[Language, str]:
    """A header: a line of its own. The register's marks find it between 【 and 】."""
    if any(not text.isprintable() or set(text) & set("【】") for text in texts.values()):
        raise PydanticCustomError("no-label", "a label")
    return _short(texts, LONGEST_LABEL)


def _choice(texts: Mapping[Language, str]) -> Mapping[Language, str]:
    if not all(text.isprintable() for text in texts.values()):
        raise PydanticCustomError("no-label", "a label")
    return _short(texts, LONGEST_CHOICE)


Label = Annotated[Texts, AfterValidator(_label)]
Hint = Annotated[Texts, AfterValidator(lambda texts: _short(texts, LONGEST_HINT))]
ChoiceLabel = Annotated[Texts, AfterValidator(_choice)]


def _by_code(given: Any) -> Any:
    """A list of labels as a table; the code of a value is its label, the English one of several."""
    if not isinstance(given, list | tuple):
        return given
    found: dict[str, Any] = {}
    for entry in given:
        told = entry if isinstance(entry, dict) else {"": entry}
        code = str(told.get("en") or next(iter(told.values()), "")).strip()
        if code in found:
            raise PydanticCustomError("value-twice", "a value twice", {"expected": code})
        found[code] = entry
    return found


class FieldSettings(Section):
    """One field of a company's own: a column of the register."""

    key: Annotated[str, AfterValidator(_field_key), Field(max_length=40)]
    label: Label
    kind: Kind = "text"
    module: Module = "basic"
    required_from: Annotated[str, AfterValidator(_status)] | None = None
    since: date | None = None
    choices: Annotated[Mapping[str, ChoiceLabel], BeforeValidator(_by_code)] = {}
    choice_set: str | None = None
    limit: int | None = Field(None, ge=1, le=LONGEST_TEXT)
    hint: Hint | None = None
    width: int | None = Field(None, ge=6, le=80)
    masked: bool | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> FieldSettings:
        if self.kind == "choice" and bool(self.choices) == bool(self.choice_set):
            raise PydanticCustomError("no-choices", "choices or choice_set")
        if self.since and not self.required_from:
            raise PydanticCustomError("since-alone", "since without required_from")
        own = {
            "choice": ("choices", "choice_set"),
            "text": ("limit", "masked"),
            "name": ("masked",),
        }.get(self.kind, ())
        for name in ("choices", "choice_set", "limit", "masked"):
            if name not in own and getattr(self, name) not in ({}, None):
                facts = {"expected": name}
                raise PydanticCustomError("not-of-kind", "not of this kind", facts)
        return self

    @property
    def holds_names(self) -> bool:
        """Whether its cells hold masked names of people."""
        return self.kind == "name" if self.masked is None else self.masked


def _labels_and_spellings(given: Any) -> Any:
    """A label, or a table of labels by language and of other spellings ("also")."""
    if isinstance(given, str):
        return {"labels": dict.fromkeys(LANGUAGES, given)}
    if not isinstance(given, dict):
        return given
    labels = {name: text for name, text in given.items() if name != "also"}
    return {"labels": labels} | ({"also": given["also"]} if "also" in given else {})


Spelling = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ChoiceSettings(Section):
    """What a company says of one value of a dropdown: labels by language, other spellings."""

    labels: Annotated[
        Mapping[Language, Spelling],
        AfterValidator(_choice),
    ] = {}
    also: tuple[Spelling, ...] = ()


ChoicesSettings = Mapping[
    Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=40)],
    Mapping[
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)],
        Annotated[ChoiceSettings, BeforeValidator(_labels_and_spellings)],
    ],
]
"""What ``[choices.SET]`` says: set -> code -> labels and spellings."""
