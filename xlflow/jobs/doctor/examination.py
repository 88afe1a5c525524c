"""The doctor's round: one check after the other, none of which can hide or hold up another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_WORLD, XlflowError
from xlflow.jobs.doctor import (
    calendar,
    documents,
    drive,
    inbox,
    ledger,
    mail,
    people,
    program,
    register,
    reports,
)
from xlflow.jobs.doctor.lines import Line, Message, NotLooked, Text, text
from xlflow.jobs.doctor.settings_file import Known, read_settings
from xlflow.jobs.doctor.surroundings import Clock, Surroundings
from xlflow.jobs.progress import Progress, quiet
from xlflow.settings import Company

Look = Callable[[Surroundings], Iterator[Line]]

_QUICK_SECONDS = 30.0
_DRIVE_SECONDS = 40.0  # a server's share has 30 for each answer
_READING_SECONDS = 300.0  # 100,000 records on a slow machine


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `uses`: the settings without which there is nothing to look at.

    `is_common`: it is the same for all registers.
    """

    name: str
    look: Look
    uses: tuple[str, ...] = ()
    limit_seconds: float = _QUICK_SECONDS
    is_common: bool = False

    @property
    def title(self) -> Text:
        """What it looks at."""
        return text(f"check.{self.name}")


_PLACE = ("register.path", "share")

CHECKS = (
    Check("register.file", register.file, _PLACE, _DRIVE_SECONDS),
    Check("register.open", register.open_elsewhere, _PLACE, _DRIVE_SECONDS),
    Check("register.layout", register.layout, _PLACE, _READING_SECONDS),
    Check("register.repair", register.repair, _PLACE, _READING_SECONDS),
    Check("register.lists", people.lists, _PLACE),
    Check("drive.place", drive.place, _PLACE),
    Check("drive.access", drive.access, _PLACE, _DRIVE_SECONDS),
    Check("drive.space", drive.space, _PLACE, _DRIVE_SECONDS),
    Check("drive.copies", drive.copies, (*_PLACE, "ledger.keep_days"), _DRIVE_SECONDS),
    Check("inbox.folder", inbox.folder, (*_PLACE, "intake"), _DRIVE_SECONDS),
    Check("ledger.file", ledger.file, ("ledger.url",), _DRIVE_SECONDS, is_common=True),
    Check("ledger.space", ledger.space, ("ledger.url",), is_common=True),
    Check("ledger.runs", ledger.runs, ("ledger.url", "register.id")),
    Check("calendar.years", calendar.years, ("calendar",), is_common=True),
    Check("mail.connection", mail.connection, ("mail",), mail.LIMIT_SECONDS, is_common=True),
    Check("mail.outbox", mail.outbox, ("ledger.url",), is_common=True),
    Check("mail.administrator", mail.administrator, ("ledger.url", "mail"), is_common=True),
    Check("reports.folder", reports.folder, ("reports",), is_common=True),
    Check(
        "documents.templates",
        documents.templates,
        ("documents", "fields", "choices"),
        documents.LIMIT_SECONDS,
        is_common=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was looked at. `has_looked`: false if there were no settings to go by."""

    lines: tuple[Line, ...]
    has_looked: bool

    @property
    def to_do(self) -> int:
        """How many lines ask for something to be done."""
        return sum(line.state == "bad" for line in self.lines)

    @property
    def exit_code(self) -> int:
        """0: all is well; 1: something needs doing; 3: it could not look at all."""
        if not self.has_looked:
            return EXIT_WORLD
        return EXIT_FINDINGS if self.to_do else EXIT_CLEAN


def examine(
    settings_file: Path,
    clock: Clock,
    environment: Mapping[str, str],
    progress: Progress = quiet,
    *,
    registers: Sequence[str] = (),
) -> Report:
    """Look at all that a run needs. Nothing is changed.

    Settings at fault have their defaults meanwhile; what depends on them is not looked at. Of
    several registers, all are looked at, or those with the ids of `registers`; first comes what is
    common to them.

    Raises:
        RegisterUnknown: There is no register of such an id.
    """
    read = read_settings(settings_file)
    lines = [*program.version(), *read.lines]
    if not read.registers:
        return Report(tuple(lines), has_looked=False)
    company = Company(settings_file, tuple(known.settings for known in read.registers))
    chosen = company.some(registers)
    looks = [
        _Look(known, Surroundings.of(known.settings, environment, clock), progress)
        for known in read.registers
        if known.settings in chosen
    ]
    if len(read.registers) == 1:
        return Report((*lines, *looks[0].at(CHECKS)), has_looked=True)
    lines += looks[0].at(check for check in CHECKS if check.is_common)
    for look in looks:
        register = look.known.settings.workbook.id
        told = look.at(check for check in CHECKS if not check.is_common)
        lines += [replace(line, register=register) for line in told]
    return Report(tuple(lines), has_looked=True)


@dataclass(frozen=True)
class _Look:
    """The doctor's look at one register."""

    known: Known
    surroundings: Surroundings
    progress: Progress

    def at(self, checks: Iterable[Check]) -> Iterator[Line]:
        """What the checks tell."""
        for check in checks:
            self.progress(f"doctor.{check.name.partition('.')[0]}")
            yield from _outcome(check, self.surroundings, self.known)


def _outcome(check: Check, surroundings: Surroundings, known: Known) -> list[Line]:
    """What a check tells; what it cannot look at in time, or at all, is told as well."""
    if not all(known.has(name) for name in check.uses):
        return [_skipped(check, text("skipped.settings"))]
    lines: list[Line] = []
    # A thread of its own: nobody can end a call to a drive or a server that does not answer.
    at_work = threading.Thread(target=_look, args=(check, surroundings, lines), daemon=True)
    at_work.start()
    at_work.join(check.limit_seconds)
    told = list(lines)
    if at_work.is_alive():
        late = text("no-answer", check=check.title, seconds=f"{check.limit_seconds:g}")
        told.append(Line(check.name, "bad", late))
    return told


def _look(check: Check, surroundings: Surroundings, lines: list[Line]) -> None:
    try:
        for line in check.look(surroundings):
            lines.append(line)  # noqa: PERF402 - what was told before an error stays told
    except NotLooked as absent:
        lines.append(_skipped(check, absent.reason))
    except XlflowError as err:
        lines.append(Line(check.name, "bad", err))
    except Exception as err:  # noqa: BLE001 - no check may hide the others
        reason = f"{type(err).__name__}: {err}"
        lines.append(Line(check.name, "bad", text("crashed", check=check.title, reason=reason)))


def _skipped(check: Check, reason: Message) -> Line:
    return Line(check.name, "skipped", text("skipped-line", check=check.title, reason=reason))
