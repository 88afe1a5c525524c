"""Folders that need care: network drives (no ledger there), sync folders (no commits)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath, PureWindowsPath

from xlflow.workbook.share.windows.host import is_remote
from xlflow.workbook.share.windows.names import plain

if sys.platform == "win32":
    from xlflow.workbook.share.windows.kernel32 import Kernel32

_NETWORK = {
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "drvfs",
    "gfs2",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "vmhgfs",
}
# A file system in user space is local unless known otherwise (ntfs-3g, an encrypted home).
_NETWORK_IN_USER_SPACE = {
    "ceph-fuse",
    "davfs2",
    "glusterfs",
    "goofys",
    "gvfsd-fuse",
    "juicefs",
    "rclone",
    "s3fs",
    "smbnetfs",
    "sshfs",
    "vmhgfs-fuse",
}
# "OneDrive" (personal), "OneDrive - Contoso" (Windows), "CloudStorage/OneDrive-Contoso" (macOS).
_SYNC = re.compile(r"OneDrive( - .+)?")
_SYNC_WINDOWS = re.compile(_SYNC.pattern, re.IGNORECASE)
_SYNC_MAC = re.compile(r"(OneDrive|SharePoint)-.+")
# Where OneDrive's client on Windows says that its folders lie, whatever they are called.
_SYNC_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")


def is_network_path(path: str | os.PathLike[str], mounts: str | None = None) -> bool:
    """Whether `path` (it need not exist) lies on a drive of another machine.

    `mounts` is a mount table as /proc/mounts has it, by default this machine's. Where there is no
    such table (neither Linux nor Windows, which is asked itself) the answer is False.
    """
    location = plain(os.fspath(path))
    if location.casefold().startswith(("\\\\", "//", "smb://")):
        return True
    if sys.platform == "win32":
        remote = is_remote(Kernel32(), location)
    else:
        remote = _is_mounted(location, mounts)
    return remote


def sync_folder(
    path: str | os.PathLike[str], environment: Mapping[str, str] = os.environ
) -> str | None:
    """The folder on `path` that OneDrive keeps in step, or None.

    Only what OneDrive names itself is recognised, or names in the environment; elsewhere a folder
    that was renamed is not.
    """
    windows = PureWindowsPath(path)
    pure, sync = (windows, _SYNC_WINDOWS) if windows.drive else (PurePath(path), _SYNC)
    for variable in _SYNC_VARIABLES:
        root = environment.get(variable)
        if root and pure.is_relative_to(root):
            return type(pure)(root).name
    for above, part in zip(("", *pure.parts), pure.parts[:-1], strict=False):
        if sync.fullmatch(part) or (above == "CloudStorage" and _SYNC_MAC.fullmatch(part)):
            return part
    return None


def _is_mounted(path: str, mounts: str | None) -> bool:
    """Whether a mount table says that `path` lies on another machine."""
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return False
    kind = _file_system(PurePath(os.path.realpath(path)), mounts)
    family, _, program = kind.partition(".")
    return kind in _NETWORK or (family == "fuse" and program in _NETWORK_IN_USER_SPACE)


def _file_system(path: PurePath, mounts: str) -> str:
    """The type of the file system whose mount point is the nearest above `path`."""
    depth, kind = 0, ""
    for line in mounts.splitlines():
        _, point, this_kind, *_ = line.split(" ")
        mounted_on = PurePath(re.sub(r"\\([0-7]{3})", _character, point))
        # `>=`: a later mount hides an earlier one at the same place
        if path.is_relative_to(mounted_on) and len(mounted_on.parts) >= depth:
            depth, kind = len(mounted_on.parts), this_kind
    return kind


def _character(octal: re.Match[str]) -> str:
    return chr(int(octal[1], 8))
