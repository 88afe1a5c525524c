"""What lies in the inbox: forms, blank forms, files that are no forms, and such as must wait."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xlflow.errors import XlflowError
from xlflow.jobs.intake.inbox import Inbox
from xlflow.jobs.intake.results import is_result
from xlflow.languages import Language, say
from xlflow.record.register import CellError
from xlflow.record.schema import Schema
from xlflow.workbook.archive import Limits
from xlflow.workbook.cell_values import ValueRefusedError, content
from xlflow.workbook.form.reading import FilledForm, read_form
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.share import Host, ShareUnreachable, WorkbookOpen, WorkbookUnreadable
from xlflow.workbook.share.errors import HeldElsewhere
from xlflow.workbook.share.owner_files import first_open, owner_files
from xlflow.workbook.share.snapshot import sha256

Kind = Literal["form", "blank", "elsewhere", "unusable", "other", "waiting"]

_WORKBOOKS = (".xlsx", ".xlsm")
_OTHER_TABLES = (".xls", ".xlsb", ".xltx", ".xltm", ".xlt", ".ods", ".et", ".csv", ".tsv")
_NOBODYS = ("thumbs.db", "desktop.ini")
_FORGOTTEN = timedelta(
    days=1
)  # a program that crashed leaves its sign; to move a form loses nothing
_COPYING = timedelta(minutes=2)  # a damaged workbook this young may still be on its way


class NoWorkbookFormat(XlflowError):
    """A table, but not in the format of Excel 2007 and later. `file` is its name."""

    def __init__(self, file: str) -> None:
        super().__init__("intake.unusable.format", file=file)


class MayBeOnItsWay(XlflowError):
    """No whole workbook yet: somebody may still be copying `file`."""

    def __init__(self, file: str) -> None:
        super().__init__("intake.waiting.copied", file=file)


class NameUnreadable(XlflowError):
    """A file whose name is not in the drive's encoding, as old programs may leave one."""

    def __init__(self, file: str) -> None:
        readable = file.encode("utf-8", "replace").decode()
        super().__init__("intake.unusable.name", file=readable)


class OfUnknownRegister(XlflowError):
    """A form of a register that the settings do not name, or that does not tell which: `found`."""

    def __init__(self, file: str, found: str | None) -> None:
        name = "register" if found else "no-register"
        super().__init__(f"intake.unusable.{name}", file=file, found=found)


class AnswerUnwritable(XlflowError):
    """A value that no cell of the register can hold, in `cell`; `reason` names why."""

    def __init__(self, file: str, cell: str, reason: str) -> None:
        super().__init__("intake.unusable.value", file=file, cell=cell, reason=reason)

    def message(self, language: Language) -> str:
        """The cell, and the reason in the person's language."""
        reason = say(language, f"workbook.cell.{self.reason}")
        return say(language, self.key, file=self.file, cell=self.cell, reason=reason)


@dataclass(frozen=True)
class Dropped:
    """One file of the inbox.

    `reason`: why it is unusable, or has to wait. `state`: tells a file's versions apart.
    """

    name: str
    kind: Kind
    form: FilledForm | None = None
    sha256: str = ""
    reason: XlflowError | None = None
    state: str = ""


@dataclass(frozen=True)
class Reader:
    """How the forms of one register are read; `registers` are the ids of all of the company."""

    schema: Schema
    register_id: str
    registers: Collection[str]
    limits: Limits
    now: datetime

    def look_into(self, inbox: Inbox, names: Collection[str]) -> Iterator[Dropped]:
        """The files of the inbox by name; folders and the signs of programs are passed over."""
        signs = frozenset(_same(name) for name in names if name.startswith(("~$", ".~")))
        for name in sorted(names):
            if name.startswith((".", "~$")) or name.lower() in _NOBODYS or is_result(name):
                continue
            found = self._look_at(inbox, name, signs)
            if found is not None:
                yield found

    def _look_at(self, inbox: Inbox, name: str, signs: frozenset[str]) -> Dropped | None:
        location = inbox.host.within(inbox.folder, name)
        if not _is_text(name):
            return Dropped(name, "unusable", reason=NameUnreadable(name))
        try:
            if not name.lower().endswith(_WORKBOOKS):
                return self._no_workbook(inbox.host, location, name)
            if signs & {_same(f"{sign}{name}{end}") for sign, end in _SIGNS}:
                sign = first_open(owner_files(inbox.host, location, self.now))
                if sign and self.now - sign.since < _FORGOTTEN:
                    reason = WorkbookOpen(name, sign.person, sign.since.astimezone())
                    return Dropped(name, "waiting", reason=reason)
            if inbox.host.has_writer(location):
                return Dropped(name, "waiting", reason=WorkbookOpen(name))
            return self._read(inbox.host, location, name, inbox.host.read(location))
        except HeldElsewhere:
            return Dropped(name, "waiting", reason=WorkbookOpen(name))
        except PermissionError:
            return Dropped(name, "unusable", reason=WorkbookUnreadable(name))
        except (FileNotFoundError, IsADirectoryError):  # taken away meanwhile; or a folder
            return None
        except OSError as err:
            raise ShareUnreachable(location, err.strerror or str(err)) from err

    def _no_workbook(self, host: Host, location: str, name: str) -> Dropped | None:
        """A file of another format: told once, so its state is told too; a folder is none."""
        try:
            host.names(location)
        except OSError:
            state = f"{host.size(location)} {host.modified_at(location).isoformat()}"
            if name.lower().endswith(_OTHER_TABLES):
                return Dropped(name, "unusable", reason=NoWorkbookFormat(name), state=state)
            return Dropped(name, "other", state=state)
        return None

    def _read(self, host: Host, location: str, name: str, data: bytes) -> Dropped:
        try:
            form = read_form(data, name, self.schema, limits=self.limits)
        except WorkbookRefused as err:
            if self._may_be_on_its_way(host, location):
                return Dropped(name, "waiting", reason=MayBeOnItsWay(name))
            return Dropped(name, "unusable", reason=err)
        return self._sorted(form, sha256(data))

    def _sorted(self, form: FilledForm, digest: str) -> Dropped:
        if not form.answers:
            return Dropped(form.file, "blank")
        if form.register_id != self.register_id:
            if form.register_id in self.registers:
                return Dropped(form.file, "elsewhere")
            if form.register_id or len(self.registers) > 1:
                reason = OfUnknownRegister(form.file, form.register_id)
                return Dropped(form.file, "unusable", reason=reason)
        unwritable = next(_unwritable(form), None)
        kind: Kind = "unusable" if unwritable else "form"
        return Dropped(form.file, kind, form, digest, unwritable)

    def _may_be_on_its_way(self, host: Host, location: str) -> bool:
        """Whether somebody may still be copying it: what is there then is no whole workbook."""
        try:
            return abs(self.now - host.modified_at(location)) < _COPYING
        except (OSError, HeldElsewhere):
            return True


def _unwritable(form: FilledForm) -> Iterator[AnswerUnwritable]:
    for key, value in form.answers.items():
        if isinstance(value, CellError):
            continue
        try:
            content(value, date_1904=True)
        except ValueRefusedError as err:
            yield AnswerUnwritable(form.file, form.cells[key], err.reason)


_SIGNS = (("~$", ""), (".~lock.", "#"), (".~", ""))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _same(name: str) -> str:
    """Spellings that a server takes for one name."""
    return unicodedata.normalize("NFC", name).casefold()
