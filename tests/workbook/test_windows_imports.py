"""The package on a machine that has nothing of POSIX: every module of it can be imported."""

from __future__ import annotations

import subprocess
import sys

from checkout import ROOT

ON_WINDOWS = """
import ctypes, importlib, os, pkgutil, signal, sys

def modules():
    import xlflow
    found = pkgutil.walk_packages(xlflow.__path__, "xlflow.")
    return sorted({each.name for each in found} - OTHER_SYSTEM)

OTHER_SYSTEM = {"xlflow.workbook.share.windows.kernel32"}
for name in modules():
    importlib.import_module(name)  # and with it the libraries, which have their own wheels there

class Library:
    def __init__(self, name, use_last_error=False):
        pass

    def __getattr__(self, name):
        return lambda *arguments: 0

ctypes.WinDLL = Library
sys.platform = "win32"
for name in [name for name in sys.modules if name.partition(".")[0] == "xlflow"]:
    del sys.modules[name]
for name in ("fcntl", "grp", "pwd", "resource", "termios", "pty", "tty", "syslog"):
    sys.modules[name] = None
for name in ("fchown", "chown", "fchmod", "pread", "getuid", "geteuid", "fork", "killpg", "setsid",
             "O_CLOEXEC", "listxattr", "getxattr", "setxattr", "statvfs", "uname"):
    delattr(os, name)
for name in ("SIGKILL", "SIGURG", "SIGHUP", "SIGALRM", "SIGUSR1"):
    delattr(signal, name)

OTHER_SYSTEM = {"xlflow.workbook.share.posix"}
for name in modules():
    importlib.import_module(name)
assert "xlflow.workbook.share.posix" not in sys.modules
assert "xlflow.workbook.share.windows.kernel32" in sys.modules
print(type(sys.modules["xlflow.workbook.share"].LOCAL).__name__)
"""


def test_every_module_can_be_imported_where_there_is_no_posix() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_WINDOWS], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.returncode) == ("WindowsHost\n", 0), done.stderr
