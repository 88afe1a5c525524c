"""The host of this machine's own paths: its disks, and the shares that it has mounted."""

from __future__ import annotations

from xlflow.workbook.share.host import Host
from xlflow.workbook.share.posix import PosixHost

LOCAL: Host = PosixHost()
