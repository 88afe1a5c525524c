"""The people on a register's Lists sheet: who a masked name is, and how to reach him or her.

Masked names may be the same for two people. Nobody is guessed: who is not known for certain is not
written to, and that is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from xlflow.jobs.mailing.reminding.matters import Charge
from xlflow.languages import fold
from xlflow.mail import AddressesRefused, mailboxes
from xlflow.record.register import Person, Register

Reason = Literal[
    "unknown", "ambiguous", "elsewhere", "no-mail", "bad-mail", "no-lead", "department", "unnamed"
]


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody who cannot be written to, and why."""

    name: str  # "" where only a department is known
    department: str  # "" where it makes no difference
    reason: Reason


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody with a mail address."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address as it tells people apart."""
        return self.address.casefold()


Whom = tuple[Reached | Unreachable, ...]


class Directory:
    """The people of one register."""

    def __init__(
        self, register: Register, departments: Literal["lead", "people", "nobody"]
    ) -> None:
        self._how = departments
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._by_department: dict[str, list[Person]] = defaultdict(list)
        for person in register.people:
            self._by_name[fold(person.name)].append(person)
            self._by_department[fold(person.department)].append(person)
        self._departments = {*map(fold, register.departments), *self._by_department} - {""}

    def responsible(self, charge: Charge) -> Whom:
        """Whom to tell what waits for somebody."""
        if not charge.name:
            return self._of_department(charge.department)
        return (_reached(self._person(charge)),)

    def leads(self, charge: Charge) -> Whom:
        """Whom to tell what stays late with somebody; nobody who was told as responsible before."""
        before = {one.key for one in self.responsible(charge) if isinstance(one, Reached)}
        found = (_reached(one) for one in self._leads(charge))
        return _without_doubles(
            one for one in found if isinstance(one, Unreachable) or one.key not in before
        )

    def _leads(self, charge: Charge) -> Sequence[Person | Unreachable]:
        if charge.name:
            person = self._person(charge)
            return [self._lead(person) if isinstance(person, Person) else person]
        leads = self._department_leads(charge.department)
        if self._how != "lead":
            return leads
        return [self._lead(one) if isinstance(one, Person) else one for one in leads]

    def _person(self, charge: Charge) -> Person | Unreachable:
        named = self._by_name.get(fold(charge.name), [])
        there = fold(charge.department)
        if not named:
            return Unreachable(charge.name, "", "unknown")
        if there in self._departments:  # one that is mistyped tells nothing
            held = [one for one in named if fold(one.department) in (there, "")]
            exact = [one for one in held if one.department]
            named = exact or held
            if not named:
                return Unreachable(charge.name, charge.department, "elsewhere")
        return _only(named) or Unreachable(charge.name, "", "ambiguous")

    def _lead(self, person: Person) -> Person | Unreachable:
        if not person.lead:
            return Unreachable(person.name, person.department, "no-lead")
        named = self._by_name.get(fold(person.lead), [])
        if not named:
            return Unreachable(person.lead, "", "unknown")
        near = [one for one in named if fold(one.department) == fold(person.department)]
        return _only(near or named) or Unreachable(person.lead, "", "ambiguous")

    def _of_department(self, department: str) -> Whom:
        people = self._by_department.get(fold(department), [])
        if self._how == "lead" or not department:
            return _without_doubles(_reached(one) for one in self._department_leads(department))
        if self._how == "nobody" or not people:
            return (Unreachable("", department, "department"),)
        return _without_doubles(_reached(person) for person in people)

    def _department_leads(self, department: str) -> Sequence[Person | Unreachable]:
        """Whom the people of a department name as their lead; of these, those who belong to it."""
        if not department:
            return [Unreachable("", "", "unnamed")]
        people = self._by_department.get(fold(department), [])
        leads = [self._lead(person) for person in people if person.lead]
        own = [one for one in leads if isinstance(one, Person) and one in people]
        return own or leads or [Unreachable("", department, "department")]


def _only(people: Collection[Person]) -> Person | None:
    """The person, if all of these are one: the same name with the same address."""
    first, *others = people
    is_one = all(other.mail and other.mail.casefold() == first.mail.casefold() for other in others)
    return first if is_one else None


def _reached(person: Person | Unreachable) -> Reached | Unreachable:
    if isinstance(person, Unreachable):
        return person
    if not person.mail:
        return Unreachable(person.name, person.department, "no-mail")
    try:
        (box,) = mailboxes([person.mail])
    except AddressesRefused:
        return Unreachable(person.name, person.department, "bad-mail")
    return Reached(person.name, box.address)


def _without_doubles(found: Iterable[Reached | Unreachable]) -> Whom:
    return tuple(dict.fromkeys(found))
