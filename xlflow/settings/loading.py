"""Reading ``xlflow.toml``: every fault of the file is told at once, each with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from xlflow.errors import SettingsError
from xlflow.expressions import Fault
from xlflow.languages import Language, say
from xlflow.settings.company import (
    SEVERAL,
    Company,
    faults_between,
    faults_of_form,
    split_registers,
)
from xlflow.settings.frozen_fields import frozen_faults
from xlflow.settings.own_rule_faults import rule_faults
from xlflow.settings.own_schema import OwnFault, own_faults
from xlflow.settings.places import place_in
from xlflow.settings.sections import Settings

SETTINGS_FILE = "xlflow.toml"


def load_settings(path: Path, register: str | None = None) -> Settings:
    """The settings in the file at `path`, for the register with this id, or the only one.

    Relative paths in it are seen from its folder.

    Raises:
        SettingsError: As `load_company`; or there are several registers, and none was named.
        RegisterUnknown: There is no such register.
    """
    return load_company(path).one(register)


def load_company(path: Path) -> Company:
    """The settings of every register in the file at `path`.

    Raises:
        SettingsError: No such file, no TOML, or any number of faults, each with its line.
    """
    try:
        source = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        held = tomllib.loads(source)
    except FileNotFoundError as err:
        raise SettingsError("settings.missing", path=path) from err
    except (OSError, UnicodeDecodeError) as err:
        raise SettingsError("settings.unreadable", path=path, reason=str(err)) from err
    except tomllib.TOMLDecodeError as err:
        raise SettingsError("settings.no-toml", path=path, reason=str(err)) from err
    valid, faults = _validated(held, source, path.parent)
    if faults:
        raise FaultySettingsError(path, tuple(sorted(faults, key=SettingsFault.order)))
    return Company(path, tuple(_among(settings, valid, path.parent) for settings in valid))


def _among(settings: Settings, registers: Sequence[Settings], folder: Path) -> Settings:
    """The settings of a register that know of the others."""
    others = [one.workbook for one in registers if one is not settings]
    own = settings.workbook
    alike = [other for other in others if other.numbers == own.numbers]
    update = {
        "folder": folder,
        "siblings": tuple(other.id for other in others),
        "numbers_recur": any(other.scope != own.scope for other in alike),
    }
    return settings.model_copy(update=update)


def _validated(
    held: Mapping[str, Any], source: str, folder: Path
) -> tuple[list[Settings], set[SettingsFault]]:
    """The settings of each register that has no fault, and all faults."""
    valid: list[Settings] = []
    faults = {
        SettingsFault(_line_of(source, [name]), name, kind, name, "")
        for kind, name in faults_of_form(held)
    }
    own = chain(own_faults(held), rule_faults(held), frozen_faults(held))
    faults |= {_own_fault(source, found) for found in own}
    is_one = SEVERAL not in held
    for at, of_register in enumerate(split_registers(held)):
        if not is_one and "id" not in of_register["register"]:
            names = [SEVERAL, str(at), "id"]
            line = _line_of(source, names)
            faults.add(SettingsFault(line, ".".join(names), "missing", "id", ""))
        try:
            valid.append(Settings.model_validate(of_register))
        except ValidationError as err:
            faults |= {_fault(source, found, None if is_one else at) for found in err.errors()}
    for at, before, name, kind in faults_between(held, folder):
        names = [SEVERAL, str(at), name]
        line, other = _line_of(source, names), _line_of(source, [SEVERAL, str(before), name])
        found = repr(held[SEVERAL][at][name])
        faults.add(SettingsFault(line, ".".join(names), kind, found, str(other)))
    return valid, faults


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One fault of the settings file."""

    line: int
    setting: str  # "mail.port"
    kind: str  # the fault's name in the catalogue, section settings.fault
    found: str
    allowed: str
    column: int = 0  # 0 = the whole line
    cause: Fault | None = None  # in a text of the setting

    def order(self) -> tuple[int, int, str]:
        """By which faults are sorted: as one reads the file."""
        return self.line, self.column, self.setting

    @property
    def place(self) -> str:
        """The line, and the column where it is known: "12:8"."""
        return f"{self.line}:{self.column}" if self.column else str(self.line)

    def message(self, language: Language) -> str:
        """What is wrong and what would be right."""
        if self.cause:
            return self.cause.message(language)
        return say(language, f"settings.fault.{self.kind}", found=self.found, allowed=self.allowed)


