"""The register's own lists: departments, and people with their mail addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from xlflow.jobs.doctor.lines import Line, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.languages import fold, say
from xlflow.mail import AddressesRefused, mailboxes
from xlflow.record.register import Person, Register

_NAMES_SHOWN = 5


def lists(surroundings: Surroundings) -> Iterator[Line]:
    """Departments and people stand on the Lists sheet, the people with their mail addresses."""
    register = surroundings.register.needed()
    sheet = say(register.language, "record.sheet.lists")
    if not register.departments:
        yield Line("register.lists", "bad", text("lists.no-departments", sheet=sheet))
    if not register.people:
        yield Line("register.lists", "bad", text("lists.no-people", sheet=sheet))
    without = [person.name for person in register.people if not person.mail]
    if without:
        names = _listed(without)
        told = text("lists.without-mail", sheet=sheet, count=len(without), names=names)
        yield Line("register.lists", "bad", told)
    doubtful = {"same-name": _same_names(register.people), "no-such-lead": _lost_leads(register)}
    for fault, held in doubtful.items():
        if held:
            told = text(f"lists.{fault}", sheet=sheet, count=len(held), names=_listed(held))
            yield Line("register.lists", "bad", told)
    refused = _refused(register.people)
    if refused:
        yield Line("register.lists", "bad", refused)
    is_whole = register.departments and register.people and not any(doubtful.values())
    if is_whole and not without and not refused:
        departments, people = len(register.departments), len(register.people)
        told = text("lists.good", sheet=sheet, departments=departments, people=people)
        yield Line("register.lists", "good", told)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")


def _same_names(people: Iterable[Person]) -> list[str]:
    """The names that several people of one department share: no mail can tell them apart."""
    mails: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: dict[tuple[str, str], str] = {}
    for person in people:
        key = fold(person.name), fold(person.department)
        names.setdefault(key, person.name)
        mails[key].add(person.mail.casefold())
    return [names[key] for key, held in mails.items() if len(held) > 1]


def _lost_leads(register: Register) -> list[str]:
    """The leads who are none of the people: what stays late cannot be told to them."""
    known = {fold(person.name) for person in register.people}
    leads = dict.fromkeys(person.lead for person in register.people if person.lead)
    return [lead for lead in leads if fold(lead) not in known]


def _refused(people: tuple[Person, ...]) -> AddressesRefused | None:
    try:
        mailboxes(person.mail for person in people if person.mail)
    except AddressesRefused as err:
        return err
    return None
