"""What the messages suggest: the date that was meant, the masked name, the value on the list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from cases import book, clean

from xlflow.checks import Finding, check
from xlflow.checks.dates import read_date
from xlflow.checks.lists import masked
from xlflow.settings import default_settings

NOW = datetime.fromisoformat("2026-03-18T10:00:00+08:00")


def found_in(*rows: dict[str, Any]) -> list[Finding]:
    return check(book(*rows), default_settings(), NOW)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024.3.1", "2024-03-01"),
        ("2024年3月1日", "2024-03-01"),
        ("2024/3/1 14:30", "2024-03-01"),
        ("20240301", "2024-03-01"),
        ("25/12/2024", "2024-12-25"),
        ("12/25/2024", "2024-12-25"),
        ("5 March 2024", "2024-03-05"),
        ("Mar 5, 2024", "2024-03-05"),
        ("3/4/2024", "NaT"),
        ("2024-02-30", "NaT"),
        ("3月1日", "NaT"),
        ("soon", "NaT"),
    ],
)
def test_a_date_typed_as_text_is_read_only_where_it_has_one_meaning(text: str, meant: str) -> None:
    assert str(read_date(text)) == meant


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("张三", "张*"),
        ("欧阳娜娜", "欧*"),
        ("John Smith", "J. *"),
        ("张三、李四", "张*、李*"),
        ("王*、李四", "王*、李*"),
    ],
)
def test_a_bare_name_is_masked_in_the_suggestion(name: str, mask: str) -> None:
    assert masked(name) == mask


@pytest.mark.parametrize("name", ["*经理", "王*", "J. *", "＊經理", "李某", "王*、李*"])
def test_a_masked_name_is_not_blamed(name: str) -> None:
    assert found_in(clean(requester=name)) == []


def test_a_near_choice_and_a_near_department_are_suggested() -> None:
    findings = found_in(clean(department="Market", priority="Hihg"))
    assert [found.message("en") for found in findings] == [
        '"Market" is not on the list of departments; did you mean "Marketing"? Pick the full name.',
        '"Hihg" is not on the list; did you mean "High"? Pick it from the list.',
    ]


def test_day_and_month_exchanged_are_suspected_where_that_mends_the_order() -> None:
    (found,) = found_in(clean("assessing", confirmed_on=date(2024, 1, 3)))
    assert (found.field, found.rule) == ("confirmed_on", "day-month-swapped")
    assert "2024-03-01" in found.message("en")
    (found,) = found_in(clean("assessing", confirmed_on=date(2024, 2, 20)))
    assert found.rule == "recorded-out-of-order"


@pytest.mark.parametrize(
    ("older", "newer", "rules"),
    [
        ("Order status sync", "order-status  SYNC", ["duplicate-title"]),
        ("用户订单状态实时同步", "用户订单状态同步", ["similar-title"]),
        ("用戶訂單狀態實時同步", "用户订单状态实时同步", ["duplicate-title"]),
        ("批量导入用户订单数据", "批量导出用户订单数据", []),
        ("Sales report for region 12", "Sales report for region 13", []),
        ("订单导入", "订单导出", []),
    ],
)
def test_titles_are_compared_by_what_they_mean(older: str, newer: str, rules: list[str]) -> None:
    findings = found_in(clean(title=older), clean(number=None, title=newer))
    assert [(found.row, found.rule) for found in findings] == [(5, rule) for rule in rules]


def test_a_cancelled_requirement_may_be_raised_again() -> None:
    assert found_in(clean("cancelled", blocked_reason="No budget"), clean(number="2024-016")) == []


def test_the_same_title_of_another_department_is_no_duplicate() -> None:
    assert found_in(clean(), clean(number="2024-016", department="Finance")) == []


def test_a_title_that_ends_as_another_department_begins_is_no_duplicate() -> None:
    older, newer = {"title": "Coupon export", "department": "1"}, {"title": "Coupon export1"}
    assert "duplicate-title" not in {
        found.rule for found in found_in(clean(**older), clean(**newer, department=None))
    }


def test_a_long_chinese_title_has_the_chinese_limit_whatever_the_register_speaks() -> None:
    (found,) = found_in(clean(title="对接 WebSocket 推送服务并显示状态"))
    assert found.message("zh-Hans").startswith("有 22 个字，最多 20 个")
    assert found_in(clean(title="Report for 市场部 on sales trends by region")) == []
