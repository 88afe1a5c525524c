"""Writing a file whole or not at all: reports, mails, templates, settings.

The register on the shared drive is another matter: `xlflow.workbook.share`.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from xlflow.errors import XlflowError

_PIECE_BYTES = 1 << 20


class FileNotWritten(XlflowError):
    """A file or folder cannot be written; `reason` is the system's own word."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("files.not-written", path=path, reason=reason)


class FileNotRead(XlflowError):
    """A file or folder cannot be read; `reason` is the system's own word."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("files.not-read", path=path, reason=reason)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, in place of an earlier one; its folder is made if need be.

    Raises:
        FileNotWritten: The earlier one, if any, is as it was.
    """
    fresh = path.with_name(f".xlflow-{secrets.token_hex(8)}.tmp")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(fresh, data)
        with _removed_on_error(fresh):
            fresh.replace(path)


def write_new(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet; False if it is. Its folder is made if need be.

    Raises:
        FileNotWritten: Nothing is there.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_new(path, data)
        except FileExistsError:
            return False
    return True


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that grows piece by piece, and takes its name once all is there; see `write_whole`.

    Raises:
        FileNotWritten: The earlier one, if any, is as it was.
    """
    fresh = path.with_name(f".xlflow-{secrets.token_hex(8)}.tmp")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = _Growing(fresh, path)
    with _removed_on_error(fresh):
        with io.BufferedWriter(raw, _PIECE_BYTES) as file:
            yield file
            file.flush()
            with explained(path):
                os.fsync(file.fileno())
        with explained(path):
            fresh.replace(path)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system says on writing `path` into the error that a person reads.

    Raises:
        FileNotWritten
    """
    try:
        yield
    except OSError as err:
        raise FileNotWritten(path, err.strerror or str(err)) from err


@contextmanager
def explained_reading(path: Path) -> Iterator[None]:
    """Turn what the system says on reading `path` into the error that a person reads.

    Raises:
        FileNotRead
    """
    try:
        yield
    except OSError as err:
        raise FileNotRead(path, err.strerror or str(err)) from err


class _Growing(io.FileIO):
    """A new file that will have the name `path`, of which its errors speak."""

    def __init__(self, fresh: Path, path: Path) -> None:
        super().__init__(fresh, "xb")
        self._path = path

    def write(self, data: Any, /) -> int:
        """Write so many of the bytes as go; a full disk is told like any other reason."""
        with explained(self._path):
            return super().write(data)


def _write_new(path: Path, data: bytes) -> None:
    """Write a new file and flush it to disk. Raises FileExistsError."""
    with path.open("xb") as file, _removed_on_error(path):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _removed_on_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