class FaultySettingsError(SettingsError):
    """All faults of the settings file."""

    def __init__(self, path: Path, faults: tuple[SettingsFault, ...]) -> None:
        super().__init__("settings.faults", path=path, faults=faults)

    def message(self, language: Language) -> str:
        """One line a fault: file, line, setting, what to do."""
        head = say(language, self.key, path=self.path, count=len(self.faults))
        lines = (
            f"{self.path}:{fault.place}: {fault.setting}: {fault.message(language)}"
            for fault in self.faults
        )
        return "\n".join((head, *lines))


_FAULT_KINDS: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "literal_error": "not-offered",
    "less_than_equal": "too-large",
    "greater_than_equal": "too-small",
    "greater_than": "too-small",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "tuple_type": "no-list",
    "value_error": "other",
    "string_pattern_mismatch": "pattern",
    "no_texts": "no-texts",
    "one_record": "one-record",
    "in_both": "in-both",
    "nobody_named": "nobody-named",
    "level_twice": "level-twice",
    "same_place": "same-place",
    "no_time": "no-time",
    "no_time_or_off": "no-time-or-off",
    "ends_early": "ends-early",
    "no-key": "no-key",
    "no-label": "no-label",
    "no-choices": "no-choices",
    "not-of-kind": "not-of-kind",
    "since-alone": "since-alone",
    "value-twice": "value-twice",
}


_UNNAMED = ("dict", "[key]", "labels")
"""Parts of a place that are no names in the file."""


def _own_fault(source: str, found: OwnFault) -> SettingsFault:
    line, column = _line_of(source, list(found.names)), 0
    if found.cause:
        line, column = place_in(source, line, found.text, found.cause.at)
    return SettingsFault(
        line=line,
        setting=".".join(found.names),
        kind=found.kind,
        found=found.found,
        allowed=found.allowed,
        column=column,
        cause=found.cause,
    )


def _fault(source: str, found: ErrorDetails, at: int | None) -> SettingsFault:
    """`at`: the position of the register of which the settings are at fault, if there are many."""
    names = [str(part) for part in found["loc"] if part not in _UNNAMED]
    if at is not None and names[0] == "register":
        names[:1] = [SEVERAL, str(at)]
    allowed = found.get("ctx", {})
    kind = _FAULT_KINDS.get(found["type"]) or ("type" if "_type" in found["type"] else "other")
    if found["type"].endswith("_parsing"):
        kind = "type"
    limits = [
        allowed[name]
        for name in ("expected", "ge", "gt", "le", "max_length", "min_length", "pattern", "error")
        if name in allowed
    ]
    if kind == "unknown":
        near = difflib.get_close_matches(names[-1], _names_beside(names), n=1)
        limits = near or [", ".join(_names_beside(names))]
    return SettingsFault(
        line=_line_of(source, names),
        setting=".".join(names),
        kind=kind,
        found=repr(found.get("input")) if kind not in ("missing", "unknown") else names[-1],
        allowed=str(limits[0]) if limits else found["type"].split("_")[0],
    )


def _names_beside(names: list[str]) -> list[str]:
    """The settings that the section of the setting `names` knows."""
    model: Any = Settings
    if names[0] == SEVERAL:
        names = ["register", *names[2:]]
    for name in names[:-1]:
        if name.isdecimal():  # a table of an array
            continue
        field = next((f for key, f in model.model_fields.items() if name in (key, f.alias)), None)
        model = next((t for t in _types_of(field) if hasattr(t, "model_fields")), None)
        if model is None:
            return []
    known = [f.alias or key for key, f in model.model_fields.items() if not f.exclude]
    return [*known, SEVERAL] if model is Settings else known


def _types_of(field: Any) -> tuple[Any, ...]:
    """The type of a setting, and what it is a list of."""
    return () if field is None else (field.annotation, *get_args(field.annotation))


def _line_of(source: str, names: list[str]) -> int:
    """The line in which a setting stands; that of its section, or 1, where it is absent."""
    section: list[str] = []
    best = 1
    tables: Counter[str] = Counter()
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]+", line):
            section = [part.strip().strip("\"'") for part in header[2].split(".")]
            if header[1] == "[[":  # one more table of an array
                if section == names:
                    return number
                section.append(str(tables[header[2]]))
                tables[header[2]] += 1
            if section == names[: len(section)]:
                best = number
        elif assigned := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            key = [part.strip("\"'") for part in assigned[1].split(".")]
            if section + key == names[: len(section + key)]:
                return number
    return best
