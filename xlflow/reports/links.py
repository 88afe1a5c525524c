"""Links from a report into the cells of the register."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from xlflow.languages import Language
from xlflow.record.register import Register
from xlflow.reports.naming import record_name


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; `target` as XlsxWriter wants it, "" = nowhere."""

    text: str
    target: str


class Places:
    """Links to the register's cells; `link` is how the report names its file, "" = not at all."""

    def __init__(self, register: Register, link: str, language: Language) -> None:
        self._register = register
        self._link = link
        self._language = language

    def record(self, number: str, row: int) -> Link:
        """A record's number, leading to its row."""
        cell = self._register.requirements.cell(row, "number")
        return self.cell(cell, record_name(number, row, self._language))

    def cell(self, cell: str, text: str = "") -> Link:
        """A text, or else the cell's address, leading to the cell."""
        return Link(text or cell, target(self._link, cell) if self._link and cell else "")


def register_link(register: PurePath, folder: PurePath) -> str:
    r"""How a report in `folder` names the register: relative where both lie on one drive.

    A report that leaves its folder, as the attachment of a mail, needs the whole path instead:
    ``str(register)`` with a drive's letter, or better ``\\server\share\...``.
    """
    if isinstance(register, PureWindowsPath):
        if register.drive.casefold() != folder.drive.casefold():
            return str(register)
        return _relative(register.as_posix(), folder.as_posix(), drive=register.drive)
    return _relative(str(register), str(folder))


def target(link: str, cell: str) -> str:
    """What XlsxWriter calls the place: `cell` ("Register!F12") of the workbook at `link`."""
    if "://" in link:
        return f"{link}#{cell}"
    # XlsxWriter would take the first # for the end of the path; it keeps what is escaped already.
    for letter, escaped in _ESCAPES:
        link = link.replace(letter, escaped)
    # It writes a path of Windows after "file:" and "external:"; "File:" it leaves as it is.
    return f"File://{link}#{cell}" if link.startswith("/") else f"external:{link}#{cell}"


def mail_link(address: str, cell: str = "") -> str:
    r"""What a mail calls the place: `cell` of the workbook that people reach at `address`.

    >>> mail_link(r"\\server\share\My register.xlsx", "Register!F12")
    'file://server/share/My%20register.xlsx#Register!F12'
    """
    if "://" in address:
        return address  # a page on the web does not lead to a cell
    is_windows = bool(PureWindowsPath(address).drive)
    if not is_windows and not address.startswith("/"):
        return ""  # of no use on another computer
    uri = (PureWindowsPath(address) if is_windows else PurePosixPath(address)).as_uri()
    return f"{uri}#{quote(cell, safe=_KEPT)}" if cell else uri


_KEPT = "!'$:"  # in the address of a cell
_ESCAPES = (("%", "%25"), ("#", "%23"), (" ", "%20"), ("?", "%3F"))


def _relative(path: str, folder: str, drive: str = "") -> str:
    """`path` as seen from `folder`, with "/"; both absolute and on the same drive."""
    there = PurePosixPath(path[len(drive) :])
    here = PurePosixPath(folder[len(drive) :])
    ups = 0
    while not there.is_relative_to(here):
        here, ups = here.parent, ups + 1
    return PurePosixPath(*[os.pardir] * ups, there.relative_to(here)).as_posix()
