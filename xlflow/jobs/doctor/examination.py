"""The doctor's round: one check after the other, none of which can hide or hold up another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_WORLD, XlflowError
from xlflow.jobs.doctor import calendar, drive, ledger, mail, people, program, register, reports
from xlflow.jobs.doctor.lines import Line, Message, NotLooked, Text, text
from xlflow.jobs.doctor.settings_file import ReadSettings, read_settings
from xlflow.jobs.doctor.surroundings import Clock, Surroundings
from xlflow.jobs.progress import Progress, quiet

Look = Callable[[Surroundings], Iterator[Line]]

_QUICK_SECONDS = 30.0
_DRIVE_SECONDS = 40.0  # a server's share has 30 for each answer
_READING_SECONDS = 300.0  # 100,000 records on a slow machine


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. `uses`: the settings without which there is nothing to look at."""

    name: str
    look: Look
    uses: tuple[str, ...] = ()
    limit_seconds: float = _QUICK_SECONDS

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
    Check("ledger.file", ledger.file, ("ledger.url",), _DRIVE_SECONDS),
    Check("ledger.space", ledger.space, ("ledger.url",)),
    Check("ledger.runs", ledger.runs, ("ledger.url", "register.id")),
    Check("calendar.years", calendar.years, ("calendar",)),
    Check("mail.connection", mail.connection, ("mail",), mail.LIMIT_SECONDS),
    Check("reports.folder", reports.folder, ("reports",)),
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
    settings_file: Path, clock: Clock, environment: Mapping[str, str], progress: Progress = quiet
) -> Report:
    """Look at all that a run needs. Nothing is changed, and nothing raised.

    Settings at fault have their defaults meanwhile; what depends on them is not looked at.
    """
    read = read_settings(settings_file)
    lines = [*program.version(), *read.lines]
    if read.settings is None:
        return Report(tuple(lines), has_looked=False)
    surroundings = Surroundings.of(read.settings, environment, clock)
    for check in CHECKS:
        progress(f"doctor.{check.name.partition('.')[0]}")
        lines += _outcome(check, surroundings, read)
    return Report(tuple(lines), has_looked=True)


def _outcome(check: Check, surroundings: Surroundings, read: ReadSettings) -> list[Line]:
    """What a check tells; what it cannot look at in time, or at all, is told as well."""
    if not all(read.is_known(name) for name in check.uses):
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
