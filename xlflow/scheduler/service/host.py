"""The machine that xlflow shall run on by itself, and what a service for it consists of."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, get_args

from xlflow.errors import UsageError
from xlflow.languages import Language

Kind = Literal["systemd", "cron", "windows", "launchd"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_OF_SYSTEM: Mapping[str, tuple[Kind, ...]] = {
    "Windows": ("windows",),
    "Darwin": ("launchd", "cron"),
}
_OF_UNIX: tuple[Kind, ...] = ("systemd", "cron")


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with a company's settings on it; both paths are absolute ones of that machine."""

    interpreter: PurePath
    settings_file: PurePath
    language: Language

    @property
    def folder(self) -> PurePath:
        """The company's folder."""
        return self.settings_file.parent

    @property
    def name(self) -> str:
        """What the service is called: the folder's name, and what tells two of that name apart."""
        words = re.sub(r"[^a-z0-9]+", "-", self.folder.name.casefold()).strip("-")
        digest = hashlib.sha256(str(self.settings_file).encode()).hexdigest()[:4]
        return "-".join(filter(None, ("xlflow", words[:30].strip("-"), digest)))

    def arguments(self, *command: str) -> tuple[str, ...]:
        """What starts a command of xlflow with these settings."""
        start = (str(self.interpreter), "-m", "xlflow", "schedule", *command)
        return (*start, "--settings", str(self.settings_file), "--lang", self.language)


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """A file of a service."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """Commands to type; `key`: what for, a text under `schedule.service`."""

    key: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """The files, and what a person types, `{folder}` being where the files lie."""

    kind: Kind
    files: tuple[ServiceFile, ...]
    steps: tuple[Step, ...]


class KindElsewhere(UsageError):
    """Files of this kind are for another system; `kinds` has those of this one."""

    def __init__(self, kind: str, system: str, kinds: tuple[str, ...]) -> None:
        facts = {"kind": kind, "system": system, "kinds": ", ".join(kinds)}
        super().__init__("schedule.kind-elsewhere", **facts)


def this_host(settings_file: Path, language: Language) -> Host:
    """The machine at hand."""
    return Host(Path(sys.executable), settings_file.absolute(), language)


def kind_here(asked: Kind | None) -> Kind:
    """The kind that was asked for, or the one that fits this machine best.

    Raises:
        KindElsewhere
    """
    system = platform.system()
    kinds = _OF_SYSTEM.get(system, _OF_UNIX)
    if asked is not None:
        if asked not in kinds:
            raise KindElsewhere(asked, system, kinds)
        return asked
    has_systemd = Path("/run/systemd/system").is_dir()
    return "cron" if kinds == _OF_UNIX and not has_systemd else kinds[0]
