"""The host of this machine's own paths: its disks, and the shares that it has mounted."""

from __future__ import annotations

import sys

from xlflow.workbook.share.host import Host

if sys.platform == "win32":
    from xlflow.workbook.share.kernel32 import Kernel32
    from xlflow.workbook.share.windows import WindowsHost

    LOCAL: Host = WindowsHost(Kernel32())
else:
    from xlflow.workbook.share.posix import PosixHost

    LOCAL: Host = PosixHost()
