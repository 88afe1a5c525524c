"""Writing the files of a service, and telling how to switch it on."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from xlflow.files import write_whole
from xlflow.languages import Language, say
from xlflow.scheduler.service.cron import cron_service
from xlflow.scheduler.service.host import Host, Kind, Service
from xlflow.scheduler.service.launchd import launchd_service
from xlflow.scheduler.service.systemd import systemd_service
from xlflow.scheduler.service.windows import windows_service

FOLDER = Path("scripts", "service")
"""Where the files go, seen from the company's folder."""

_MAKERS: Mapping[Kind, Callable[[Host], Service]] = {
    "systemd": systemd_service,
    "cron": cron_service,
    "windows": windows_service,
    "launchd": launchd_service,
}


def service_for(host: Host, kind: Kind) -> Service:
    """The service of a kind."""
    return _MAKERS[kind](host)


def guide(service: Service, folder: Path, language: Language) -> str:
    """What to type, step by step."""
    place = str(folder) if service.kind == "windows" else shlex.quote(str(folder))
    lines = [say(language, f"schedule.service.{service.kind}")]
    for step in service.steps:
        lines += ["", say(language, f"schedule.service.{step.key}")]
        lines += [f"  {command.replace('{folder}', place)}" for command in step.commands]
    return "\n".join(lines)


def write_service(service: Service, folder: Path, language: Language) -> tuple[Path, ...]:
    """Write the files, and beside them what to type.

    Raises:
        FileNotWritten
    """
    held = {file.name: file.data for file in service.files}
    text = guide(service, folder, language) + "\n"
    name = f"{service.files[0].name.rpartition('.')[0]}.txt"
    encoding = "utf-8-sig" if service.kind == "windows" else "utf-8"
    held[name] = text.encode(encoding)
    for each, data in held.items():
        write_whole(folder / each, data)
    return tuple(folder / each for each in held)
