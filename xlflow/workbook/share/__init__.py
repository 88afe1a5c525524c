"""THE SHARED DRIVE: take a snapshot of a workbook, put a new one in its place, lose nobody's edit.

    before = snapshot(path, now)
    intent = prepare(before, new_data)          # the ledger stores it
    put_in_place(intent, new_data, now)         # the ledger settles it
    recover(intent)                             # after an error or a crash: how did it end?

The protocol (`commit`, `recovery`) is the same everywhere; what a drive can do is a `Host`.
"""

from __future__ import annotations

from xlflow.workbook.share.commit import Placed, prepare, put_in_place, refuse_if_open
from xlflow.workbook.share.errors import (
    DiskFull,
    NoWorkbookFile,
    ShareError,
    ShareReadOnly,
    ShareUnfit,
    ShareUnreachable,
    SyncFolder,
    WorkbookChanged,
    WorkbookKeptTwice,
    WorkbookMissing,
    WorkbookOpen,
    WorkbookUnreadable,
)
from xlflow.workbook.share.host import Host, Step, no_step
from xlflow.workbook.share.intent import Intent, new_id
from xlflow.workbook.share.local import LOCAL
from xlflow.workbook.share.owner_files import OwnerFile, owner_files
from xlflow.workbook.share.places import is_network_path, sync_folder
from xlflow.workbook.share.recovery import Outcome, prune_asides, recover
from xlflow.workbook.share.snapshot import Snapshot, snapshot

__all__ = [
    "LOCAL",
    "DiskFull",
    "Host",
    "Intent",
    "NoWorkbookFile",
    "Outcome",
    "OwnerFile",
    "Placed",
    "ShareError",
    "ShareReadOnly",
    "ShareUnfit",
    "ShareUnreachable",
    "Snapshot",
    "Step",
    "SyncFolder",
    "WorkbookChanged",
    "WorkbookKeptTwice",
    "WorkbookMissing",
    "WorkbookOpen",
    "WorkbookUnreadable",
    "is_network_path",
    "new_id",
    "no_step",
    "owner_files",
    "prepare",
    "prune_asides",
    "put_in_place",
    "recover",
    "refuse_if_open",
    "snapshot",
    "sync_folder",
]
