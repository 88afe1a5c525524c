"""WHICH WORDS IT USES: one catalogue a language, and the folding that makes spellings comparable.

A text lives at ``languages/<language>/<file>.toml`` and is named ``file.section.name``. The three
languages hold the same names with the same placeholders; a test keeps it so.
"""

from __future__ import annotations

import os
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from xlflow.languages.folding import fold as fold
from xlflow.languages.folding import uses_traditional as uses_traditional

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

FOLDER = Path(__file__).parent
"""Where the catalogues lie."""

_TRADITIONAL_PLACES = ("tw", "hk", "mo", "hant")


def say(language: Language, name: str, /, **values: object) -> str:
    """The text called `name` ("record.register.title") in `language`, with `values` filled in.

    `{days:day|days}` in a text picks the singular or the plural by the value of `days`.

    Raises:
        KeyError: No such text, or a placeholder without a value: a fault of the program.
    """
    text = entry(language, name)
    if not isinstance(text, str):
        raise KeyError(f"{name} in {language} is a section, not a text")
    return _FORMATTER.vformat(text, (), values) if "{" in text else text


def entry(language: Language, name: str) -> Any:
    """What the catalogue holds under `name`: a text, a list of texts or a section (a mapping).

    Raises:
        KeyError: No such entry.
    """
    file, _, path = name.partition(".")
    node: Any = catalogue(language, file)
    for step in path.split(".") if path else ():
        if not isinstance(node, Mapping) or step not in node:
            raise KeyError(f"no text {name} in {language}")
        node = node[step]
    return node


@cache
def catalogue(language: Language, file: str) -> Mapping[str, Any]:
    """One catalogue file as nested mappings.

    Raises:
        KeyError: No such file.
    """
    try:
        return tomllib.loads((FOLDER / language / f"{file}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise KeyError(f"no catalogue {file} in {language}") from err


def from_locale(environment: Mapping[str, str] | None = None) -> Language:
    """The language that the environment asks for (XLFLOW_LANG, LC_ALL, LC_MESSAGES, LANG).

    English where nothing, or nothing that xlflow speaks, is asked for. Source: POSIX.1-2017, 8.2.
    """
    environment = os.environ if environment is None else environment
    for variable in ("XLFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if asked := environment.get(variable, ""):
            return closest_language(asked)
    return "en"


def closest_language(tag: str) -> Language:
    """The language nearest to a tag such as ``zh_TW.UTF-8``, ``zh-CN``, ``en_GB``."""
    if tag in LANGUAGES:
        return tag
    words = tag.split(".")[0].replace("_", "-").lower().split("-")
    if words[0] != "zh":
        return "en"
    return "zh-Hant" if any(word in _TRADITIONAL_PLACES for word in words) else "zh-Hans"


class _Formatter(string.Formatter):
    """str.format with a choice between singular and plural."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            singular, _, plural = format_spec.partition("|")
            return singular if value == 1 else plural
        return cast(str, super().format_field(value, format_spec))


_FORMATTER = _Formatter()
