"""What a person is told, as the mail says it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlflow.checks.finding import Finding
from xlflow.jobs.drive import address_for_people
from xlflow.jobs.inspection import Inspection
from xlflow.jobs.mailing.reminding.choosing import Line, Portion
from xlflow.jobs.mailing.reminding.directory import Unreachable
from xlflow.languages import Language
from xlflow.reports.links import mail_link
from xlflow.reports.mails.digest import (
    Book,
    Content,
    DigestMail,
    Known,
    Section,
    Silent,
    digest_mail,
)
from xlflow.reports.mails.digest_items import Item, Items
from xlflow.reports.naming import file_name, record_name
from xlflow.settings import Settings

_SECTIONS: Mapping[str, Section] = {
    "overdue": "overdue",
    "due soon": "due-soon",
    "sent back": "sent-back",
}


@dataclass(frozen=True)
class Letterhead:
    """A register as the mails tell of it. `since`: what fell due before is not listed."""

    settings: Settings
    inspection: Inspection
    since: date


class Letters:
    """Writes the mails of a day, over the registers of a company by id."""

    def __init__(self, registers: Mapping[str, Letterhead], now: datetime) -> None:
        self._registers = registers
        self._now = now
        self._items: dict[str, Items] = {}

    def mail(self, portion: Portion) -> DigestMail:
        """The mail to one person, in the language of the first register that it tells of."""
        content = self.content(portion)
        return digest_mail(content, self.language(content.books[0].id))

    def language(self, register: str) -> Language:
        """The language of a register."""
        return self._registers[register].inspection.register.language

    def content(self, portion: Portion) -> Content:
        """What the mail tells."""
        items: dict[Section, list[tuple[str, Item]]] = defaultdict(list)
        silent: dict[Unreachable, list[Line]] = defaultdict(list)
        for line in portion.lines:
            if line.unreachable is not None:
                silent[line.unreachable].append(line)
            else:
                held = (line.matter.register, self.item(line))
                items[section_of(line)].append(held)
        concerned = dict.fromkeys(line.matter.register for line in portion.lines)
        return Content(
            items=items,
            silent=[self._silent(whom, lines) for whom, lines in silent.items()],
            known=self._known(portion, concerned),
            books=[self._book(id_, portion.address) for id_ in concerned],
            now=self._now,
            board=self._board(),
        )

    def item(self, line: Line) -> Item:
        """One matter."""
        matter = line.matter
        items = self._items_of(matter.register)
        who = matter.charge.name or matter.charge.department
        if isinstance(matter.source, Finding):
            return items.of_finding(matter.source, who)
        return items.of_deadline(matter.source, who)

    def _items_of(self, register: str) -> Items:
        if register not in self._items:
            head = self._registers[register]
            held = head.inspection
            address = address_for_people(head.settings, held.register.path)
            today = self._now.date()
            self._items[register] = Items(held.register, held.guidance, today, address)
        return self._items[register]

    def _board(self) -> str:
        settings = next(iter(self._registers.values())).settings
        return settings.reports.board_address or ""

    def _silent(self, whom: Unreachable, lines: Sequence[Line]) -> Silent:
        records = []
        for line in lines:
            source, language = line.matter.source, self.language(line.matter.register)
            if source.number or source.row:
                records.append(record_name(source.number or "", source.row, language))
        return Silent(
            whom.name or whom.department, whom.department, whom.reason, len(lines), records
        )

    def _known(self, portion: Portion, concerned: Mapping[str, None]) -> Known:
        lines = [line for line in portion.known if line.role != "nobody"]
        own = [line.matter.days_late for line in lines if line.role == "own"]
        return Known(
            counts=Counter(section_of(line) for line in lines),
            most_days_late=max(own, default=0),
            waiting=portion.waiting,
            old=portion.old,
            since=max((self._registers[id_].since for id_ in concerned), default=None),
        )

    def _book(self, register: str, reader: str) -> Book:
        head = self._registers[register]
        address = address_for_people(head.settings, head.inspection.register.path)
        return Book(
            id=register,
            name=file_name(head.inspection.register),
            address=address,
            link=mail_link(address),
            responsible=[one for one in head.settings.workbook.responsible if reader not in one],
        )


def section_of(line: Line) -> Section:
    """The section of the mail in which a matter is told."""
    return "people" if line.role == "people" else _SECTIONS[line.matter.kind]
