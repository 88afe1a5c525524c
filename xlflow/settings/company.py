"""The registers of a company: one ``[register]``, or several ``[[registers]]``, told apart.

Each register has a whole `Settings` value of its own; all but its ``workbook`` is shared.
"""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlflow.errors import SettingsError, UsageError
from xlflow.settings.sections import RegisterSettings, Settings, is_smb

SEVERAL = "registers"
"""The name of the array of tables."""


class RegisterUnknown(UsageError):
    """No register of the company has this id; `ids` has all, `near` the nearest."""


class RegisterNotChosen(SettingsError):
    """It takes one register, and there are several; `ids` has all."""


@dataclass(frozen=True)
class Company:
    """What a settings file says: the settings of each register, in the order of the file."""

    file: Path
    registers: tuple[Settings, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all registers."""
        return tuple(settings.workbook.id for settings in self.registers)

    @property
    def common(self) -> Settings:
        """The settings, for what does not depend on the register."""
        return self.registers[0]

    @property
    def register_files(self) -> tuple[Path, ...]:
        """Where the registers lie that lie on a path."""
        places = (settings.register_location for settings in self.registers)
        return tuple(Path(place) for place in places if not is_smb(place))

    def one(self, register: str | None = None) -> Settings:
        """The settings of the register with this id; of the only one without.

        Raises:
            RegisterUnknown, RegisterNotChosen
        """
        if register is None:
            if len(self.registers) > 1:
                facts = {"path": self.file, "count": len(self.ids), "example": self.ids[0]}
                raise RegisterNotChosen("registers.not-chosen", ids=", ".join(self.ids), **facts)
            return self.common
        for settings in self.registers:
            if settings.workbook.id.casefold() == register.casefold():
                return settings
        near = difflib.get_close_matches(register, self.ids, n=1) or [self.ids[0]]
        ids = ", ".join(self.ids)
        raise RegisterUnknown("registers.unknown", found=register, near=near[0], ids=ids)

    def some(self, registers: Sequence[str] = ()) -> tuple[Settings, ...]:
        """The settings of these registers, each once, in the order of the file; all without.

        Raises:
            RegisterUnknown
        """
        chosen = [self.one(register) for register in registers] or self.registers
        return tuple(settings for settings in self.registers if settings in chosen)


def split_registers(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The settings of each register as the file holds them, ``register`` being its own.

    Nothing where the form is at fault: then `faults_of_form` tells why.
    """
    if SEVERAL not in held:
        yield held
        return
    shared = {name: section for name, section in held.items() if name != SEVERAL}
    if not any(faults_of_form(held)):
        for entry in held[SEVERAL]:
            yield {**shared, "register": entry}


def faults_of_form(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and value of what is wrong with the array of registers as a whole."""
    entries = held.get(SEVERAL, [{}])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield "no-tables", SEVERAL
    elif not entries:
        yield "missing", SEVERAL
    if SEVERAL in held and "register" in held:
        yield "both-forms", SEVERAL


def faults_between(held: Mapping[str, Any], folder: Path) -> Iterator[tuple[int, int, str, str]]:
    """Positions of two registers that cannot both be as they are, the setting, and the fault.

    Each is told once, of the later one; also of registers with other faults.
    """
    if SEVERAL not in held or any(faults_of_form(held)):
        return
    registers = [_as_far_as_known(at, entry) for at, entry in enumerate(held[SEVERAL])]
    for at, register in enumerate(registers):
        for name, kind, is_same in _CLASHES:
            clashes = (n for n in range(at) if is_same(registers[n], register, folder))
            if (before := next(clashes, None)) is not None:
                yield at, before, name, kind


def _as_far_as_known(at: int, entry: Mapping[str, Any]) -> RegisterSettings:
    texts: dict[str, Any] = {name: value for name, value in entry.items() if isinstance(value, str)}
    none = f"\0{at}"  # equals no other
    return RegisterSettings.model_construct(**{"id": none, "path": none, **texts})


def _same_id(one: RegisterSettings, other: RegisterSettings, _folder: Path) -> bool:
    # The ids stand in names of files, which some drives take for the same in any case.
    return _folded(one.id) == _folded(other.id)


def _same_place(one: RegisterSettings, other: RegisterSettings, folder: Path) -> bool:
    return _place(one.path, folder) == _place(other.path, folder)


def _same_numbers(one: RegisterSettings, other: RegisterSettings, _folder: Path) -> bool:
    """The same prefix promises to tell the numbers apart, and does not where each counts itself."""
    is_same = bool(one.prefix) and _folded(one.prefix) == _folded(other.prefix)
    return is_same and one.scope != other.scope


_CLASHES: tuple[
    tuple[str, str, Callable[[RegisterSettings, RegisterSettings, Path], bool]], ...
] = (
    ("id", "id-doubled", _same_id),
    ("path", "path-doubled", _same_place),
    ("prefix", "prefix-doubled", _same_numbers),
)


def _place(path: str, folder: Path) -> str:
    if is_smb(path):
        return path.casefold()
    place = os.path.normpath(folder.absolute() / path)
    return os.path.normcase(place)


def _folded(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").casefold()
