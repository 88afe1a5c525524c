"""Four weeks under a clock of our own: each slot is run once, or caught up once, as promised."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from clients.postgresql_server import PostgresqlServer
from databases import new_database
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduler import minutes
from scheduler.offices import Diary, StillClock, company_in, office_of, rounds

from xlflow.ledger import Ledger
from xlflow.scheduler.tasks import Job
from xlflow.scheduler.works import Doing, Done, Work

FOUR_WEEKS = timedelta(days=28)
THREE_DAYS = timedelta(days=3)
SCHEDULE = """
validate_minutes = 30
validate_from = "00:30"
validate_until = "22:00"
digest_at = "02:30"
weekly_on = "monday"
weekly_at = "08:00"
archive_on_day = 1
archive_at = "19:00"
prune_at = "02:45"
"""


def rules(worked) -> dict[str, minutes.Rule]:
    """The same timetables, as the plain look at each minute knows them."""
    return {
        "validate/main": minutes.often(30, time(0, 30), time(22), worked),
        "digest": minutes.daily(time(2, 30), worked),
        "weekly": minutes.weekly(0, time(8), worked),
        "archive/main": minutes.monthly(1, time(19)),
        "prune/main": minutes.daily(time(2, 45)),
    }


STRETCHES = {
    "Berlin, spring": ("none", "Europe/Berlin", datetime(2026, 3, 16, 5, 7, tzinfo=UTC)),
    "Berlin, autumn": ("none", "Europe/Berlin", datetime(2026, 10, 12, 5, 7, tzinfo=UTC)),
    "China, year's end": ("CN", "Asia/Shanghai", datetime(2025, 12, 15, 5, 7, tzinfo=UTC)),
    "China, make-up days": ("CN", "Asia/Shanghai", datetime(2026, 2, 2, 5, 7, tzinfo=UTC)),
    "China, National Day": ("CN", "Asia/Shanghai", datetime(2026, 9, 18, 5, 7, tzinfo=UTC)),
}


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[str]:
    """A database that need not wait for a disk."""
    with new_database("sqlite", tmp_path, _no_server) as url:
        yield url


def _no_server() -> PostgresqlServer:
    raise AssertionError("not asked for")


def worked_in(country: str):
    return minutes.worked_in_china if country == "CN" else minutes.worked_on_weekdays


def expected(slots: Sequence[datetime], looks: Iterable[datetime]) -> list[datetime]:
    """When a job is to be done: at the first look after a slot, however many it missed."""
    done, before = [], None
    for look in looks:
        if before is not None:
            missed = [slot for slot in slots if before < slot <= look]
            if missed and missed[-1] >= look - THREE_DAYS:
                done.append(look)
        before = look
    return done


def looks_with_downtimes(begin: datetime, chance: random.Random) -> Iterator[datetime]:
    """Twice an hour or so, but now and then the machine is off, for up to five days."""
    at = begin
    while at <= begin + FOUR_WEEKS:
        yield at
        at += timedelta(minutes=chance.randint(5, 55), seconds=chance.randint(0, 59))
        if chance.random() < 0.03:
            at += timedelta(minutes=chance.choice((7, 45, 600, 2000, 7200)) * chance.random())


def lives_through(looks: Sequence[datetime], stretch: str, url: str, folder: Path) -> Diary:
    country, zone, _ = STRETCHES[stretch]
    company = company_in(folder, country=country, zone=zone, schedule=SCHEDULE)
    clock, diary = StillClock(looks[0]), Diary()
    office = office_of(company, clock, diary.works)
    with Ledger.open(url) as ledger:
        for clock.moment in looks:
            assert all(ended.ending.state == "done" for ended in rounds(office, ledger))
    return diary


def expect_each_slot_once(diary: Diary, looks: Sequence[datetime], stretch: str) -> None:
    country, zone, begin = STRETCHES[stretch]
    for subject, rule in rules(worked_in(country)).items():
        held = list(minutes.slots(rule, ZoneInfo(zone), begin, looks[-1]))
        done = [at for each, at in diary.done if each == subject]
        assert done == expected(held, looks), subject


@pytest.mark.parametrize("stretch", STRETCHES)
def test_each_slot_of_four_weeks_is_run_once_or_caught_up_once(stretch, tmp_path, in_memory):
    _, _, begin = STRETCHES[stretch]
    looks = list(looks_with_downtimes(begin, random.Random(stretch)))
    diary = lives_through(looks, stretch, in_memory, tmp_path)
    assert {subject for subject, _ in diary.done} >= {"validate/main", "digest", "weekly"}
    expect_each_slot_once(diary, looks, stretch)


def test_the_same_on_each_database(url, tmp_path):
    stretch = "Berlin, autumn"
    begin = STRETCHES[stretch][2]
    looks = [begin + timedelta(hours=7 * n, minutes=n % 13) for n in range(96)]
    expect_each_slot_once(lives_through(looks, stretch, url, tmp_path), looks, stretch)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(STRETCHES)),
    st.lists(st.integers(1, 6000), min_size=2, max_size=25),
)
def test_whenever_the_machine_is_on(stretch, gaps):
    looks = [STRETCHES[stretch][2]]
    for gap in gaps:
        at = looks[-1] + timedelta(minutes=gap)
        if at > looks[0] + FOUR_WEEKS:
            break
        looks.append(at)
    with TemporaryDirectory() as folder, new_database("sqlite", Path(folder), _no_server) as url:
        diary = lives_through(looks, stretch, url, Path(folder))
        expect_each_slot_once(diary, looks, stretch)


class PowerCutError(BaseException):
    """Nothing catches it: what was claimed stays so, as after a kill."""


class Cut(Diary):
    """Works in the midst of which the power goes, after they are done or before."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.begun: list[tuple[str, datetime, bool]] = []  # and whether it was cut

    @property
    def works(self) -> Mapping[Job, Doing]:
        return {job: self._cut(work) for job, work in super().works.items()}

    def _cut(self, do: Doing) -> Doing:
        def work(work: Work) -> Done:
            if work.task.job == "send":
                return do(work)
            is_cut = self._chance.random() < 0.2
            self.begun.append((work.task.subject, work.clock.now(), is_cut))
            done = do(work)
            if is_cut:
                raise PowerCutError
            return done

        return work


