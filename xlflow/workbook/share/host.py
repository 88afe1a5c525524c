"""What the commit protocol asks of the place that a workbook lies on.

The protocol (`commit`, `recovery`) decides; a host only does one thing at a time and says how it
went with the system's own `OSError`. Locations are text, since not every host has paths.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

Step = Callable[[str], None]
"""Called with the step's name before each write, flush and rename; it may end the process."""


def no_step(name: str, /) -> None:
    """The step of a run that nobody watches."""


class Held(Protocol):
    """The workbook, held as firmly as the host can."""

    def read(self) -> bytes:
        """The whole content, through the hold."""

    def rename(self, target: str, step: Step) -> None:
        """Rename the held file, without replacing. Raises FileExistsError, FileNotFoundError."""


class Host(Protocol):
    """A place for workbooks: a file system, a server."""

    def locate(self, path: str | os.PathLike[str]) -> str:
        """The one location that `path` means, links resolved."""

    def split(self, location: str) -> tuple[str, str]:
        """Folder and name."""

    def within(self, folder: str, name: str) -> str:
        """The location of `name` in a folder."""

    def names(self, folder: str) -> list[str]:
        """The names in a folder, hidden ones too."""

    def make_folder(self, location: str) -> None:
        """Make a folder in one that is there; if it is there already, that is fine.

        Raises:
            FileExistsError, NotADirectoryError: A file has its name.
        """

    def read(self, location: str) -> bytes:
        """The whole content at one moment.

        Raises:
            HeldElsewhere: It changed while it was read.
        """

    def size(self, location: str) -> int:
        """How many bytes a file has."""

    def free_bytes(self, folder: str) -> int:
        """How much this account may still write into a folder."""

    def modified_at(self, location: str) -> datetime:
        """When it was last written, in UTC."""

    def has_writer(self, location: str) -> bool | None:
        """Whether someone else has it open for writing; None where the host cannot tell."""

    def create(self, location: str, data: bytes, like: str, step: Step) -> tuple[str, ...]:
        """Write a new file with the rights of `like`, flushed to disk.

        Returns which rights could not be kept ("owner", "mode", the name of an attribute).
        Raises FileExistsError.
        """

    def hold(self, location: str) -> AbstractContextManager[Held]:
        """Hold a file for the moment of the commit.

        Raises:
            HeldElsewhere: Someone else has it open.
        """

    def rename(self, source: str, target: str, step: Step) -> None:
        """Rename without replacing, flushed to disk.

        Killed in the middle it may leave the file under both names, never under none.

        Raises:
            FileExistsError, FileNotFoundError
            HeldElsewhere: Someone has it open, and keeps it so.
        """

    def remove(self, location: str, step: Step) -> None:
        """Remove a file; one that is gone already is fine.

        Raises:
            HeldElsewhere: Someone has it open, and keeps it so.
        """
