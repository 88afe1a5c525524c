"""Writing a settings file in which every setting is explained and shows its default."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from xlflow.languages import Language, entry, say
from xlflow.settings.sections import Settings

Values = Mapping[str, Mapping[str, Any]]


def settings_text(language: Language, values: Values) -> str:
    """The text of an ``xlflow.toml`` with `values` (section -> setting -> value) set.

    All other settings stand as comments, each with what it is for and its default.
    """
    lines = [f"# {say(language, 'settings.about.file')}"]
    for section, model in sections():
        if section in EXPLAINED:
            lines += ["", *_explained(language, section)]
            continue
        given = values.get(section, {})
        lines += ["", f"# {say(language, f'settings.about.{section}.section')}", f"[{section}]"]
        for name, default in _defaults(model):
            lines.append(f"# {say(language, f'settings.about.{section}.{name}')}")
            text = f"{name} = {_toml(given.get(name, default))}"
            lines.append(text if name in given else f"#{text}")
        if section == "register":
            several = entry(language, "settings.about.register.several")
            lines += [f"# {line}" for line in several]
    return "\n".join(lines) + "\n"


EXPLAINED = ("fields", "choices", "rules", "waivers")
"""The sections of which there may be many, or none: they stand as examples in comments."""


def _explained(language: Language, section: str) -> Iterator[str]:
    """What the section is for, what may stand in it, and an example."""
    about = entry(language, f"settings.about.{section}")
    yield f"# {about['section']}"
    yield from (f"#   {name}: {text}" for name, text in about.items() if name != "section")
    example = say(language, f"settings.example.{section}")
    yield from (f"# {line}" for line in example.splitlines())


def sections() -> Iterator[tuple[str, type[BaseModel] | None]]:
    """Each section's name and model; None where the section maps free names."""
    for name, field in Settings.model_fields.items():
        if not field.exclude:
            kind = field.annotation
            is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
            yield field.alias or name, cast("type[BaseModel]", kind) if is_model else None


def _defaults(model: type[BaseModel] | None) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items() if model else ():
        yield name, None if field.default is PydanticUndefined else field.default


def _toml(value: Any) -> str:
    """`value` as TOML writes it; what has no default stands as an empty text."""
    match value:
        case None:
            return '""'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case BaseModel():
            held = (f"{name} = {_toml(getattr(value, name))}" for name in type(value).model_fields)
            return "{" + ", ".join(held) + "}"
        case Path():
            return json.dumps(value.as_posix(), ensure_ascii=False)
        case _:
            return json.dumps(str(value), ensure_ascii=False)