@pytest.mark.parametrize("seed", range(2))
def test_what_is_cut_off_is_done_again_and_nothing_is_left_out(seed, tmp_path, in_memory):
    stretch, chance = "Berlin, spring", random.Random(seed)
    country, zone, begin = STRETCHES[stretch]
    looks = list(looks_with_downtimes(begin, chance))
    company = company_in(tmp_path, country=country, zone=zone, schedule=SCHEDULE)
    clock, cut = StillClock(begin), Cut(chance)
    office = office_of(company, clock, cut.works)
    with Ledger.open(in_memory) as ledger:
        for clock.moment in looks:
            with suppress(PowerCutError):
                rounds(office, ledger)
    assert sum(is_cut for _, _, is_cut in cut.begun) > 20
    cuts = iter(cut.begun)
    held = {
        subject: list(minutes.slots(rule, ZoneInfo(zone), begin, looks[-1]))
        for subject, rule in rules(worked_in(country)).items()
    }
    reached = dict.fromkeys(held, looks[0])
    tried: dict[tuple[str, datetime], int] = {}  # how often a slot was cut off
    not_before: dict[tuple[str, datetime], datetime] = {}
    to_notice: tuple[str, datetime] | None = None
    for look in looks[1:]:
        if to_notice is not None:  # at once after the first time, then after 1, 2, ... minutes
            again = tried[to_notice] - 2
            not_before[to_notice] = look + timedelta(minutes=2**again if again >= 0 else 0)
            to_notice = None
        for subject, slots in held.items():
            due = [slot for slot in slots if reached[subject] < slot <= look]
            if not due or due[-1] < look - THREE_DAYS:
                continue
            slot = (subject, due[-1])
            if look < not_before.get(slot, look):
                continue
            *begun, is_cut = next(cuts)
            assert begun == [subject, look]
            if is_cut:
                tried[slot] = tried.get(slot, 0) + 1
                to_notice = slot
                break  # the others wait for the next look, too
            reached[subject] = due[-1]
    assert list(cuts) == []


def test_a_slot_in_the_doubled_hour_is_run_in_the_first_of_the_two(tmp_path, in_memory):
    begin = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    looks = [begin + timedelta(minutes=n) for n in range(0, 8 * 60, 5)]
    schedule = 'prune_at = "02:30"\nvalidate_minutes = 0'
    company = company_in(tmp_path, country="none", zone="Europe/Berlin", schedule=schedule)
    clock, diary = StillClock(begin), Diary()
    with Ledger.open(in_memory) as ledger:
        for clock.moment in looks:
            rounds(office_of(company, clock, diary.works), ledger)
    assert diary.done == [("prune/main", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))]


def test_a_slot_in_the_hour_that_is_left_out_is_run_right_after_it(tmp_path, in_memory):
    begin = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    looks = [begin + timedelta(minutes=n) for n in range(0, 6 * 60, 5)]
    schedule = 'prune_at = "02:30"\nvalidate_minutes = 0'
    company = company_in(tmp_path, country="none", zone="Europe/Berlin", schedule=schedule)
    clock, diary = StillClock(begin), Diary()
    with Ledger.open(in_memory) as ledger:
        for clock.moment in looks:
            rounds(office_of(company, clock, diary.works), ledger)
    assert diary.done == [("prune/main", datetime(2026, 3, 29, 1, 0, tzinfo=UTC))]


def test_a_year_without_notice_does_not_stop_the_schedule(tmp_path, in_memory):
    """2027's days off are not published: its statutory holidays count meanwhile."""
    company = company_in(tmp_path, schedule='digest_at = "08:30"')
    clock, diary = StillClock(datetime(2026, 12, 30, 12, 0, tzinfo=UTC)), Diary()
    office = office_of(company, clock, diary.works)
    with Ledger.open(in_memory) as ledger:
        for _ in range(7 * 24):
            rounds(office, ledger)
            clock.pause(3600)
    zone = ZoneInfo("Asia/Shanghai")
    days = [at.astimezone(zone).date() for subject, at in diary.done if subject == "digest"]
    assert days == [date(2026, 12, 31), date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)]
