"""Put new bytes in the place of the workbook, only if it is still the one that was read.

Renaming over the target is no safe commit: who saves in between loses the edit. So the workbook is
renamed aside, looked at there, where nobody finds it any more, and only then is the new one
given the name, without replacing. The gap without a workbook of that name takes milliseconds.

The caller stores the intent between `prepare` and `put_in_place`; `recovery.recover` then settles
whatever a killed run left behind.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime

from xlflow.workbook.share.errors import (
    HeldElsewhere,
    ShareError,
    ShareUnreachable,
    SyncFolder,
    WorkbookChanged,
    WorkbookKeptTwice,
    WorkbookOpen,
    explained,
)
from xlflow.workbook.share.host import Host, Step, no_step
from xlflow.workbook.share.intent import Intent, aside_name, new_id, temporary_name
from xlflow.workbook.share.local import LOCAL
from xlflow.workbook.share.owner_files import first_open, owner_files
from xlflow.workbook.share.places import sync_folder
from xlflow.workbook.share.recovery import recover
from xlflow.workbook.share.snapshot import Snapshot, sha256


@dataclass(frozen=True, slots=True)
class Placed:
    """The commit succeeded.

    `aside`: the old workbook. `lost`: rights of the old one that the new one could not be given
    ("owner", "group", "mode", names of extended attributes).
    """

    path: str
    sha256: str
    aside: str
    lost: tuple[str, ...]


def prepare(
    snapshot: Snapshot, new_data: bytes, *, intent_id: str | None = None, host: Host = LOCAL
) -> Intent:
    """Decide the names and hashes of a commit; nothing is written yet.

    Raises:
        SyncFolder: OneDrive would make conflict copies of what xlflow renames.
        ValueError: The new bytes are the old ones.
    """
    if synced := sync_folder(snapshot.path):
        raise SyncFolder(snapshot.path, synced)
    intent_id = intent_id or new_id(snapshot.taken_at)
    sha_after = sha256(new_data)
    if sha_after == snapshot.sha256:
        raise ValueError("nothing to commit: the new workbook equals the old one")
    folder, _ = host.split(snapshot.path)
    return Intent(
        id=intent_id,
        target=snapshot.path,
        temporary=host.within(folder, temporary_name(intent_id)),
        aside=host.within(folder, aside_name(intent_id)),
        sha_before=snapshot.sha256,
        sha_after=sha_after,
    )


def put_in_place(
    intent: Intent, new_data: bytes, now: datetime, *, host: Host = LOCAL, step: Step = no_step
) -> Placed:
    """Carry the intent out: afterwards the workbook is the new one, or it is what people made it.

    After an error, `recover` tells how it ended, as after a crash; it has been called once already.

    Raises:
        WorkbookOpen: Somebody has it open; nothing was changed.
        WorkbookChanged: Somebody saved it since the snapshot; theirs is in place.
        WorkbookKeptTwice: Two saves met; both are kept, and somebody must look.
        WorkbookMissing, ShareReadOnly, DiskFull, ShareUnfit, ShareUnreachable
    """
    if sha256(new_data) != intent.sha_after:
        raise ValueError("these are not the bytes that the intent was made for")
    try:
        with explained(intent.target):
            return _carry_out(intent, new_data, now, host, step)
    except ShareError as err:
        outcome = None
        with contextlib.suppress(ShareError):
            outcome = recover(intent, host=host, step=step)
        if outcome and outcome.kept:
            raise WorkbookKeptTwice(intent.target, outcome.kept) from err
        raise


def refuse_if_open(path: str, now: datetime, *, host: Host = LOCAL) -> None:
    """Raise WorkbookOpen, with the person's name, if an owner file beside `path` says so."""
    if sign := first_open(owner_files(host, path, now)):
        raise WorkbookOpen(path, by=sign.person, since=sign.since.astimezone())


def _carry_out(intent: Intent, data: bytes, now: datetime, host: Host, step: Step) -> Placed:
    refuse_if_open(intent.target, now, host=host)
    try:
        lost = host.create(intent.temporary, data, intent.target, step)
    except FileNotFoundError as err:
        raise WorkbookChanged(intent.target) from err
    if host.read(intent.temporary) != data:
        raise ShareUnreachable(intent.target, "read back something else than was written")
    _rename_aside(intent, now, host, step)
    _verify_aside(intent, now, host)
    try:
        host.rename(intent.temporary, intent.target, step)
    except FileExistsError as err:
        raise WorkbookChanged(intent.target) from err
    if sha256(host.read(intent.target)) != intent.sha_after:
        raise WorkbookChanged(intent.target)
    return Placed(intent.target, intent.sha_after, intent.aside, lost)


def _rename_aside(intent: Intent, now: datetime, host: Host, step: Step) -> None:
    try:
        with host.hold(intent.target) as held:
            if sha256(held.read()) != intent.sha_before:
                raise WorkbookChanged(intent.target)
            refuse_if_open(intent.target, now, host=host)
            held.rename(intent.aside, step)
    except FileNotFoundError as err:  # gone for a moment: somebody is saving
        raise WorkbookChanged(intent.target) from err
    except HeldElsewhere as err:
        raise WorkbookOpen(intent.target) from err


def _verify_aside(intent: Intent, now: datetime, host: Host) -> None:
    """Nobody came in between, neither by name nor through a handle that was opened before."""
    refuse_if_open(intent.target, now, host=host)
    try:
        in_use = host.has_writer(intent.aside)
        changed = sha256(host.read(intent.aside)) != intent.sha_before
    except HeldElsewhere:
        in_use = changed = True
    if in_use:
        raise WorkbookOpen(intent.target)
    if changed:
        raise WorkbookChanged(intent.target)
