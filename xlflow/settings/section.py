"""What all sections of the settings have in common, and texts that a company gives in languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from xlflow.languages import LANGUAGES, Language


class Section(BaseModel):
    """A section of ``xlflow.toml``: frozen, and without settings that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        """An optional setting that is left as "" is not set."""
        if not isinstance(given, dict):
            return given
        optional = {name for name, field in cls.model_fields.items() if field.default is None}
        return {key: held for key, held in given.items() if not (held == "" and key in optional)}


_INSTEAD: Mapping[Language, tuple[Language, ...]] = {
    "zh-Hans": ("zh-Hant", "en"),
    "zh-Hant": ("zh-Hans", "en"),
    "en": ("zh-Hans", "zh-Hant"),
}
"""Whose text is shown where a company gave none in a language."""


def _in_all_languages(given: Any) -> Any:
    """One text for all languages, or a table by language, completed from the nearest one."""
    if isinstance(given, str):
        return dict.fromkeys(LANGUAGES, given)
    if not isinstance(given, dict) or not given:
        raise PydanticCustomError("no_texts", "a text, or a table of texts by language")
    known = {language: given[language] for language in LANGUAGES if language in given}
    for language in LANGUAGES if known else ():
        near = next((one for one in _INSTEAD[language] if one in known), None)
        given = given if language in given or near is None else {**given, language: known[near]}
    return given


Texts = Annotated[
    Mapping[Language, Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]],
    BeforeValidator(_in_all_languages),
]
"""A text by language: written once for all, or as a table {en = "...", zh-Hant = "..."}."""
