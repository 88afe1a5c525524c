"""The signs beside a workbook that somebody has it open, and what they say.

Excel: hidden ``~$name.xlsx`` with the user's name. LibreOffice: ``.~lock.name#`` with user and
computer. WPS: ``.~name``. They stay behind after a crash; xlflow never removes one.

Source: LibreOffice, svl/source/misc/documentlockfile.cxx and msodocumentlockfile.cxx.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.host import Host

Program = Literal["Excel", "LibreOffice", "WPS"]

STALE_AFTER = timedelta(minutes=30)

# 0: length of the 8-bit name, at most 52; 55: uint16 length of the same in UTF-16, which follows.
_EXCEL_8_BIT = slice(1, 53)
_EXCEL_LENGTH = slice(55, 57)
_EXCEL_UTF_16 = slice(57, 165)


@dataclass(frozen=True, slots=True)
class OwnerFile:
    """Somebody has the workbook open, or had when the program crashed (`stale`)."""

    path: str
    program: Program
    user: str | None
    computer: str | None
    since: datetime
    stale: bool

    @property
    def person(self) -> str:
        """Who it is, as far as the file tells: "Li Na (PC-07)", "Li Na", "Excel"."""
        who = self.user or self.program
        return f"{who} ({self.computer})" if self.computer else who


def owner_files(host: Host, location: str, now: datetime) -> tuple[OwnerFile, ...]:
    """All signs beside the workbook at `location`, those of crashed programs too.

    One is stale only if nobody has it or the workbook open for writing, as far as the host can
    tell for sure, and it is older than half an hour.
    """
    folder, name = host.split(location)
    expected: dict[str, Program] = {
        _same(f"~${name}"): "Excel",
        _same(f".~lock.{name}#"): "LibreOffice",
        _same(f".~{name}"): "WPS",
    }
    found = []
    for other in host.names(folder):
        if program := expected.get(_same(other)):
            try:
                found.append(_read(host, location, host.within(folder, other), program, now))
            except (FileNotFoundError, HeldElsewhere):
                continue  # closed in this moment
    return tuple(found)


def first_open(files: tuple[OwnerFile, ...]) -> OwnerFile | None:
    """The first sign that is not stale."""
    return next((file for file in files if not file.stale), None)


def parse_excel(data: bytes) -> str | None:
    """The user's name in an Excel owner file; None where it holds none."""
    length = int.from_bytes(data[_EXCEL_LENGTH], "little")
    wide = data[_EXCEL_UTF_16][: 2 * length]
    if len(wide) == 2 * length > 0:
        name = wide.decode("utf-16-le", errors="replace")
    elif data and data[0] <= len(data[_EXCEL_8_BIT]):
        name = data[_EXCEL_8_BIT][: data[0]].decode("latin-1")
    else:
        return None
    return name.strip(" \0") or None


def parse_libreoffice(data: bytes) -> tuple[str | None, str | None]:
    r"""User (else login) and computer in a LibreOffice lock file.

    Fields end with ``,``, the entry with ``;``; a backslash stands before each of these three when
    it is part of the text.
    """
    fields = [""]
    for escaped, character in re.findall(r"\\(.)|(.)", data.decode("utf-8", errors="replace")):
        if character == ";":
            break
        if character == ",":
            fields.append("")
        else:
            fields[-1] += escaped or character
    user, login, computer = (*fields, "", "")[:3]
    return user.strip() or login.strip() or None, computer.strip() or None


def _read(host: Host, location: str, path: str, program: Program, now: datetime) -> OwnerFile:
    since, data = now, b""
    with contextlib.suppress(PermissionError):  # some servers let nobody else look at it
        since = host.modified_at(path)
    with contextlib.suppress(PermissionError, HeldElsewhere):  # nor read it, as Excel on some
        data = host.read(path)
    user, computer = (
        parse_libreoffice(data) if program == "LibreOffice" else (parse_excel(data), None)
    )
    stale = (
        now - since > STALE_AFTER
        and host.has_writer(path) is False
        and host.has_writer(location) is False
    )
    return OwnerFile(path, program, user, computer, since, stale)


def _same(name: str) -> str:
    """Spellings that a server takes for one name."""
    return unicodedata.normalize("NFC", name).casefold()
