"""The settings file, and the settings that hold in spite of its faults."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlflow.errors import SettingsError
from xlflow.jobs.doctor.lines import Line, Text, text
from xlflow.settings import Settings, load_settings
from xlflow.settings.loading import FaultySettingsError, SettingsFault


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the settings file says.

    `settings`: None if nothing in it can be used; settings at fault have their defaults.
    `faulty`: their names ("mail.port").
    """

    lines: tuple[Line, ...]
    settings: Settings | None
    faulty: tuple[str, ...] = ()

    def is_known(self, name: str) -> bool:
        """Whether a setting, or a whole section, stands there without a fault."""
        return not any(
            fault == name or fault.startswith(f"{name}.") or name.startswith(f"{fault}.")
            for fault in self.faulty
        )


def read_settings(path: Path) -> ReadSettings:
    """Read the settings file; its faults are lines."""
    try:
        settings = load_settings(path)
    except FaultySettingsError as err:
        faults: tuple[SettingsFault, ...] = err.faults
        return ReadSettings(
            lines=tuple(Line("settings.file", "bad", _told(path, fault)) for fault in faults),
            settings=_without(path, faults),
            faulty=tuple(fault.setting for fault in faults),
        )
    except SettingsError as err:
        return ReadSettings((Line("settings.file", "bad", err),), None)
    told = text("settings.good", path=path.absolute())
    return ReadSettings((Line("settings.file", "good", told),), settings)


def _told(path: Path, fault: SettingsFault) -> Text:
    place = f"{path}:{fault.line}"
    return text("settings.fault", place=place, setting=fault.setting, fault=fault)


def _without(path: Path, faults: Sequence[SettingsFault]) -> Settings:
    """The settings of the file without those at fault."""
    held = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    for fault in faults:
        _remove(held, fault.setting.split("."))
    # The one setting without a default; no check that needs it looks at this one.
    held.setdefault("register", {}).setdefault("path", "register.xlsx")
    return Settings.model_validate(held).model_copy(update={"folder": path.parent})


def _remove(section: dict[str, Any], names: list[str]) -> None:
    """Remove a setting; of a list with a faulty entry, all of it."""
    inner = section.get(names[0])
    if isinstance(inner, dict) and len(names) > 1:
        _remove(inner, names[1:])
    else:
        section.pop(names[0], None)
