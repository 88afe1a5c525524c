"""The settings file, and the settings that hold in spite of its faults."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlflow.errors import SettingsError
from xlflow.jobs.doctor.lines import Line, Text, text
from xlflow.settings import Settings, load_company
from xlflow.settings.company import SEVERAL, split_registers
from xlflow.settings.loading import FaultySettingsError, SettingsFault


@dataclass(frozen=True, slots=True)
class Known:
    """What the settings file says of one register; settings at fault have their defaults.

    `faulty`: their names ("mail.port").
    """

    settings: Settings
    faulty: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether a setting, or a whole section, stands there without a fault."""
        return not any(
            fault == name or fault.startswith(f"{name}.") or name.startswith(f"{fault}.")
            for fault in self.faulty
        )


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the settings file says. `registers`: none if nothing in it can be used."""

    lines: tuple[Line, ...]
    registers: tuple[Known, ...] = ()


def read_settings(path: Path) -> ReadSettings:
    """Read the settings file; its faults are lines."""
    try:
        company = load_company(path)
    except FaultySettingsError as err:
        faults: tuple[SettingsFault, ...] = err.faults
        return ReadSettings(
            tuple(Line("settings.file", "bad", _told(path, fault)) for fault in faults),
            tuple(_without(path, faults)),
        )
    except SettingsError as err:
        return ReadSettings((Line("settings.file", "bad", err),))
    told = text("settings.good", path=path.absolute())
    return ReadSettings(
        (Line("settings.file", "good", told),),
        tuple(Known(settings) for settings in company.registers),
    )


def _told(path: Path, fault: SettingsFault) -> Text:
    place = f"{path}:{fault.place}"
    return text("settings.fault", place=place, setting=fault.setting, fault=fault)


def _without(path: Path, faults: Sequence[SettingsFault]) -> Iterator[Known]:
    """The settings of the file without those at fault, for each register that it names."""
    held = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    for at, of_register in enumerate(split_registers(held)):
        of_this = f"{SEVERAL}.{at}."
        named = [fault.setting for fault in faults]
        faulty = [
            f"register.{name.removeprefix(of_this)}" if name.startswith(of_this) else name
            for name in named
        ]
        kept = copy.deepcopy(dict(of_register))
        for name in faulty:
            _remove(kept, name.split("."))
        # The one setting without a default; no check that needs it looks at this one.
        kept.setdefault("register", {}).setdefault("path", "register.xlsx")
        settings = Settings.model_validate(kept).model_copy(update={"folder": path.parent})
        yield Known(settings, tuple(faulty))


def _remove(section: dict[str, Any], names: list[str]) -> None:
    """Remove a setting; of a list with a faulty entry, all of it."""
    inner = section.get(names[0])
    if isinstance(inner, dict) and len(names) > 1:
        _remove(inner, names[1:])
    else:
        section.pop(names[0], None)
