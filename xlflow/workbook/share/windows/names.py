r"""How Windows spells paths: with a drive, as a share, and in the extended form of both.

    C:\work\register.xlsx       \\?\C:\work\register.xlsx
    \\server\share\register     \\?\UNC\server\share\register

The extended form may have 32,767 characters instead of 260.

Source: Microsoft Learn, "Maximum Path Length Limitation", "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

_EXTENDED = "\\\\?\\"
_EXTENDED_SHARE = "\\\\?\\UNC\\"
_SHARE = "\\\\"


def extended(path: str) -> str:
    """The extended form of an absolute path."""
    if path.startswith(_EXTENDED):
        return path
    if path.startswith(_SHARE):
        return _EXTENDED_SHARE + path.removeprefix(_SHARE)
    return _EXTENDED + path


def plain(path: str) -> str:
    """The form that people read."""
    if path.startswith(_EXTENDED_SHARE):
        return _SHARE + path.removeprefix(_EXTENDED_SHARE)
    return path.removeprefix(_EXTENDED)
