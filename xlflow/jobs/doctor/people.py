"""The register's own lists: departments, and people with their mail addresses."""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.jobs.doctor.lines import Line, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.languages import say
from xlflow.mail import AddressesRefused, mailboxes
from xlflow.record.register import Person

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
        more = ", …" if len(without) > _NAMES_SHOWN else ""
        names = ", ".join(without[:_NAMES_SHOWN]) + more
        told = text("lists.without-mail", sheet=sheet, count=len(without), names=names)
        yield Line("register.lists", "bad", told)
    refused = _refused(register.people)
    if refused:
        yield Line("register.lists", "bad", refused)
    if register.departments and register.people and not without and not refused:
        departments, people = len(register.departments), len(register.people)
        told = text("lists.good", sheet=sheet, departments=departments, people=people)
        yield Line("register.lists", "good", told)


def _refused(people: tuple[Person, ...]) -> AddressesRefused | None:
    try:
        mailboxes(person.mail for person in people if person.mail)
    except AddressesRefused as err:
        return err
    return None
