"""Settle what a run left that was killed in the middle of a commit, and tidy up old copies.

Whatever was interrupted, one whole workbook has the name afterwards, and no version that a person
saved is gone. Settling twice equals settling once, and may itself be killed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xlflow.workbook.share.errors import HeldElsewhere, WorkbookOpen, explained
from xlflow.workbook.share.host import Host, Step, no_step
from xlflow.workbook.share.intent import Intent, kept_name, made_at
from xlflow.workbook.share.local import LOCAL
from xlflow.workbook.share.snapshot import PATIENCE_SECONDS, patiently, sha256


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a commit ended.

    "done": the new workbook is in place. "undone": the old one is. "changed": somebody has saved
    since; whether it holds what the commit wrote, only reading it can tell. `kept`: where the
    other version lies if two people's saves met.
    """

    state: Literal["done", "undone", "changed"]
    kept: str | None = None


def recover(
    intent: Intent,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    host: Host = LOCAL,
    step: Step = no_step,
) -> Outcome:
    """Bring the intent to an end, as far as it came.

    Raises:
        WorkbookMissing: Neither the workbook nor its aside copy is there; nothing was touched.
        WorkbookOpen: Somebody was writing into it all the time.
        ShareReadOnly, ShareUnfit, ShareUnreachable
    """
    with explained(intent.target):
        folder, temporary = host.split(intent.temporary)
        if temporary in host.names(folder):
            _put_back(intent, host, step)
        present = _present(intent, patience_seconds, host, step)
        kept = _settle_aside(intent, present, host, step)
        host.remove(intent.temporary, step)
    if present == intent.sha_after:
        return Outcome("done", kept)
    return Outcome("undone" if present == intent.sha_before else "changed", kept)


def prune_asides(
    folder: str,
    keep_days: int,
    now: datetime,
    *,
    keep: Collection[str] = (),
    host: Host = LOCAL,
    step: Step = no_step,
) -> tuple[str, ...]:
    """Remove aside copies and forgotten temporaries that are older than `keep_days` days.

    `keep`: names or locations that open intents mention; they stay. Returns what was removed.

    Raises:
        ShareReadOnly, ShareUnreachable
    """
    removed = []
    with explained(folder):
        for name in sorted(host.names(folder)):
            location = host.within(folder, name)
            made = made_at(name)
            if made and now - made > timedelta(days=keep_days) and not {name, location} & {*keep}:
                with contextlib.suppress(HeldElsewhere):  # another time, then
                    host.remove(location, step)
                    removed.append(location)
    return tuple(removed)


def _put_back(intent: Intent, host: Host, step: Step) -> None:
    """Give the aside copy its name again, unless somebody has a workbook there by now."""
    with contextlib.suppress(FileExistsError, FileNotFoundError):
        host.rename(intent.aside, intent.target, step)


def _present(intent: Intent, patience_seconds: float, host: Host, step: Step) -> str:
    """The hash of what has the name now.

    Without a temporary the new workbook had been put in place, so a name that is missing is most
    likely missing because somebody is saving: the aside copy comes back only after patience.
    """
    try:
        return sha256(patiently(lambda: host.read(intent.target), patience_seconds))
    except FileNotFoundError:
        _put_back(intent, host, step)
        return sha256(host.read(intent.target))
    except HeldElsewhere as err:
        raise WorkbookOpen(intent.target) from err


def _settle_aside(intent: Intent, present: str, host: Host, step: Step) -> str | None:
    """Decide about the aside copy; returns where it lies if a person must look at it."""
    try:
        aside = sha256(host.read(intent.aside))
        in_use = host.has_writer(intent.aside)
    except FileNotFoundError:
        return None
    except HeldElsewhere:
        aside, in_use = "", True
    if in_use or aside not in (present, intent.sha_before):
        folder, name = host.split(intent.target)
        kept = host.within(folder, kept_name(name, intent.id))
        host.rename(intent.aside, kept, step)
        return kept
    # A second name of the same content, left between link and unlink; looked at once more, since
    # a run that is still at work may have put the workbook aside meanwhile.
    if aside == present == _hash_now(intent.target, host):
        host.remove(intent.aside, step)
    return None


def _hash_now(location: str, host: Host) -> str | None:
    """The hash of what has the name in this moment; None if nothing has."""
    try:
        return sha256(host.read(location))
    except (FileNotFoundError, HeldElsewhere):
        return None
