"""Where forms are dropped, and where they go: folders beside the register, or somewhere else."""

from __future__ import annotations

import ntpath
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xlflow.jobs.drive import address_for_people, drive_of
from xlflow.settings import Settings, is_smb
from xlflow.workbook.share import LOCAL, Host
from xlflow.workbook.share.errors import explained
from xlflow.workbook.share.smb.address import SmbAddress

_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Inbox:
    """The folder that forms are dropped into, and the one that they are moved to."""

    host: Host
    folder: str
    done: str


@contextmanager
def inbox_of(settings: Settings) -> Iterator[tuple[Host, Inbox]]:
    """The drive of the register, and the inbox of the settings, while the context lasts.

    Raises:
        PasswordRefused, ShareError: The drive cannot be reached.
    """
    with drive_of(settings) as drive:
        beside, _ = drive.split(drive.locate(settings.register_location))
        host = LOCAL if _is_local(settings.intake.folder) else drive
        places = (
            _location(host, beside, place)
            for place in (settings.intake.folder, settings.intake.done)
        )
        yield drive, Inbox(host, *places)


def has_inbox(settings: Settings) -> bool:
    """Whether anybody has made the inbox yet.

    Raises:
        PasswordRefused, ShareError: The drive cannot be reached.
    """
    with inbox_of(settings) as (_, inbox), explained(inbox.folder):
        try:
            inbox.host.names(inbox.folder)
        except FileNotFoundError:
            return False
    return True


def inbox_for_people(settings: Settings) -> str:
    """How people reach the inbox: as the settings say, else its whole path."""
    place = settings.intake.folder
    if settings.intake.address:
        return settings.intake.address
    if is_smb(place):
        return SmbAddress.parse(place).unc
    if _is_local(place):
        return place
    register = address_for_people(settings, settings.register_location)
    if _WEB.match(register):  # a page of a browser is no folder
        register = str(Path(settings.register_location))
    if "\\" in register:
        return ntpath.normpath(ntpath.join(ntpath.dirname(register), *_parts(place)))
    return os.path.normpath(Path(register).parent.joinpath(*_parts(place)))


def _location(host: Host, beside: str, place: str) -> str:
    if is_smb(place) or _is_local(place):
        return place
    location = beside
    for part in _parts(place):
        location = host.split(location)[0] if part == ".." else host.within(location, part)
    return location


def _parts(place: str) -> list[str]:
    return [part for part in re.split(r"[\\/]+", place) if part not in ("", ".")]


def _is_local(place: str) -> bool:
    """Whether it is a whole path of its own, not one that is seen from the register."""
    return not is_smb(place) and (Path(place).is_absolute() or ntpath.isabs(place))


def made_ready(host: Host, folder: str) -> None:
    """Make a folder, and those that it lies in, where they are not there yet.

    Raises:
        ShareError: It cannot be made.
    """
    with explained(folder):
        try:
            host.names(folder)
        except FileNotFoundError:
            above, name = host.split(folder)
            if name and above != folder:
                made_ready(host, above)
            host.make_folder(folder)
