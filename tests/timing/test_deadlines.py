from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from registers import clean, register

from xlflow.record.example import worked_example, worked_progress
from xlflow.record.memory import Memory, Spell
from xlflow.record.register import CellError
from xlflow.settings import Settings, default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.clocks import CLOCKS
from xlflow.timing.deadlines import Deadline, deadlines, uncertain_years

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = WorkingCalendar.of("CN")
Row = dict[str, Any]


def on(text: str) -> datetime:
    """A moment in Shanghai; noon where no time is given."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T12:00").replace(tzinfo=SHANGHAI)


def at(text: str) -> datetime:
    """A time as it stands in a cell."""
    return datetime.fromisoformat(f"2024-{text}")


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def of(
    row: Row,
    now: str,
    *,
    settings: Settings | None = None,
    memory: Memory | None = None,
    **lines: list[Row],
) -> dict[str, Deadline]:
    """The deadlines of one record by id; March 2024, `now` as "03-04" or "03-04T09:30"."""
    found = deadlines(
        register([row], **lines),
        settings or default_settings(),
        CHINA,
        on(f"2024-{now}"),
        memory or Memory(),
    )
    return {deadline.id: deadline for deadline in found}


def stands(deadline: Deadline) -> tuple[date, str, int]:
    return (deadline.due_on, deadline.state, deadline.days_late)


# --- confirm and assess ---


@pytest.mark.parametrize(
    ("now", "state", "days_late"),
    [
        ("03-01", "due soon", 0),  # submitted on a Friday
        ("03-02", "due soon", 0),
        ("03-04", "due soon", 0),
        ("03-05", "overdue", 1),
        ("03-08", "overdue", 4),
        ("03-09", "overdue", 4),  # a Saturday adds nothing
        ("03-11", "overdue", 5),
    ],
)
def test_a_record_is_confirmed_by_the_next_working_day(
    now: str, state: str, days_late: int
) -> None:
    row = clean("submitted", submitted_on=day("03-01"), confirmed_on=None)
    assert stands(of(row, now)["confirm"]) == (day("03-04"), state, days_late)


def test_what_is_late_on_a_weekend_is_one_day_late() -> None:
    row = clean("submitted", submitted_on=day("03-07"), confirmed_on=None)
    assert stands(of(row, "03-09")["confirm"]) == (day("03-08"), "overdue", 1)


def test_a_make_up_sunday_counts() -> None:
    row = clean("submitted", submitted_on=day("02-02"), confirmed_on=None)
    assert of(row, "02-02")["confirm"].due == day("02-04")


def test_a_late_confirmation_is_met_and_late() -> None:
    row = clean("submitted", submitted_on=day("03-01"), confirmed_on=day("03-06"))
    assert stands(of(row, "03-20")["confirm"]) == (day("03-04"), "met", 2)


def test_a_confirmation_in_time_is_not_late() -> None:
    row = clean("submitted", submitted_on=day("03-01"), confirmed_on=day("03-02"))
    assert stands(of(row, "03-20")["confirm"]) == (day("03-04"), "met", 0)


def test_urgent_records_are_confirmed_and_assessed_on_the_same_day() -> None:
    row = clean(
        "submitted",
        type="urgent",
        submitted_on=day("03-01"),
        confirmed_on=day("03-02"),  # a Saturday
        assessed_on=None,
    )
    found = of(row, "03-05")
    assert stands(found["confirm"]) == (day("03-01"), "met", 1)
    assert stands(found["assess"]) == (day("03-04"), "overdue", 1)


def test_a_company_may_give_urgent_records_days_too() -> None:
    row = clean("submitted", type="urgent", submitted_on=day("03-01"), confirmed_on=None)
    given = {"register": {"path": "r.xlsx"}, "deadlines": {"urgent_confirm": 2, "confirm": 5}}
    found = of(row, "03-05", settings=Settings.model_validate(given))
    assert stands(found["confirm"]) == (day("03-05"), "due soon", 0)


def test_an_assessment_needs_its_verdict() -> None:
    row = clean("assessing", confirmed_on=day("03-01"), assessed_on=day("03-04"), feasible=None)
    assert stands(of(row, "03-07")["assess"]) == (day("03-05"), "overdue", 2)


def test_nobody_is_chased_for_the_first_steps_after_go_live() -> None:
    row = clean("live", confirmed_on=None, assessed_on=None)
    assert not {"confirm", "assess"} & of(row, "03-20").keys()


# --- the schedule ---


def test_each_date_of_the_schedule_is_met_when_the_status_is_past_its_step() -> None:
    steps = ("design", "development", "test", "golive")
    met = {
        status: [of(clean(status, result=None), "03-04")[step].state == "met" for step in steps]
        for status in ("designing", "developing", "testing", "live")
    }
    assert met == {
        "designing": [False, False, False, False],
        "developing": [True, False, False, False],
        "testing": [True, True, False, False],
        "live": [True, True, True, True],
    }


def test_tests_are_finished_once_the_acceptance_passed() -> None:
    found = of(clean("testing", result="pass"), "03-14")
    assert (found["test"].state, found["golive"].state) == ("met", "due soon")


def test_going_live_late_is_remembered() -> None:
    row = clean("live", golive_due=day("03-15"), live_on=day("03-19"))
    assert stands(of(row, "03-20")["golive"]) == (day("03-15"), "met", 2)


def test_a_date_of_the_schedule_on_a_sunday_stays_there() -> None:
    row = clean("developing", development_due=day("03-10"))
    seen = {now: of(row, f"03-{now}")["development"].state for now in ("07", "08", "10", "11")}
    assert seen == {"07": "due soon", "08": "due soon", "10": "due soon", "11": "overdue"}
    assert of(row, "03-11")["development"].days_late == 1


# --- progress, and the look of business ---


def test_a_progress_line_is_due_on_the_next_working_day() -> None:
    lines = [{"number": "2024-015", "date": day(d)} for d in ("03-07", "03-08", "03-06")]
    row = clean("developing")
    seen = {now: of(row, now, progress=lines)["progress"] for now in ("03-08", "03-11", "03-12")}
    assert [stands(found) for found in seen.values()] == [
        (day("03-11"), "on time", 0),  # a daily clock is not "due soon" from its first hour
        (day("03-11"), "due soon", 0),
        (day("03-11"), "overdue", 1),
    ]


def test_without_a_line_or_a_memory_there_is_no_daily_clock() -> None:
    lines = [
        {"number": "2024-016", "date": day("03-07")},
        {"number": "2024-015", "date": "2024-03-07"},
        {"number": None, "date": day("03-07")},
    ]
    assert "progress" not in of(clean("developing"), "03-08", progress=lines)


def test_the_memory_of_entering_development_starts_the_daily_clocks() -> None:
    memory = Memory({"2024-015": (Spell("developing", on("2024-03-05")),)})
    found = of(clean("developing", checked_on=None), "03-08", memory=memory)
    assert stands(found["progress"]) == (day("03-06"), "overdue", 2)
    assert stands(found["business-check"]) == (day("03-07"), "overdue", 1)


def test_a_line_counts_where_development_was_seen_first_and_not_entered() -> None:
    """A ledger that begins late forgives no one: who knows when the record entered development."""
    lines = [{"number": "2024-015", "date": day("03-01")}]
    first = Spell("developing", on("2024-03-07"))
    row = clean("developing", checked_on=None)
    found = of(row, "03-08", progress=lines, memory=Memory({"2024-015": (first,)}))
    assert stands(found["progress"]) == (day("03-04"), "overdue", 4)
    before = Spell("designing", on("2024-03-04"), first.entered_at)
    found = of(row, "03-08", progress=lines, memory=Memory({"2024-015": (before, first)}))
    assert stands(found["progress"]) == (day("03-08"), "due soon", 0)


def test_business_looks_every_second_working_day() -> None:
    row = clean("testing", checked_on=day("03-07"))
    seen = [of(row, f"03-{now}")["business-check"] for now in ("08", "11", "12")]
    assert [stands(found) for found in seen] == [
        (day("03-11"), "on time", 0),
        (day("03-11"), "due soon", 0),
        (day("03-11"), "overdue", 1),
    ]


@pytest.mark.parametrize("status", ["submitted", "assessing", "designing", "live", "closed"])
def test_only_development_and_test_have_daily_clocks(status: str) -> None:
    lines = [{"number": "2024-015", "date": day("03-07")}]
    assert not {"progress", "business-check"} & of(clean(status), "03-08", progress=lines).keys()


# --- answers: 24 real hours ---


def _question(**changes: Any) -> list[Row]:
    asked = {"number": "2024-015", "raised_at": at("03-01T15:30"), "needs_answer": "Yes"}
    return [asked | {"state": "In progress"} | changes]


@pytest.mark.parametrize(
    ("now", "state", "days_late"),
    [
        ("03-01T16:00", "due soon", 0),
        ("03-02T15:30", "due soon", 0),
        ("03-02T15:31", "overdue", 1),  # real hours: a Saturday is no excuse
        ("03-05T09:00", "overdue", 2),
    ],
)
def test_a_question_is_answered_within_24_hours(now: str, state: str, days_late: int) -> None:
    found = of(clean("developing"), now, issues=_question())["answer"]
    assert found.due == datetime(2024, 3, 2, 15, 30, tzinfo=SHANGHAI)
    assert (found.state, found.days_late) == (state, days_late)
    assert found.cell == "Issues!E4"
    assert found.row == 4


def test_the_hours_count_in_the_zone_of_the_settings() -> None:
    settings = Settings.model_validate(
        {"register": {"path": "r.xlsx"}, "calendar": {"timezone": "Europe/Berlin"}}
    )
    # The night in which clocks go forward has one hour less.
    question = _question(raised_at=at("03-30T15:30"))
    found = of(clean("developing"), "03-31", settings=settings, issues=question)["answer"]
    assert found.due == datetime(2024, 3, 31, 16, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_question_with_a_date_only_has_until_the_end_of_the_next_day() -> None:
    for raised in (day("03-04"), at("03-04T00:00")):
        seen = [
            of(clean("developing"), now, issues=_question(raised_at=raised))["answer"]
            for now in ("03-05T23:59", "03-06T00:01")
        ]
        assert [stands(found) for found in seen] == [
            (day("03-05"), "due soon", 0),
            (day("03-05"), "overdue", 1),
        ]


def test_half_a_day_after_a_date_ends_at_noon() -> None:
    settings = Settings.model_validate(
        {"register": {"path": "r.xlsx"}, "deadlines": {"answer": 12}}
    )
    question = _question(raised_at=day("03-04"))
    found = of(clean("developing"), "03-05", settings=settings, issues=question)["answer"]
    assert found.due == datetime(2024, 3, 5, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("answered", "days_late"),
    [
        (at("03-02T15:30"), 0),
        (at("03-02T15:31"), 1),
        (day("03-02"), 0),
        (day("03-05"), 2),
    ],
)
def test_an_answer_meets_the_deadline(answered: date, days_late: int) -> None:
    found = of(clean("developing"), "03-08", issues=_question(answered_at=answered))["answer"]
    assert (found.state, found.days_late) == ("met", days_late)


def test_an_answer_stays_on_record_when_its_issue_is_solved() -> None:
    solved = _question(answered_at=at("03-05T09:00"), state="Solved")
    found = of(clean("developing"), "03-08", issues=solved)["answer"]
    assert (found.state, found.days_late) == ("met", 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"needs_answer": "No"},
        {"needs_answer": None},
        {"state": "Solved"},
        {"number": "2024-999"},
        {"raised_at": "yesterday"},
        {"answered_at": "yes, by phone"},
    ],
)
def test_other_issues_ask_for_no_answer(changes: Row) -> None:
    assert "answer" not in of(clean("developing"), "03-08", issues=_question(**changes))


# --- acceptance, go-live, closure ---


def test_what_failed_is_put_right_by_the_agreed_date() -> None:
    row = clean("testing", result="fail", rectify_by=day("03-14"))
    assert stands(of(row, "03-18")["rectify"]) == (day("03-14"), "overdue", 2)
    row = clean("testing", result="pass", rectify_by=day("03-14"))
    assert of(row, "03-18")["rectify"].state == "met"


def test_monitoring_is_written_down_when_its_day_is_over() -> None:
    row = clean("live", live_on=day("03-15"), monitoring=None)
    seen = [of(row, now)["monitor"] for now in ("03-15", "03-16T23:00", "03-17")]
    assert [stands(found) for found in seen] == [
        (day("03-16"), "due soon", 0),
        (day("03-16"), "due soon", 0),
        (day("03-16"), "overdue", 1),
    ]
    assert of(row | {"monitoring": "no findings"}, "03-17")["monitor"].state == "met"


def test_monitoring_from_an_hour_on_ends_at_that_hour() -> None:
    row = clean("live", live_on=at("03-15T22:00"), monitoring=None)
    seen = [of(row, now)["monitor"].state for now in ("03-16T22:00", "03-16T22:01")]
    assert seen == ["due soon", "overdue"]


def test_closure_opens_after_three_working_days_and_is_late_after_five() -> None:
    row = clean("live", live_on=day("03-15"), closed_on=None)
    seen = {now: of(row, f"03-{now}")["close"] for now in ("19", "20", "22", "25")}
    assert {now: found.state for now, found in seen.items()} == {
        "19": "on time",
        "20": "due soon",
        "22": "due soon",
        "25": "overdue",
    }
    assert (seen["19"].opens_on, seen["19"].due) == (day("03-20"), day("03-22"))
    assert seen["25"].days_late == 1


def test_a_closed_record_has_met_deadlines_only() -> None:
    found = of(clean("closed", closed_on=day("03-25"), confirmed_on=None), "04-30")
    assert {deadline.state for deadline in found.values()} == {"met"}
    assert found["close"].days_late == 1
    assert "confirm" not in found


# --- the expected day ---


def test_the_expected_day_is_met_by_going_live() -> None:
    row = clean("testing", expected_on=day("03-15"))
    assert stands(of(row, "03-18")["expected"]) == (day("03-15"), "overdue", 1)
    row = clean("live", expected_on=day("03-15"), live_on=day("03-18"))
    assert stands(of(row, "03-20")["expected"]) == (day("03-15"), "met", 1)


def test_a_promise_later_than_expected_is_a_risk_at_once() -> None:
    row = clean("designing", expected_on=day("03-29"), golive_due=day("04-03"))
    found = of(row, "03-04")["expected"]
    assert (found.state, found.days_at_risk) == ("on time", 3)
    row = clean("designing", expected_on=day("03-29"), golive_due=day("03-30"))
    assert of(row, "03-04")["expected"].days_at_risk == 1
    row = clean("designing", expected_on=day("03-29"), golive_due=day("03-29"))
    assert of(row, "03-04")["expected"].days_at_risk == 0


# --- blocked and cancelled ---


def test_a_blocked_record_stands_still() -> None:
    lines = [{"number": "2024-015", "date": day("03-05"), "mark": "In progress"}]
    found = of(clean("blocked", confirmed_on=None, blocked_reason="x"), "04-30", progress=lines)
    del found["monitor"], found["test"]  # met
    assert {deadline.state for deadline in found.values()} == {"paused"}
    assert {deadline.days_late for deadline in found.values()} == {0}
    assert "unblock" not in found


def test_the_newest_lines_marked_blocked_tell_since_when() -> None:
    marks = {"03-04": "Blocked", "03-05": "In progress", "03-07": "Blocked", "03-08": "Blocked"}
    lines = [{"number": "2024-015", "date": day(d), "mark": m} for d, m in marks.items()]
    row = clean("blocked", submitted_on=day("03-01"), confirmed_on=None)
    found = of(row, "03-14", progress=lines)
    assert found["unblock"].started_on == day("03-07")
    assert stands(found["unblock"]) == (day("03-12"), "overdue", 2)
    assert stands(found["confirm"]) == (day("03-04"), "paused", 3)  # late already when blocked


def test_a_line_that_goes_on_after_the_block_leaves_its_start_unknown() -> None:
    marks = {"03-04": "Blocked", "03-05": "In progress"}
    lines = [{"number": "2024-015", "date": day(d), "mark": m} for d, m in marks.items()]
    assert "unblock" not in of(clean("blocked"), "03-14", progress=lines)


def test_the_memory_knows_since_when_it_is_blocked() -> None:
    blocked = Spell("blocked", on("2024-03-07"))
    developing = Spell("developing", on("2024-03-05"), blocked.entered_at)
    entered = Memory({"2024-015": (developing, blocked)})
    for memory in (entered, Memory({"2024-015": (blocked,)})):
        found = of(clean("blocked"), "03-11", memory=memory)
        assert stands(found["unblock"]) == (day("03-12"), "due soon", 0)
    # It came from development: design is done, and its daily clocks stand still.
    found = of(clean("blocked"), "03-11", memory=entered)
    assert (found["design"].state, found["development"].state) == ("met", "paused")
    assert found["progress"].state == "paused"


def _blocked(*spells: tuple[str, str]) -> Memory:
    held = tuple(Spell("blocked", on(f"2024-{a}"), on(f"2024-{b}")) for a, b in spells)
    return Memory({"2024-015": held})


def test_a_spell_moves_what_was_running_by_its_working_days() -> None:
    row = clean("assessing", confirmed_on=day("03-01"), assessed_on=None)
    memory = _blocked(("03-04", "03-11"))  # five working days
    assert stands(of(row, "03-12", memory=memory)["assess"]) == (day("03-12"), "due soon", 0)
    assert of(row, "03-12")["assess"].due == day("03-05")


def test_only_the_part_of_a_spell_after_the_start_counts() -> None:
    row = clean("assessing", confirmed_on=day("03-06"), assessed_on=None)
    memory = _blocked(("02-01", "02-20"), ("03-04", "03-07"))
    assert of(row, "03-12", memory=memory)["assess"].due == day("03-11")


def test_a_spell_after_it_was_met_moves_nothing() -> None:
    row = clean("designing", confirmed_on=day("03-01"), assessed_on=day("03-07"))
    memory = _blocked(("03-08", "03-14"))
    assert stands(of(row, "03-20", memory=memory)["assess"]) == (day("03-05"), "met", 2)


def test_a_signed_schedule_moves_and_wishes_stay() -> None:
    row = clean("developing", development_due=day("03-11"), expected_on=day("03-15"))
    memory = _blocked(("03-07", "03-11"))
    found = of(row, "03-12", memory=memory)
    assert stands(found["development"]) == (day("03-13"), "due soon", 0)
    assert found["expected"].due == day("03-15")
    unsigned = clean("designing", design_due=day("03-11"), technical_signed_on=None)
    assert of(unsigned, "03-12", memory=memory)["design"].due == day("03-11")


def test_hours_move_by_the_hours_of_the_spell() -> None:
    memory = _blocked(("03-01T12:00", "03-01T20:30"), ("03-02T10:00", "03-02T11:00"))
    found = of(clean("developing"), "03-02", issues=_question(), memory=memory)["answer"]
    assert found.due == datetime(2024, 3, 2, 21, 30, tzinfo=SHANGHAI)  # 5 h and 1 h
    dated = _question(raised_at=day("03-01"))
    memory = _blocked(("03-01", "03-04"))
    found = of(clean("developing"), "03-04", issues=dated, memory=memory)["answer"]
    assert found.due == day("03-05")


def test_a_cancelled_record_has_no_deadlines() -> None:
    lines = [{"number": "2024-015", "date": day("03-07")}]
    assert of(clean("cancelled"), "03-08", progress=lines, issues=_question()) == {}


# --- who, where, and what cannot be read ---


def test_the_person_in_charge_is_named_else_the_department() -> None:
    row = clean("submitted", confirmed_on=None)
    assert of(row, "03-04")["confirm"].responsible == row["contact"]
    row["contact"] = " "
    assert of(row, "03-04")["confirm"].responsible == row["requester"]
    row["requester"] = CellError("#N/A")
    assert of(row, "03-04")["confirm"].responsible == row["department"]


def test_a_deadline_tells_the_cell_that_meets_it() -> None:
    found = of(clean("submitted", number=None, confirmed_on=None), "03-04")["confirm"]
    table = register([clean()]).requirements
    assert found.cell == table.cell(4, "confirmed_on")
    assert (found.row, found.number, found.field) == (4, "", "confirmed_on")


@pytest.mark.parametrize("bad", ["2024-03-01", "soon", 45352.0, True, CellError("#REF!")])
def test_a_cell_that_is_no_date_gives_no_deadline(bad: object) -> None:
    keys = [key for key in clean() if key.endswith(("_on", "_due", "_by")) and key != "accepted_by"]
    assert of(clean("developing") | dict.fromkeys(keys, bad), "03-08") == {}


def test_a_confirmation_that_cannot_be_read_is_not_called_late() -> None:
    row = clean("submitted", submitted_on=day("03-01"), confirmed_on="3月5日")
    assert "confirm" not in of(row, "03-20")


@pytest.mark.parametrize("year", [1900, 2099, 9999])
def test_years_far_away_do_not_stop_the_run(year: int) -> None:
    far = date(year, 12, 31)
    row = clean("live", monitoring=None, closed_on=None)
    row |= {key: far for key, value in row.items() if isinstance(value, date)}
    row["live_on"] = datetime.fromisoformat(f"{year}-12-31T23:00")
    question = _question(raised_at=datetime.fromisoformat(f"{year}-12-31T23:00"))
    found = of(row, "03-08", issues=question)
    assert {"golive", "expected", "answer", "monitor", "close"} <= found.keys()


def test_an_empty_register_has_no_deadlines() -> None:
    found = deadlines(
        register(progress=[{"number": "2024-001", "date": day("03-01")}], issues=_question()),
        default_settings(),
        CHINA,
        on("2024-03-08"),
    )
    assert found == []


def test_of_two_records_with_one_number_the_first_gets_the_lines() -> None:
    rows = [clean("developing"), clean("developing")]
    held = register(rows, progress=[{"number": "2024-015", "date": day("03-07")}])
    found = deadlines(held, default_settings(), CHINA, on("2024-03-08"))
    assert [deadline.row for deadline in found if deadline.id == "progress"] == [4]


def test_open_only_leaves_out_what_is_met() -> None:
    held = register([clean("testing"), clean("closed")])
    everything = deadlines(held, default_settings(), CHINA, on("2024-03-08"))
    still_open = deadlines(held, default_settings(), CHINA, on("2024-03-08"), open_only=True)
    assert still_open == [deadline for deadline in everything if deadline.is_open]
    assert 0 < len(still_open) < len(everything)


def test_open_deadlines_in_an_unpublished_year_are_told() -> None:
    rows = [
        clean("designing", golive_due=date(2027, 2, 5), expected_on=date(2027, 3, 1)),
        clean("closed", expected_on=date(2028, 3, 1)),
        clean("designing", expected_on=date(1900, 3, 1)),  # a slip of the pen, not a calendar's gap
    ]
    found = deadlines(register(rows), default_settings(), CHINA, on("2026-11-20"))
    assert uncertain_years(found, CHINA, date(2026, 11, 20)) == (2027,)


def test_the_hour_in_another_zone_is_the_same_moment() -> None:
    row = clean("submitted", submitted_on=day("03-01"), confirmed_on=None)
    held = register([row])
    late_utc = datetime.fromisoformat("2024-03-04T16:30:00+00:00")  # 00:30 of 5 March in Shanghai
    found = deadlines(held, default_settings(), CHINA, late_utc)
    assert found[0].state == "overdue"


def test_every_kind_of_deadline_is_documented() -> None:
    assert len({clock.id for clock in CLOCKS}) == len(CLOCKS) == 14
    assert all(clock.read.__doc__ for clock in CLOCKS)


# --- the worked example and its two weekend traps ---


def test_the_worked_example_was_closed_in_time() -> None:
    held = register([worked_example("zh-Hans")], progress=worked_progress("zh-Hans"))
    found = deadlines(held, default_settings(), CHINA, on("2024-04-01"))
    assert {deadline.id: stands(deadline) for deadline in found} == {
        "confirm": (day("03-04"), "met", 0),
        "assess": (day("03-05"), "met", 0),  # assessed on a Saturday, before it was due
        "design": (day("03-05"), "met", 0),
        "development": (day("03-10"), "met", 0),
        "test": (day("03-12"), "met", 0),
        "golive": (day("03-15"), "met", 0),
        "monitor": (day("03-16"), "met", 0),
        "close": (day("03-22"), "met", 0),
        "expected": (day("03-15"), "met", 0),
    }


def test_the_worked_example_on_the_monday_after_its_sunday() -> None:
    row = worked_example("zh-Hans") | {
        "status": "开发中",
        "result": None,
        "checked_on": day("03-08"),
    }
    row |= {"live_on": None, "monitoring": None, "closed_on": None}
    found = of(row, "03-11", progress=worked_progress("zh-Hans")[:1])
    assert {id_: stands(deadline) for id_, deadline in found.items() if deadline.is_open} == {
        "development": (day("03-10"), "overdue", 1),
        "test": (day("03-12"), "due soon", 0),
        "golive": (day("03-15"), "on time", 0),
        "progress": (day("03-07"), "overdue", 2),
        "business-check": (day("03-12"), "on time", 0),
        "expected": (day("03-15"), "on time", 0),
    }


def test_one_day_is_the_same_from_morning_to_night() -> None:
    row = clean("developing", checked_on=day("03-08"))
    lines = [{"number": "2024-015", "date": day("03-07")}]
    morning = of(row, "03-11T00:01", progress=lines)
    assert morning == of(row, "03-11T23:59", progress=lines)
    assert morning != of(row, "03-12T00:01", progress=lines)
