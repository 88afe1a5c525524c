"""The digest: one mail a person and day at most, over all registers of a company.

    digests = prepare_digests(registers, ledger, now)     # changes nothing
    outcome = send_digests(registers, ledger, password, now)

What a mail tells is noted in the transaction that puts it into the outbox, so that a kill between
any two steps neither loses nor doubles a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from pathlib import Path

from xlflow.errors import UsageError, XlflowError
from xlflow.jobs.inspection import inspect, read_now
from xlflow.jobs.mailing.posting import Post, post
from xlflow.jobs.mailing.reminding.choosing import Lost, Portion, Register, choose
from xlflow.jobs.mailing.reminding.directory import Directory
from xlflow.jobs.mailing.reminding.letters import Letterhead, Letters, section_of
from xlflow.jobs.mailing.reminding.matters import NO_PAST, Found, Past, matters_of
from xlflow.jobs.mailing.sending import Sent, connection_of, send_waiting
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.remembering import first_look, recollect
from xlflow.languages import fold
from xlflow.ledger import Ledger, LedgerError
from xlflow.mail import write_eml
from xlflow.record.memory import NO_MEMORY
from xlflow.reports.mails.digest import Section
from xlflow.settings import Settings
from xlflow.settings.passwords import Password
from xlflow.timing.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's mail of the day, and what the person then knows."""

    portion: Portion
    post: Post
    first: str  # the most pressing matter, in a line

    @property
    def counts(self) -> Mapping[Section, int]:
        """How many matters each section tells of."""
        lines = self.portion.lines
        return Counter(section_of(line) for line in lines if line.role != "nobody")


@dataclass(frozen=True)
class Digests:
    """The mails of a day, before anything is sent.

    `quiet`: people for whom there is nothing new. `lost`: what reaches nobody. `unseen`: how many
    matters of a register wait until a run has seen them. `failed`: the registers that cannot be
    read; the others' mails go out all the same.
    """

    now: datetime
    digests: tuple[Digest, ...]
    quiet: tuple[Portion, ...]
    lost: tuple[Lost, ...]
    unseen: Mapping[str, int]
    failed: Mapping[str, XlflowError]

    @property
    def day(self) -> date:
        """The day of the mails."""
        return self.now.date()


@dataclass(frozen=True)
class DigestOutcome:
    """What was sent. `already`: whose mail of the day had gone before; what is new waits for theirs
    of the next day.
    """

    digests: Digests
    queued: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    written: tuple[Path, ...] = ()  # where mails are not sent


class _Overtaken(Exception):
    """Another process told some of it meanwhile: the transaction is given up."""


@dataclass(frozen=True)
class _Read:
    """One register, as far as it is read."""

    head: Letterhead
    found: Found
    directory: Directory


def prepare_digests(
    registers: Sequence[Settings],
    ledger: Ledger | None,
    now: datetime,
    progress: Progress = quiet,
    to: Collection[str] = (),
) -> Digests:
    """What everybody is told today; nothing is changed, not even the ledger.

    `ledger` is None while no run has made one. `to`: only these people, by name or address.

    Raises:
        UsageError: The settings name no sender; or nobody of `to` is known.
        AddressesRefused: Addresses of the settings are none.
        LedgerError: It cannot be read.
    """
    common = registers[0]
    now = now.astimezone(common.calendar.zone)
    read: dict[str, _Read] = {}
    failed: dict[str, XlflowError] = {}
    for settings in registers:
        try:
            read[settings.workbook.id] = _read(settings, ledger, now, progress)
        except LedgerError:
            raise
        except XlflowError as err:
            failed[settings.workbook.id] = err
    progress("reporting")
    chosen = choose(
        [
            Register(one.found.matters, one.directory, _in_charge(one.head.settings))
            for one in read.values()
        ],
        common.reminders,
        frozenset(topic for id_ in read for topic in ledger.told.of(id_))
        if ledger
        else frozenset(),
    )
    letters = Letters({id_: one.head for id_, one in read.items()}, now)
    portions = _only_to(to, chosen.portions)
    return Digests(
        now=now,
        digests=tuple(_digest(one, letters, common, now) for one in portions if one.lines),
        quiet=tuple(one for one in portions if not one.lines),
        lost=chosen.lost,
        unseen={id_: one.found.unseen for id_, one in read.items() if one.found.unseen},
        failed=failed,
    )


