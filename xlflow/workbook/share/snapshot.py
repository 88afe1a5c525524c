"""The workbook as it was at one moment: read at once, closed at once, computed on afterwards."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from xlflow.workbook.share.errors import (
    HeldElsewhere,
    WorkbookOpen,
    WorkbookUnreadable,
    explained,
)
from xlflow.workbook.share.host import Host
from xlflow.workbook.share.local import LOCAL
from xlflow.workbook.share.owner_files import OwnerFile, first_open, owner_files

_PAUSE_SECONDS = 0.05
# The file system of Windows answers "not found" out of its memory for 5 seconds on a share.
PATIENCE_SECONDS = 6.0 if sys.platform == "win32" else 2.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bytes of a workbook, and who had it open then (None: nobody, as far as one can see)."""

    path: str
    data: bytes = field(repr=False)
    sha256: str
    taken_at: datetime
    opened_by: OwnerFile | None

    def refuse_if_opened(self) -> None:
        """Raise WorkbookOpen, with the person's name, if somebody had it open then."""
        if sign := self.opened_by:
            raise WorkbookOpen(self.path, by=sign.person, since=sign.since.astimezone())


def snapshot(
    path: str | os.PathLike[str],
    now: datetime,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    host: Host = LOCAL,
) -> Snapshot:
    """Read the workbook, also while somebody has it open.

    While Excel saves, the name is gone for a moment: it is asked for again until the patience ends.

    Raises:
        WorkbookMissing, WorkbookUnreadable, ShareUnreachable
        WorkbookOpen: Somebody was writing into it all the time.
    """
    location = host.locate(path)
    with explained(location):
        try:
            data = patiently(lambda: host.read(location), patience_seconds)
            signs = owner_files(host, location, now)
        except HeldElsewhere as err:
            raise WorkbookOpen(location) from err
        except PermissionError as err:
            raise WorkbookUnreadable(location) from err
    return Snapshot(location, data, sha256(data), now, first_open(signs))


def patiently(
    action: Callable[[], _T],
    patience_seconds: float,
    *,
    waiting_for: tuple[type[Exception], ...] = (FileNotFoundError, HeldElsewhere),
) -> _T:
    """Try again while the file is missing or in use, as it is when somebody saves."""
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            return action()
        except waiting_for:
            if time.monotonic() >= give_up_at:
                raise
        time.sleep(_PAUSE_SECONDS)


def sha256(data: bytes) -> str:
    """The content's name in intents: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
