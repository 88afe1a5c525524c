from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from registers import clean, register

from xlflow.languages import LANGUAGES, Language
from xlflow.record.choices import CHOICES, STATUSES
from xlflow.record.memory import Memory, Spell
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.clocks import CLOCKS
from xlflow.timing.deadlines import deadlines
from xlflow.timing.flags import name
from xlflow.timing.next_steps import Faults, Guidance, next_steps

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = WorkingCalendar.of("CN")
Row = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def guide(
    row: Row,
    now: str,
    *,
    language: Language = "zh-Hans",
    faults: Faults | None = None,
    memory: Memory | None = None,
    **lines: list[Row],
) -> Guidance:
    """The guidance for one record; `now` as "03-04" or "03-04T09:30"."""
    held = register([row], language=language, **lines)
    settings = default_settings()
    moment = datetime.fromisoformat(f"2024-{now}").replace(tzinfo=SHANGHAI)
    found = deadlines(held, settings, CHINA, moment, memory or Memory())
    return next_steps(held, settings, found, moment, {4: faults} if faults else {})[4]


def zh(status: str, **changes: Any) -> Row:
    """A clean row in Chinese, with the people of its steps told apart, and far expectations."""
    people = {
        "requester": "*经理",
        "contact": "*工",
        "owner": "李*",
        "design_owner": "设*",
        "development_owner": "开*",
        "test_owner": "测*",
        "golive_owner": "运*",
        "expected_on": day("12-31"),
    }
    return clean(status, "zh-Hans", **(people | changes))


NEW = {"submitted_on": day("03-01"), "confirmed_on": None, "golive_due": None}


# --- the flag and the due date ---


@pytest.mark.parametrize(
    ("now", "flag"),
    [
        ("03-01", "2024-03-04 到期"),  # Friday: Monday is the next working day, not tomorrow
        ("03-03", "明天到期"),
        ("03-04", "今天到期"),
        ("03-05", "逾期 1 个工作日"),
        ("03-07", "逾期 3 个工作日"),
    ],
)
def test_the_flag_tells_how_the_deadline_stands(now: str, flag: str) -> None:
    found = guide(zh("submitted", **NEW), now)
    assert (found.deadline, found.due_on) == (flag, day("03-04"))


def test_far_deadlines_are_on_time() -> None:
    row = zh("designing", design_due=day("03-15"), development_due=None, test_due=None)
    found = guide(row | {"golive_due": None}, "03-05")
    assert (found.deadline, found.due_on) == ("按期", day("03-15"))


def test_the_flag_shows_the_oldest_overdue_deadline() -> None:
    row = zh("developing", development_due=day("03-11"), checked_on=day("03-06"))
    found = guide(row | {"expected_on": day("03-15")}, "03-18")
    assert (found.deadline, found.due_on) == ("逾期 6 个工作日", day("03-08"))


def test_a_late_promise_shows_as_long_as_nothing_is_due() -> None:
    row = zh("designing", design_due=day("03-20"), development_due=None, test_due=None)
    row["expected_on"] = day("04-10")
    found = guide(row | {"golive_due": day("04-12")}, "03-05")
    assert (found.deadline, found.due_on) == ("承诺上线比期望晚 2 个工作日", day("03-20"))


def test_closed_and_cancelled_records_ask_for_nothing() -> None:
    for status in ("closed", "cancelled"):
        assert guide(zh(status), "04-30") == Guidance("", "", None)


# --- the next step ---


def test_the_technical_contact_confirms() -> None:
    found = guide(zh("submitted", **NEW), "03-01")
    assert found.next_step == "*工：在 2024-03-04 前填写【初步确认日期】"


def test_a_late_step_says_since_when() -> None:
    found = guide(zh("submitted", **NEW), "03-06")
    assert found.next_step == "*工：请立即填写【初步确认日期】（2024-03-04 已到期）"


def test_without_a_contact_the_requester_names_one() -> None:
    found = guide(zh("submitted", **NEW, contact=None), "03-01")
    assert found.next_step == "*经理：在 2024-03-04 前填写【技术接口人】"


