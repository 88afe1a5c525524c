"""Who a masked name is, by the Lists sheet of its register."""

from __future__ import annotations

import pytest
from registers import register

from xlflow.jobs.mailing.reminding.directory import Directory, Reached, Unreachable
from xlflow.jobs.mailing.reminding.matters import Charge
from xlflow.record.register import Person

PEOPLE = (
    Person("*经理", "Marketing", "m@example.com", "王*"),
    Person("*经理", "Finance", "f@example.com", "王*"),
    Person("王*", "Marketing", "wang@example.com"),
    Person("王*", "Finance", "wang.f@example.com"),
    Person("李*", "IT", "li@example.com", "赵*"),
    Person("李*", "Support", "LI@example.com", "赵*"),
    Person("赵*", "IT", "zhao@", "王*"),
    Person("孙*", "IT", "", "钱*"),
)


def directory(departments: str = "lead") -> Directory:
    known = ("Marketing", "Finance", "IT", "Legal")
    return Directory(register(people=PEOPLE, departments=known), departments)  # type: ignore[arg-type]


def reached(name: str, department: str = "") -> str:
    (one,) = directory().responsible(Charge(name, department))
    return one.address if isinstance(one, Reached) else one.reason


@pytest.mark.parametrize(
    ("name", "department", "found"),
    [
        ("*经理", "Marketing", "m@example.com"),
        ("*經理", "Finance", "f@example.com"),  # the other script, the same name
        ("*经理", "", "ambiguous"),
        ("*经理", "Market", "ambiguous"),  # a department that is mistyped tells nothing
        ("*经理", "Legal", "elsewhere"),
        ("李*", "", "li@example.com"),  # listed twice, one person
        ("李*", "Market", "li@example.com"),
        ("孙*", "", "no-mail"),
        ("赵*", "", "bad-mail"),
        ("周*", "IT", "unknown"),
        ("", "", "unnamed"),
    ],
)
def test_a_name_is_who_it_must_be_or_nobody(name: str, department: str, found: str):
    assert reached(name, department) == found


def test_a_lead_is_looked_for_in_the_department_of_the_person_first():
    (one,) = directory().leads(Charge("*经理", "Finance"))
    assert one == Reached("王*", "wang.f@example.com")
    (two,) = directory().leads(Charge("赵*"))
    assert two == Unreachable("王*", "", "ambiguous")
    (three,) = directory().leads(Charge("孙*"))
    assert three == Unreachable("钱*", "", "unknown")


def test_a_department_is_told_through_its_lead_or_all_its_people():
    marketing = Charge("", "Marketing")
    lead = (Reached("王*", "wang@example.com"),)
    assert directory().responsible(marketing) == lead
    assert directory("people").responsible(marketing) == (
        Reached("*经理", "m@example.com"),
        *lead,
    )
    assert directory("nobody").responsible(marketing) == (
        Unreachable("", "Marketing", "department"),
    )
    assert directory("nobody").leads(marketing) == lead
    # 王*, who was told as responsible, has no lead; as one of the people he is not told again
    assert directory().leads(marketing) == (Unreachable("王*", "Marketing", "no-lead"),)
    assert directory("people").leads(marketing) == ()
    assert directory().responsible(Charge("", "Legal")) == (Unreachable("", "Legal", "department"),)


def test_nobody_is_told_as_the_lead_of_himself():
    held = register(people=(Person("王*", "IT", "wang@example.com", "王*"),))
    assert Directory(held, "lead").leads(Charge("王*")) == ()
