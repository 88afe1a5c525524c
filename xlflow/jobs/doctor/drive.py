"""The drive of the register: a fit place, with room, where xlflow may do what a commit does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from xlflow.jobs.doctor.lines import Line, readable_size, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.drive import drive_of
from xlflow.settings import is_smb
from xlflow.workbook.share import (
    Host,
    ShareError,
    ShareUnfit,
    SyncFolder,
    is_network_path,
    new_id,
    no_step,
    sync_folder,
)
from xlflow.workbook.share.errors import explained
from xlflow.workbook.share.intent import aside_name, kept_name, made_at, temporary_name

# Each commit keeps the old version for some days.
_LEAST_VERSIONS = 20
# Owner files count as stale after half an hour by the drive's clock.
_LARGEST_DIFFERENCE = timedelta(minutes=5)
_PROBE = b"xlflow doctor looks whether it may write here"


def place(surroundings: Surroundings) -> Iterator[Line]:
    """What kind of drive it is, and whether a sync program is at work there."""
    location = surroundings.settings.register_location
    if is_smb(location):
        yield Line("drive.place", "good", text("drive.server", path=location))
        return
    path = os.path.realpath(location)
    if synced := sync_folder(path):
        yield Line("drive.place", "bad", SyncFolder(path, synced))
    elif is_network_path(path):
        yield Line("drive.place", "note", text("drive.mounted", folder=Path(path).parent))
    else:
        yield Line("drive.place", "good", text("drive.local", folder=Path(path).parent))


def access(surroundings: Surroundings) -> Iterator[Line]:
    """Xlflow may write beside the register, and renaming never replaces; the clocks agree.

    Only trying tells, on a share more than anywhere. So three files of the name that a commit's
    temporary has, `.xlflow-<id>.tmp` and `.bak`, come and go; one that a killed doctor leaves is
    removed by a later run, as any.
    """
    taken = surroundings.snapshot.needed()
    now = surroundings.clock()
    with drive_of(surroundings.settings) as drive, explained(taken.path):
        folder, _ = drive.split(taken.path)
        lost, written_at = _probe(drive, folder, taken.path, now)
    told = text("drive.writable", folder=folder)
    yield Line("drive.access", "good", told)
    if lost:
        yield Line("drive.access", "note", text("drive.lost", what=", ".join(lost)))
    difference = written_at - now
    if abs(difference) > _LARGEST_DIFFERENCE:
        facts = {"drive": surroundings.local(written_at), "here": surroundings.local(now)}
        yield Line("drive.clock", "bad", text("drive.clocks-differ", **facts))
    else:
        seconds = max(1, round(abs(difference.total_seconds())))
        yield Line("drive.clock", "good", text("drive.clocks-agree", seconds=seconds))


def space(surroundings: Surroundings) -> Iterator[Line]:
    """There is room for the versions that runs put aside."""
    taken = surroundings.snapshot.needed()
    with drive_of(surroundings.settings) as drive, explained(taken.path):
        folder, _ = drive.split(taken.path)
        free_bytes = drive.free_bytes(folder)
    facts = {"free": readable_size(free_bytes), "size": readable_size(len(taken.data))}
    if free_bytes < _LEAST_VERSIONS * len(taken.data):
        yield Line("drive.space", "bad", text("drive.little-space", **facts))
    else:
        yield Line("drive.space", "good", text("drive.space", **facts))


def copies(surroundings: Surroundings) -> Iterator[Line]:
    """What commits have put aside, and second versions that wait for a person."""
    taken = surroundings.snapshot.needed()
    days = surroundings.settings.ledger.keep_days
    now = surroundings.clock()
    with drive_of(surroundings.settings) as drive, explained(taken.path):
        folder, name = drive.split(taken.path)
        names = drive.names(folder)
        made = {other: moment for other in names if (moment := made_at(other))}
        size_bytes = sum(_size(drive, drive.within(folder, other)) for other in made)
    for other in sorted(names):
        if other.startswith(_kept_beginning(name)):
            yield Line("drive.copies", "bad", text("drive.kept", name=other, register=name))
    if not made:
        yield Line("drive.copies", "good", text("drive.no-copies"))
        return
    oldest = min(made.values())
    facts = {
        "count": len(made),
        "size": readable_size(size_bytes),
        "oldest": surroundings.local(oldest),
        "days": days,
    }
    if now - oldest > timedelta(days=days + 1):
        yield Line("drive.copies", "bad", text("drive.old-copies", **facts))
    else:
        yield Line("drive.copies", "good", text("drive.copies", **facts))


def _probe(
    drive: Host, folder: str, register: str, now: datetime
) -> tuple[tuple[str, ...], datetime]:
    """Do what a commit does, with files of our own.

    Returns the rights of the register that a new version could not be given, and when the drive
    says that the file was written.

    Raises:
        OSError, ShareError: It is not possible.
    """
    intent = new_id(now)
    fresh, taken, aside = (
        drive.within(folder, name)
        for name in (temporary_name(intent), temporary_name(new_id(now)), aside_name(intent))
    )
    try:
        lost = drive.create(fresh, _PROBE, register, no_step)
        written_at = drive.modified_at(fresh)
        drive.create(taken, _PROBE, register, no_step)
        with suppress(FileExistsError):
            drive.rename(fresh, taken, no_step)
            raise ShareUnfit(register)
        drive.rename(fresh, aside, no_step)
    finally:
        for location in (fresh, taken, aside):
            with suppress(OSError, ShareError):
                drive.remove(location, no_step)
    return lost, written_at


def _size(drive: Host, location: str) -> int:
    """How many bytes a copy has; none if a run has removed it in this moment."""
    try:
        return drive.size(location)
    except FileNotFoundError:
        return 0


def _kept_beginning(name: str) -> str:
    """How the names of second versions of this register begin."""
    return kept_name(name, "\0").partition("\0")[0]