def test_a_confirmed_record_goes_on() -> None:
    found = guide(zh("submitted"), "03-04")
    assert found.next_step == "*工：把【当前状态】改为“评估中”"


def test_the_assessment_lists_what_is_missing() -> None:
    row = zh("assessing", confirmed_on=day("03-01"), assessed_on=None, feasible=None)
    found = guide(row | {"risk": None, "complexity": None}, "03-04")
    assert found.next_step == (
        "李*：在 2024-03-05 前填写【评估日期】、【技术可行性】、【复杂度评估】等，另有 1 项"
    )


def test_what_is_not_feasible_needs_its_reason_and_an_alternative() -> None:
    row = zh("assessing", feasible="no", infeasible_reason=None, alternative=None)
    assert guide(row, "03-04").next_step == "李*：填写【不可行原因】、【替代方案】"


def test_a_fix_needs_its_root_cause_before_development() -> None:
    row = zh("designing", type="fix", root_cause=None, verification="1. ...")
    found = guide(row | {"design_due": day("03-06")}, "03-04")
    assert found.next_step == "李*：在 2024-03-06 前填写【问题根因】"


def test_development_writes_its_lines_and_then_goes_on() -> None:
    row = zh("developing", development_due=day("03-13"), checked_on=day("03-11"))
    line = {"number": "2024-015", "text": "x"}
    assert guide(row, "03-11").next_step == "开*：写一行进度（“进度更新”表）"
    fresh = guide(row, "03-11", progress=[line | {"date": day("03-11")}])
    assert fresh.next_step == "开*：在 2024-03-13 前把【当前状态】改为“测试中”"
    stale = guide(row, "03-12", progress=[line | {"date": day("03-11")}])
    assert stale.next_step == "开*：在 2024-03-12 前写一行进度（“进度更新”表）"


def test_business_is_asked_to_look() -> None:
    row = zh("developing", development_due=day("03-29"), checked_on=day("03-07"))
    lines = [{"number": "2024-015", "date": day("03-12")}]
    found = guide(row, "03-12", progress=lines)
    assert found.next_step == (
        "*经理：请立即查看进度，并在【业务查看日期】填写当天日期（2024-03-11 已到期）"
    )


def test_a_question_names_the_line_and_the_hour() -> None:
    issue = {"number": "2024-015", "needs_answer": "是", "state": "处理中"}
    issue["raised_at"] = datetime.fromisoformat("2024-03-04T15:30")
    row = zh("designing", design_due=day("03-29"))
    before = guide(row, "03-05T15:30", issues=[issue])
    assert before.next_step == (
        "*经理：在 2024-03-05 15:30 前回答问题，并填写【答复时间】（问题记录!E4）"
    )
    after = guide(row, "03-05T15:31", issues=[issue])
    assert after.next_step.endswith("（2024-03-05 15:30 已到期）")
    assert after.deadline == "逾期 1 个工作日"


def test_acceptance_lists_what_going_live_needs() -> None:
    row = zh("testing", test_due=day("03-12"), result=None, rollback=None, live_on=None)
    found = guide(row | {"checked_on": None}, "03-11")
    assert found.next_step == "测*：在 2024-03-12 前填写【验收结果】、【回滚方案】、【上线日期】"


def test_what_failed_is_put_right() -> None:
    row = zh("testing", result="fail", rectify_by=day("03-14"), live_on=None, checked_on=None)
    found = guide(row | {"test_due": day("03-29")}, "03-13")
    assert found.next_step == "开*：在 2024-03-14 前完成整改，并把【验收结果】改为“通过”"


def test_after_go_live_comes_monitoring_then_closure() -> None:
    blank = {"closed_on": None, "business_closed": None, "technical_closed": None}
    row = zh("live", live_on=day("03-15"), monitoring=None, **blank)
    assert guide(row, "03-15").next_step == "运*：在 2024-03-16 前填写【上线监控结果】"
    row["monitoring"] = "无异常"
    closing = "填写【闭环日期】、【业务闭环确认】、【技术闭环确认】"
    assert guide(row, "03-18").next_step == f"*经理：自 2024-03-20 起{closing}"
    assert guide(row, "03-20").next_step == f"*经理：在 2024-03-22 前{closing}"
    assert guide(row, "03-20").deadline == "可闭环，2024-03-22 到期"
    assert guide(row, "03-25").deadline == "逾期 1 个工作日"