def send_digests(
    registers: Sequence[Settings],
    ledger: Ledger,
    password: Password | None,
    now: datetime,
    progress: Progress = quiet,
    *,
    to: Collection[str] = (),
    send: bool | None = None,
) -> DigestOutcome:
    """Put everybody's mail into the outbox, each once, and send what waits there.

    `send` stands in for the setting `mail.send`: where that is off, the mails are written as .eml
    files, and nobody counts as told.

    Raises:
        As `prepare_digests`.
    """
    common = registers[0]
    digests = prepare_digests(registers, ledger, now, progress, to)
    if not (common.mail.send if send is None else send):
        return DigestOutcome(digests, written=write_digests(digests, common))
    queued: list[str] = []
    already: list[str] = []
    for digest in digests.digests:
        held = queued if _put(digest, ledger, now) else already
        held.append(digest.portion.address)
    sent = send_waiting(ledger, connection_of(common), password, now)
    return DigestOutcome(digests, tuple(queued), tuple(already), sent)


def write_digests(digests: Digests, settings: Settings) -> tuple[Path, ...]:
    """Write the mails as .eml files beside the reports instead of sending them."""
    folder = settings.locate(settings.reports.folder) / "mail"
    return tuple(write_eml(digest.post.message, folder) for digest in digests.digests)


def _put(digest: Digest, ledger: Ledger, now: datetime) -> bool:
    """Store a mail together with what it tells; False if the person had one today.

    Also if another process told some of it meanwhile: the rest follows in the next one.
    """
    try:
        with ledger.transaction():
            return _put_or_give_up(digest, ledger, now)
    except _Overtaken:
        return False


def _put_or_give_up(digest: Digest, ledger: Ledger, now: datetime) -> bool:
    if not digest.post.put(ledger, now):
        return False
    if not ledger.told.note(digest.portion.topics, digest.post.key, now):
        raise _Overtaken
    return True


def _read(settings: Settings, ledger: Ledger | None, now: datetime, progress: Progress) -> _Read:
    calendar = WorkingCalendar.from_settings(settings)
    register = read_now(settings, now, progress)
    id_, reminders = settings.workbook.id, settings.reminders
    if ledger is None:
        past, memory, comparison = NO_PAST, NO_MEMORY, first_look(register)
    else:
        recollection = recollect(register, settings, ledger, now)
        memory, comparison = recollection.memory, recollection.comparison
        history = ledger.history
        past = Past(history.begun_at(id_), history.touched(id_), history.versions(id_))
    inspection = inspect(register, settings, now, calendar, progress, memory)
    since = reminders.enforce_from
    zone = settings.calendar.zone
    found = matters_of(id_, inspection, comparison, past, since, zone, due_soon=reminders.due_soon)
    begun_on = (past.begun_at or now).astimezone(zone).date()
    head = Letterhead(settings, inspection, since or begun_on)
    return _Read(head, found, Directory(register, reminders.departments))


def _in_charge(settings: Settings) -> Sequence[str]:
    """Who is told what reaches nobody: who is responsible for the register, or for xlflow."""
    return settings.workbook.responsible or settings.mail.administrator


def _digest(portion: Portion, letters: Letters, settings: Settings, now: datetime) -> Digest:
    mail = letters.mail(portion)
    made = post(
        settings,
        f"digest:{now.date()}:{portion.address.casefold()}",
        [portion.address],
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        date=now,
    )
    return Digest(portion, made, mail.first)


def _only_to(to: Collection[str], portions: Sequence[Portion]) -> Sequence[Portion]:
    """The portions of these people; of all without.

    Raises:
        UsageError: Nobody of them has anything to see to; all of these are named.
    """
    if not to:
        return portions
    wanted = {fold(parseaddr(one)[1] if "@" in one else one): one for one in to}
    found = [one for one in portions if {fold(one.name), fold(one.address)} & wanted.keys()]
    missing = wanted.keys() - {fold(text) for one in found for text in (one.name, one.address)}
    if missing:
        names = ", ".join(text for key, text in wanted.items() if key in missing)
        raise UsageError("digest.nobody-of-that-name", names=names)
    return found
