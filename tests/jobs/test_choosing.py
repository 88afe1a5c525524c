"""Who is told which matters: any days and changes, no topic twice and none lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from registers import register as register_of

from xlflow.jobs.mailing.reminding.choosing import Chosen, Portion, Register, choose, silence
from xlflow.jobs.mailing.reminding.directory import Directory
from xlflow.jobs.mailing.reminding.matters import Charge, Kind, Matter
from xlflow.ledger import Topic
from xlflow.record.register import Person
from xlflow.settings.reminders import ReminderSettings
from xlflow.timing.deadlines import Deadline

TODAY = date(2024, 3, 18)
LEVELS = [
    {"days_late": 0, "to": ["responsible"]},
    {"days_late": 2, "to": ["lead"]},
    {"days_late": 5, "to": ["lead", "Boss <boss@example.com>"]},
]
PEOPLE = (
    Person("Ann *", "IT", "ann@example.com", "Chef *"),
    Person("Bob *", "IT", "bob@example.com", "Chef *"),
    Person("Chef *", "IT", "chef@example.com", ""),
    Person("Mute *", "IT", "", "Chef *"),
    Person("Twin *", "IT", "one@example.com", "Chef *"),
    Person("Twin *", "IT", "two@example.com", "Chef *"),
)
REGISTER = register_of(people=PEOPLE)
NAMES = sorted({person.name for person in PEOPLE})


def matter(
    entry: int, name: str, days_late: int, moves: int = 0, kind: Kind = "overdue", **changes: Any
) -> Matter:
    due = date(2024, 3, 1) + timedelta(days=moves)
    is_late = kind == "overdue"
    source = Deadline(
        id="confirm",
        row=entry,
        number=f"2024-{entry:03}",
        field="confirmed_on",
        cell=f"Register!N{entry}",
        responsible=name,
        started_on=None,
        due=due,
        state="overdue" if is_late else "due soon",
        days_late=days_late if is_late else 0,
    )
    held: dict[str, Any] = {
        "register": "main",
        "entry": entry,
        "about": "deadline:confirm",
        "version": due.isoformat(),
        "kind": kind,
        "charge": Charge(name),
        "source": source,
        "days_late": days_late if is_late else 0,
        "due_on": due,
    }
    return Matter(**{**held, **changes})


def chosen(
    matters: Iterable[Matter],
    told: Iterable[Topic] = (),
    responsible: tuple[str, ...] = (),
    **reminders: Any,
) -> Chosen:
    held = ReminderSettings.model_validate({"levels": LEVELS, "cap": 3, **reminders})
    directory = Directory(REGISTER, held.departments)
    of_register = Register(list(matters), directory, responsible)
    return choose([of_register], held, frozenset(told))


def portions(found: Chosen) -> Mapping[str, Portion]:
    return {one.address.partition("@")[0]: one for one in found.portions}


def test_the_latest_comes_first_and_what_has_no_room_was_not_told():
    late = [matter(entry, "Ann *", entry) for entry in (1, 4, 2, 5, 3)]
    ann = portions(chosen(late))["ann"]
    assert [line.matter.entry for line in ann.lines] == [5, 4, 3]
    assert ann.waiting == 2
    again = portions(chosen(late, ann.topics))["ann"]
    assert [line.matter.entry for line in again.lines] == [2, 1]
    assert len(again.known) == 3


def test_a_lead_hears_of_all_people_and_the_boss_of_the_latest_only():
    found = portions(chosen([matter(1, "Ann *", 2), matter(2, "Bob *", 5), matter(3, "Bob *", 1)]))
    assert [line.matter.entry for line in found["chef"].lines] == [2, 1]
    assert [line.matter.entry for line in found["boss"].lines] == [2]
    assert [line.matter.entry for line in found["bob"].lines] == [2, 3]


def test_what_a_lead_has_to_do_comes_before_what_stays_late_with_others():
    found = portions(chosen([matter(1, "Ann *", 9), matter(2, "Chef *", 0, kind="due soon")]))
    assert [(line.matter.entry, line.role) for line in found["chef"].lines] == [
        (2, "own"),
        (1, "people"),
    ]


def test_who_cannot_be_told_apart_or_has_no_address_is_told_of_by_reason():
    found = chosen([matter(1, "Twin *", 1), matter(2, "Mute *", 2), matter(3, "Ghost *", 1)])
    assert {one.unreachable.name: one.unreachable.reason for one in silence(found.lost)} == {
        "Twin *": "ambiguous",
        "Mute *": "no-mail",
        "Ghost *": "unknown",
    }
    assert {*portions(found)} == {"chef"}  # of the one without an address the lead is known


def test_a_lead_without_a_lead_is_told_of_where_a_level_asks_for_one():
    found = chosen([matter(1, "Chef *", 2)])
    assert [(one.unreachable.reason, one.records) for one in silence(found.lost)] == [
        ("no-lead", (("2024-001", 1),))
    ]


def test_what_was_so_before_reminders_began_is_counted_and_not_told():
    found = portions(chosen([matter(1, "Ann *", 9, is_old=True), matter(2, "Ann *", 1)]))
    assert {*found} == {"ann", "chef", "boss"}
    assert [line.matter.entry for line in found["ann"].lines] == [2]
    assert found["ann"].old == 1
    assert found["chef"].lines == found["boss"].lines == ()


states = st.tuples(
    st.sampled_from([*NAMES, "Ghost *"]),
    st.integers(0, 6),  # days late
    st.integers(0, 2),  # how often the due date was moved
    st.sampled_from(["overdue", "due soon"]),
)
days = st.lists(st.dictionaries(st.integers(1, 8), states, max_size=8), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(days=days, cap=st.integers(1, 4))
def test_no_topic_is_told_twice_and_none_is_lost(days: list[dict[int, Any]], cap: int):
    told: set[Topic] = set()
    responsible = ("li@example.com",)
    for held in [*days, *[days[-1]] * 20]:  # in the end nothing changes any more
        matters = [matter(entry, *state) for entry, state in held.items()]
        found = chosen(matters, told, responsible, cap=cap)
        wanted = topics_of(matters)
        for one in found.portions:
            assert not one.topics & told
            assert len([line for line in one.lines if line.role != "nobody"]) <= cap
            of_one = {topic for topic in wanted if topic.recipient == one.address}
            new = {topic for topic in of_one - told if not topic.level.startswith("nobody")}
            listed = {topic for topic in one.topics if not topic.level.startswith("nobody")}
            assert listed <= new
            left = {(topic.entry, topic.version) for topic in new - listed}
            assert len(left) == one.waiting
            told |= one.topics
    assert topics_of(matters) <= told


def topics_of(matters: Iterable[Matter]) -> set[Topic]:
    """What everybody has to know, told apart in another way than the program does."""
    address = {p.name: p.mail for p in PEOPLE if p.mail and p.name != "Twin *"}
    lead_of = {p.name: p.lead for p in PEOPLE if p.name != "Twin *"}
    wanted = set()
    for it in matters:
        name, late = it.charge.name, it.days_late
        tellings = [("soon", address.get(name))]
        if it.kind == "overdue":
            lead = address.get(lead_of.get(name, ""))
            tellings = [("late-0", address.get(name))]
            tellings += [("late-2", lead)] if late >= 2 else []
            tellings += [("late-5", lead), ("late-5", "boss@example.com")] if late >= 5 else []
        for level, to in tellings:
            if to:
                wanted.add(Topic(to, "main", it.entry, it.about, it.version, level))
        reason = {"Ghost *": "unknown", "Twin *": "ambiguous", "Mute *": "no-mail"}.get(name)
        if name == "Chef *" and it.kind == "overdue" and late >= 2:
            reason = "no-lead"
        if reason:
            level = f"nobody:{reason}:{name}"
            wanted.add(Topic("li@example.com", "main", it.entry, it.about, it.version, level))
    return wanted
