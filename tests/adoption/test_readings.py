"""Days, logs, durations and words of old trackers, as a careful person would read them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from xlflow.adoption.choice_words import choice_of
from xlflow.adoption.dates import DateOrder, order_of, read_day
from xlflow.adoption.durations import read_days
from xlflow.adoption.log_days import DayOrder
from xlflow.adoption.logs import day_order, split_log
from xlflow.record.choices import CHOICES


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("2024/3/1", date(2024, 3, 1)),
        ("2024.3.1", date(2024, 3, 1)),
        ("2024年3月1日", date(2024, 3, 1)),
        ("2024年3月1号", date(2024, 3, 1)),
        ("2024年03月01日（星期五）", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        (20240301, date(2024, 3, 1)),
        (45352, date(2024, 3, 1)),
        (45352.75, datetime(2024, 3, 1, 18, 0)),  # noqa: DTZ001
        ("2024-03-01 14:30", datetime(2024, 3, 1, 14, 30)),  # noqa: DTZ001
        ("2024/3/1 下午2:30", datetime(2024, 3, 1, 14, 30)),  # noqa: DTZ001
        ("民國113年3月1日", date(2024, 3, 1)),
        ("113/03/01", date(2024, 3, 1)),
        ("1 Mar 2024", date(2024, 3, 1)),
        ("March 1st, 2024", date(2024, 3, 1)),
        ("01-Mar-24", date(2024, 3, 1)),
        ("Fri, 1 March 2024", date(2024, 3, 1)),
        ("25/12/2024", date(2024, 12, 25)),
        ("12/25/2024", date(2024, 12, 25)),
        ("3/4/2024", None),  # April or March
        ("24.3.1", date(2024, 3, 1)),
        ("24.3.11", None),  # 11 March 2024 or 24 March 2011
        ("2024年3月", None),
        ("2024年3月底", None),
        ("待定", None),
        ("2024-02-30", None),
        ("V2.0.1", None),
        (12, None),
        (True, None),
    ],
)
def test_a_day_is_read_only_where_it_is_certain(written: object, day: date | None) -> None:
    assert read_day(written) == day


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["3/4/2024", "25/4/2024"], "dmy"),
        (["3/4/2024", "4/25/2024"], "mdy"),
        (["3/4/2024", "5/6/2024"], None),
        (["25/4/2024", "4/25/2024"], None),
        (["24.3.1", "24.2.28"], "ymd"),
        (["24-03-01", "2024-03-05"], "ymd"),
        (["待定", None, 45352], None),
    ],
)
def test_the_other_dates_of_a_column_decide_the_order(column: list, order: str | None) -> None:
    assert order_of(column) == DateOrder(order)


SINCE, UNTIL = date(2023, 11, 20), date(2024, 9, 2)


def lines(text: str, order: DayOrder | None = "md", **told: object) -> list[tuple]:
    known = {"since": SINCE, "until": UNTIL, "order": order} | told
    return [
        (line.day and line.day.isoformat(), line.by, line.text) for line in split_log(text, **known)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "3-07: coding done\n3-09 tested",
            [("2024-03-07", "", "coding done"), ("2024-03-09", "", "tested")],
        ),
        ("2024/3/7 张三：联调", [("2024-03-07", "张三", "联调")]),
        ("【3月7日】需求评审", [("2024-03-07", "", "需求评审")]),
        ("12-28: 立项\n1-05: 评审", [("2023-12-28", "", "立项"), ("2024-01-05", "", "评审")]),
        ("07.03. spec\n12.03. built", [("2024-03-07", "", "spec"), ("2024-03-12", "", "built")]),
        (
            "Mar 7: kickoff; Mar 12: coding",
            [("2024-03-07", "", "kickoff"), ("2024-03-12", "", "coding")],
        ),
        ("- 3/7: A\nwith B", [("2024-03-07", "", "A\nwith B")]),
        (
            "1、3月5日完成评审\n2、3月8日提测",
            [("2024-03-05", "", "完成评审"), ("2024-03-08", "", "提测")],
        ),
        ("5.13 方案评审通过", [("2024-05-13", "", "方案评审通过")]),
        ("113/03/11 林志豪：訪談完成", [("2024-03-11", "林志豪", "訪談完成")]),
        ("11-Jan-24: analysed", [("2024-01-11", "", "analysed")]),
        ("3-07: 问题：接口超时", [("2024-03-07", "", "问题：接口超时")]),
        # no dates, or none for certain: the text stays whole
        ("开发中", [(None, "", "开发中")]),
        ("3.5版本已发布", [(None, "", "3.5版本已发布")]),
        ("1-2天完成", [(None, "", "1-2天完成")]),
        ("1. 完成设计\n2. 完成开发", [(None, "", "1. 完成设计\n2. 完成开发")]),
        ("3-7至3-10 开发", [(None, "", "3-7至3-10 开发")]),
        ("13-45: x", [(None, "", "13-45: x")]),
        ("10-15: planned", [(None, "", "10-15: planned")]),  # after today
    ],
)
def test_a_log_is_taken_apart_at_its_dates(text: str, found: list) -> None:
    assert lines(text) == found


def test_day_and_month_are_not_guessed() -> None:
    assert lines("3/7: A", order=None) == [(None, "", "3/7: A")]
    assert lines("3/7: A", order="dm") == [("2024-07-03", "", "A")]
    assert day_order(["3/7: A", "3/19: B"], chinese=False) == "md"
    assert day_order(["3/7: A", "19/3: B"], chinese=False) == "dm"
    assert day_order(["3/7: A"], chinese=False) is None
    assert day_order(["3/7: A"], chinese=True) == "md"


def test_a_year_is_not_guessed() -> None:
    assert lines("3-07: A", since=None) == [(None, "", "3-07: A")]
    assert lines("3-07: A", since=None, year=2022) == [("2022-03-07", "", "A")]
    assert lines("3-07: A\n2024-04-01: B", since=None) == [
        *(("2024-03-07", "", "A"), ("2024-04-01", "", "B"))
    ]


def test_a_log_of_more_than_a_year_rises() -> None:
    dated = lines("12-01: A\n6-10: B\n2-01: C", since=date(2022, 11, 1))
    assert [day for day, _, _ in dated] == ["2022-12-01", "2023-06-10", "2024-02-01"]


@pytest.mark.parametrize(
    ("written", "days"),
    [(5, 5), ("5", 5), ("5天", 5), ("3 人天", 3), ("1.5d", 1.5), ("2 weeks", 10), ("2周", 10),
     ("10個工作天", 10), ("3-5天", None), ("一周", None), ("很久", None), (True, None), (-1, None)],
)  # fmt: skip
def test_durations_are_read_as_working_days(written: object, days: float | None) -> None:
    assert read_days(written) == days


@pytest.mark.parametrize(
    ("choices", "word", "code"),
    [
        ("status", "进行中", "developing"),
        ("status", "已完成", "closed"),
        ("status", "3-开发中", "developing"),
        ("status", "On Hold", "blocked"),
        ("status", "Won't do", "cancelled"),
        ("status", "待評估", "submitted"),
        ("status", "已上版", "live"),
        ("priority", "P0", "high"),
        ("priority", "P2（中）", "medium"),
        ("priority", 1, "high"),
        ("priority", "最速件", "high"),
        ("type", "Bug", "fix"),
        ("type", "程式修改", "optimisation"),
        ("feasible", "√", "yes"),
        ("result", "NG", "fail"),
        ("confirmation", True, "yes"),
        ("status", "排队", None),
        ("type", "前端", None),
        ("status", "", None),
    ],
)
def test_words_of_old_trackers_mean_choices(choices: str, word: object, code: str | None) -> None:
    assert choice_of(CHOICES[choices], word) == code