def test_a_blocked_record_is_to_be_unblocked() -> None:
    row = zh("blocked", blocked_reason="等待第三方", confirmed_on=None)
    step = "解除阻塞，并把【当前状态】改回原来的步骤"
    unknown = guide(row, "03-11")
    assert unknown == Guidance("阻塞，暂停计时", f"李*：{step}", None)
    start = datetime(2024, 3, 7, 9, tzinfo=SHANGHAI)
    memory = Memory({"2024-015": (Spell("blocked", start),)})
    known = guide(row, "03-11", memory=memory)
    assert known == Guidance("明天到期", f"李*：在 2024-03-12 前{step}", day("03-12"))


def test_errors_come_before_everything_else() -> None:
    faults = Faults(5, ("title", "department", "goal", "benefit"))
    found = guide(zh("submitted", **NEW), "03-01", faults=faults)
    assert found.next_step == (
        "*工：在 2024-03-04 前改正 5 处错误：【需求名称】、【提出部门】、【目标描述】等，另有 1 项"
    )
    unnamed = guide(zh("closed"), "03-01", faults=Faults(2, ()))
    assert unnamed.next_step == "*经理：改正 2 处错误（见检查结果）"


def test_a_record_without_a_status_is_asked_for_it() -> None:
    row = zh("submitted") | {"status": None}
    assert guide(row, "03-04").next_step == "*经理：填写【当前状态】"


def test_without_any_name_the_department_is_asked() -> None:
    row = zh("submitted", **NEW, contact=None, requester=None, department="市场部")
    assert guide(row, "03-01").next_step == "市场部：在 2024-03-04 前填写【技术接口人】"
    row["department"] = None
    assert guide(row, "03-01").next_step == "负责人：在 2024-03-04 前填写【技术接口人】"


# --- languages ---


def test_english_tells_the_same() -> None:
    row = clean("submitted", **NEW, contact="* Smith")
    assert guide(row, "03-01", language="en").next_step == (
        "* Smith: fill in 【Confirmed on】 by 2024-03-04"
    )
    assert guide(row, "03-05", language="en").deadline == "1 working day late"
    assert guide(row, "03-06", language="en").deadline == "2 working days late"
    faults = Faults(1, ("goal",))
    assert guide(row, "03-06", language="en", faults=faults).next_step == (
        "* Smith: correct 1 error in 【Goal】 now; it was due 2024-03-04"
    )


def test_traditional_chinese_tells_the_same() -> None:
    row = clean("submitted", "zh-Hant", **NEW, contact="*工")
    found = guide(row, "03-06", language="zh-Hant")
    assert found.deadline == "逾期 2 個工作天"
    assert found.next_step == "*工：請立即填寫【初步確認日期】（2024-03-04 已到期）"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("now", ["03-01", "03-12", "03-18", "04-18"])
def test_every_status_has_its_guidance_in_every_language(
    language: Language, status: str, now: str
) -> None:
    row = clean(status, language)
    found = guide(row, now, language=language)
    assert bool(found.next_step) == (status not in ("closed", "cancelled"))
    assert "{" not in found.next_step + found.deadline
    if status not in ("closed", "cancelled"):
        assert found.deadline


def test_every_deadline_has_a_name_in_every_language() -> None:
    for language in LANGUAGES:
        assert len({name(clock.id, language) for clock in CLOCKS}) == len(CLOCKS)


# --- stability ---


@pytest.mark.parametrize("status", STATUSES)
def test_a_second_run_on_the_same_day_changes_nothing(status: str) -> None:
    row = zh(status, monitoring=None, checked_on=day("03-08"))
    lines = [
        {"number": "2024-015", "date": day("03-08"), "mark": CHOICES["mark"].label("blocked", "en")}
    ]
    runs = {guide(row, f"03-12T{hour}:00", progress=lines) for hour in ("00", "09", "23")}
    assert len(runs) == 1
