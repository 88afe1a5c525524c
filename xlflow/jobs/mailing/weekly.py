"""The weekly summary: one mail a recipient and week on all registers, with the status workbook.

weekly = prepare_weekly(registers, now)     # changes nothing
outcome = send_weekly(registers, ledger, password, now)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from xlflow.errors import UsageError, XlflowError
from xlflow.jobs.inspection import Inspection, inspect_register
from xlflow.jobs.mailing.posting import Post, post
from xlflow.jobs.mailing.sending import Sent, connection_of, send_waiting
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.reporting.status import Inspected, standing_to_send
from xlflow.languages import Language
from xlflow.ledger import Ledger, LedgerError
from xlflow.mail import Attachment, write_eml
from xlflow.reports.figures.movement import together
from xlflow.reports.figures.totals import totals
from xlflow.reports.figures.week import Week
from xlflow.reports.mails.weekly import WeeklySummary, weekly_summary
from xlflow.reports.status.report import Standing
from xlflow.reports.status.workbook import status_workbook
from xlflow.settings import SETTINGS_FILE, Settings
from xlflow.settings.passwords import Password

_WHOLE_COMPANY = "*"  # no register has that id


@dataclass(frozen=True)
class Weekly:
    """The mails of a week, one a recipient, before anything is sent.

    `failed`: the registers that could not be read, of which the mails tell. `unread`: the ids of
    registers whose summary nobody gets.
    """

    now: datetime
    mails: tuple[Post, ...]
    failed: Mapping[str, XlflowError]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeeklyOutcome:
    """What was sent, or written as files, and to whom this week's summary had gone before."""

    weekly: Weekly
    sent: tuple[Sent, ...] = ()
    already: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who gets a summary, and on which registers."""

    address: str
    registers: tuple[str, ...]  # ids


def prepare_weekly(
    registers: Sequence[Settings],
    now: datetime,
    progress: Progress = quiet,
    *,
    to: Sequence[str] = (),
    again: bool = False,
) -> Weekly:
    """The mails of the week that holds `now`; nothing is changed.

    The managers of `mail.weekly` get all of these registers in one mail; who is responsible for
    some, and none of the managers, gets those. `to` stands in for all of them, and gets all.
    `again` makes the keys others than before.

    Raises:
        UsageError: There are no recipients, or no sender.
        AddressesRefused: Faulty addresses, all of them.
        LedgerError: The ledger cannot be read.
        XlflowError: None of the registers can be read.
    """
    common = registers[0]
    connection_of(common)  # before the work: without a sender there is no mail
    now = now.astimezone(common.calendar.zone)
    readers = [_Reader(address, _ids(registers)) for address in to] or _readers(registers)
    if not readers:
        raise UsageError("jobs.no-weekly-recipients", path=common.folder / SETTINGS_FILE)
    inspected, failed = _inspected(registers, now, progress)
    progress("reporting")
    letters = _Letters(inspected, failed)
    turn = f":{now:%Y%m%dT%H%M%S}" if again else ""
    mails = []
    for reader in readers:
        if summary := letters.on(reader.registers):
            key = f"weekly:{_scope(registers)}:{Week.of(now.date())}:{_plain(reader.address)}{turn}"
            mails.append(_mail(common, key, reader.address, *summary, now))
    reached = {id_ for reader in readers for id_ in reader.registers}
    unread = tuple(id_ for id_ in _ids(registers) if id_ not in reached)
    return Weekly(now, tuple(mails), failed, unread)


def send_weekly(
    registers: Sequence[Settings],
    ledger: Ledger,
    password: Password | None,
    now: datetime,
    progress: Progress = quiet,
    *,
    to: Sequence[str] = (),
    again: bool = False,
) -> WeeklyOutcome:
    """Put the mails of the week into the outbox, each once, and send what waits there.

    A mail of this week that is in the outbox is not put there a second time, so that this may be
    called as often as one likes.

    Raises:
        As `prepare_weekly`; LedgerError also if the outbox cannot be written: nothing was sent.
    """
    weekly = prepare_weekly(registers, now, progress, to=to, again=again)
    already: list[str] = []
    for mail in weekly.mails:
        if not mail.put(ledger, now):
            known = ledger.outbox.get(mail.key)
            if known is not None and known.state == "sent":
                already.extend(mail.message.recipients)
    sent = send_waiting(ledger, connection_of(registers[0]), password, now)
    return WeeklyOutcome(weekly, sent, tuple(already))


def write_weekly(weekly: Weekly, settings: Settings) -> tuple[Path, ...]:
    """Write the mails as .eml files beside the reports instead of sending them."""
    folder = settings.locate(settings.reports.folder) / "mail"
    return tuple(write_eml(mail.message, folder) for mail in weekly.mails)


def _inspected(
    registers: Sequence[Settings], now: datetime, progress: Progress
) -> tuple[list[Inspected], Mapping[str, XlflowError]]:
    """What is found in the registers, and which of them cannot be read."""
    inspected: list[Inspected] = []
    failed: dict[str, XlflowError] = {}
    for settings in registers:
        try:
            inspected.append((settings, inspect_register(settings, now, progress)))
        except LedgerError:
            raise
        except XlflowError as err:
            failed[settings.workbook.id] = err
    if not inspected:
        raise next(iter(failed.values()))
    return inspected, failed


def _readers(registers: Sequence[Settings]) -> list[_Reader]:
    """Each address once, as it is spelled first; managers first, who get all registers."""
    held: dict[str, tuple[str, ...]] = {}
    spelled: dict[str, str] = {}
    for address in registers[0].mail.weekly:
        held[_plain(address)] = _ids(registers)
        spelled.setdefault(_plain(address), address)
    for settings in registers:
        for address in settings.workbook.responsible:
            known = held.get(_plain(address), ())
            if settings.workbook.id not in known:
                held[_plain(address)] = (*known, settings.workbook.id)
            spelled.setdefault(_plain(address), address)
    return [_Reader(spelled[plain], ids) for plain, ids in held.items()]


class _Letters:
    """The summaries with their workbooks, each made once."""

    def __init__(self, inspected: Sequence[Inspected], failed: Mapping[str, XlflowError]) -> None:
        self._inspected = inspected
        self._failed = failed
        self._standings: dict[tuple[str, Language], Standing] = {}
        self._made: dict[tuple[str, ...], tuple[WeeklySummary, bytes]] = {}

    def on(self, registers: tuple[str, ...]) -> tuple[WeeklySummary, bytes] | None:
        """The summary on these registers; None where none of them could be read."""
        own = [held for held in self._inspected if held[0].workbook.id in registers]
        if own and registers not in self._made:
            self._made[registers] = self._letter(own, registers)
        return self._made.get(registers)

    def _letter(
        self, own: Sequence[Inspected], registers: tuple[str, ...]
    ) -> tuple[WeeklySummary, bytes]:
        settings, first = own[0]
        language: Language = settings.mail.weekly_language or first.register.language
        missing = {
            id_: err.message(language) for id_, err in self._failed.items() if id_ in registers
        }
        standings = [self._standing(*held, language) for held in own]
        summary = weekly_summary(
            totals([one.view for one in standings]),
            together([one.movement for one in standings]),
            language,
            part="" if _company(settings) == set(registers) else "-".join(registers),
            responsible={one.workbook.id: one.workbook.responsible for one, _ in own},
            left_out=missing,
            board=settings.reports.board_address or "",
        )
        return summary, status_workbook(standings, language, left_out=missing)

    def _standing(self, settings: Settings, found: Inspection, language: Language) -> Standing:
        key = (settings.workbook.id, language)
        if key not in self._standings:
            self._standings[key] = standing_to_send(settings, found, language)
        return self._standings[key]


def _mail(
    settings: Settings,
    key: str,
    to: str,
    summary: WeeklySummary,
    workbook: bytes,
    now: datetime,
) -> Post:
    return post(
        settings,
        key,
        [to],
        subject=summary.subject,
        html=summary.html,
        text=summary.text,
        date=now,
        attachments=[Attachment(summary.attachment, workbook)],
    )


def _scope(registers: Sequence[Settings]) -> str:
    """Which registers were chosen, for the key: a summary of one of them is another mail."""
    ids = _ids(registers)
    if not registers[0].siblings:
        return ids[0]
    return _WHOLE_COMPANY if _company(registers[0]) == set(ids) else "+".join(ids)


def _company(settings: Settings) -> set[str]:
    return {settings.workbook.id, *settings.siblings}


def _ids(registers: Sequence[Settings]) -> tuple[str, ...]:
    return tuple(settings.workbook.id for settings in registers)


def _plain(address: str) -> str:
    return parseaddr(address)[1].casefold() or address
