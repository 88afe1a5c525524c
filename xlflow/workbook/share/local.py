"""The host of this machine's own paths: its disks, and the shares that it has mounted."""

from __future__ import annotations

import sys

from xlflow.workbook.share.host import Host

if sys.platform == "win32":
    from xlflow.workbook.share.windows.host import WindowsHost
    from xlflow.workbook.share.windows.kernel32 import Kernel32

    LOCAL: Host = WindowsHost(Kernel32())
else:
    from xlflow.workbook.share.posix import PosixHost

    LOCAL: Host = PosixHost()
