"""Folders that need care: network drives (no ledger there), sync folders (no commits)."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

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
_SYNC_MAC = re.compile(r"(OneDrive|SharePoint)-.+")


def is_network_path(path: str | os.PathLike[str], mounts: str | None = None) -> bool:
    """Whether `path` (it need not exist) lies on a drive of another machine.

    `mounts` is a mount table as /proc/mounts has it, by default this machine's. Where there is no
    such table (not Linux) the answer is False.
    """
    if str(path).casefold().startswith(("\\\\", "//", "smb://")):
        return True
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        except FileNotFoundError:
            return False
    kind = _file_system(PurePath(os.path.realpath(path)), mounts)
    family, _, program = kind.partition(".")
    return kind in _NETWORK or (family == "fuse" and program in _NETWORK_IN_USER_SPACE)


def sync_folder(path: str | os.PathLike[str]) -> str | None:
    """The folder on `path` that OneDrive keeps in step, or None.

    Only what OneDrive names itself is recognised; a folder that was renamed is not.
    """
    parts = PurePath(path).parts
    for above, part in zip(("", *parts), parts[:-1], strict=False):
        if _SYNC.fullmatch(part) or (above == "CloudStorage" and _SYNC_MAC.fullmatch(part)):
            return part
    return None


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
