"""The digest: one mail to one person, what to do first and where to type it.

Its HTML and its plain text are made from the same `Letter`, so that they tell the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from xlflow.languages import Language, say
from xlflow.record.schema import STANDARD
from xlflow.reports.links import mail_link
from xlflow.reports.mails.bodies import bodies, texts
from xlflow.reports.mails.digest_items import Item
from xlflow.reports.texts import one_line, shown_due

Section = Literal["overdue", "due-soon", "sent-back", "people"]
SECTIONS: tuple[Section, ...] = ("overdue", "due-soon", "sent-back", "people")


@dataclass(frozen=True, slots=True)
class Book:
    """A register that the mail tells of; `address` is how people reach it, `link` leads there."""

    id: str
    name: str
    address: str
    link: str
    responsible: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who cannot be written to, why, and what waits."""

    who: str  # a masked name, or a department
    department: str
    reason: str  # the text's name, section digest.reason
    count: int
    records: Sequence[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the reader was told before and is still open, and what the mail does not list."""

    counts: Mapping[Section, int]
    most_days_late: int
    waiting: int
    old: int
    since: date | None


@dataclass(frozen=True, slots=True)
class Content:
    """What one person is told today: items by section and register, both in the order of reading.

    `silent`: who cannot be reached, of the registers that the reader is responsible for.
    """

    items: Mapping[Section, Sequence[tuple[str, Item]]]
    silent: Sequence[Silent]
    known: Known
    books: Sequence[Book]
    now: datetime
    board: str = ""  # how people open it, as far as the settings say

    @property
    def concerns_several(self) -> bool:
        """Whether the reader acts under several names, so that each item tells whose it is."""
        own = (pair for section in SECTIONS[:3] for pair in self.items.get(section, ()))
        return len({item.who for _, item in own}) > 1


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one register; `name` "" where all are of one register."""

    name: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the mail."""

    section: Section
    heading: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the mail says."""

    subject: str
    preview: str
    heading: str
    subtitle: str
    first: Item | None
    first_action: str
    chapters: Sequence[Chapter]
    silent: Sequence[str]
    notes: Sequence[str]
    books: Sequence[Book]
    questions: str
    footer: str
    names_all: bool  # each item tells whose it is
    board: str
    board_link: str


@dataclass(frozen=True, slots=True)
class DigestMail:
    """The mail's subject and its two bodies. `first`: the most pressing matter, in a line."""

    subject: str
    html: str
    text: str
    first: str


def digest_mail(content: Content, language: Language) -> DigestMail:
    """The mail in `language`; its items speak the language of their register."""
    letter = _letter(content, language)
    html, text = bodies("digest", letter, language)
    return DigestMail(subject=letter.subject, html=html, text=text, first=letter.preview)


def _letter(content: Content, language: Language) -> Letter:
    text = texts("digest", language)
    counts = {section: len(content.items.get(section, ())) for section in SECTIONS}
    parts = [text(f"part.{name}", count=count) for name, count in counts.items() if count]
    if content.silent:
        parts.append(text("part.silent", count=sum(one.count for one in content.silent)))
    summary = text("between").join(parts)
    first = next((item for name in SECTIONS for _, item in content.items.get(name, ())), None)
    people = dict.fromkeys(one for book in content.books for one in book.responsible)
    asked = one_line(text("between").join(people), 300)
    today = content.now.date()
    action = first.action if first else ""
    if first and (content.concerns_several or counts["people"] == sum(counts.values())):
        action = text("whose", who=first.who, action=action)
    return Letter(
        subject=text("subject", summary=summary, day=today),
        preview=f"{first.record} {first.title}: {action}" if first else summary,
        heading=text("heading", summary=summary),
        subtitle=text("subtitle", day=today, weekday=text(f"weekday.{today.weekday()}")),
        first=first,
        first_action=action,
        chapters=[_chapter(name, content, language) for name in SECTIONS if counts[name]],
        silent=[_silent(one, language) for one in content.silent],
        notes=_notes(content.known, language),
        books=content.books,
        questions=text("questions", people=asked) if people else "",
        footer=text("footer", now=shown_due(content.now)),
        names_all=content.concerns_several,
        board=content.board,
        board_link=mail_link(content.board) if content.board else "",
    )


def _chapter(section: Section, content: Content, language: Language) -> Chapter:
    items = content.items[section]
    named = {book.id: book.name for book in content.books} if len(content.books) > 1 else {}
    by_register: dict[str, list[Item]] = {}
    for register, item in items:
        by_register.setdefault(register, []).append(item)
    return Chapter(
        section=section,
        heading=say(language, f"digest.chapter.{section}", count=len(items)),
        groups=[Group(named.get(register, ""), held) for register, held in by_register.items()],
    )


def _silent(one: Silent, language: Language) -> str:
    who = one.who or say(language, "reports.nobody")
    between = say(language, "digest.between")
    return say(
        language,
        "digest.silent",
        who=one_line(who),
        why=say(language, f"digest.reason.{one.reason}", department=one_line(one.department)),
        count=one.count,
        records=one_line(between.join(dict.fromkeys(one.records)), 120),
    )


def _notes(known: Known, language: Language) -> list[str]:
    """What the mail does not list, a line each."""
    text = texts("digest", language)
    keys = {"deadline": "deadline", "step": "next_step", "check": "check"}
    labels = {name: STANDARD.label(key, language) for name, key in keys.items()}
    notes = []
    if known.waiting:
        notes.append(text("note.waiting", count=known.waiting))
    if any(known.counts.values()):
        parts = [
            text(f"part.{name}", count=known.counts[name])
            for name in SECTIONS
            if known.counts.get(name)
        ]
        late = text("note.up-to", days=known.most_days_late) if known.most_days_late else ""
        notes.append(text("note.known", summary=text("between").join(parts), late=late, **labels))
    if known.old and known.since:
        notes.append(text("note.old", count=known.old, day=known.since))
    return notes
