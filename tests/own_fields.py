"""A company that has fields and choices of its own, of every kind, as its settings tell them."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

from xlflow.settings import Settings

SECTIONS = """
[[fields]]
key = "cost_centre"
label = {en = "Cost centre", zh-Hans = "成本中心", zh-Hant = "成本中心代碼"}
required_from = "submitted"
limit = 10
hint = "The cost centre that pays for it, such as 4711."

[[fields]]
key = "plant"
label = {en = "Plant", zh-Hans = "工厂", zh-Hant = "工廠"}
kind = "choice"
choices = {sz = {en = "Suzhou", zh-Hans = "苏州", zh-Hant = "蘇州"}, sh = "Shanghai"}
module = "assessment"
required_from = "designing"

[[fields]]
key = "budget"
label = {en = "Budget", zh-Hans = "预算", zh-Hant = "預算"}
kind = "number"
module = "assessment"

[[fields]]
key = "review_days"
label = {en = "Review days", zh-Hans = "评审工期", zh-Hant = "評審工期"}
kind = "days"
module = "assessment"

[[fields]]
key = "approver"
label = {en = "Approver", zh-Hans = "审批人", zh-Hant = "簽核人"}
kind = "name"
module = "solution"
required_from = "developing"

[[fields]]
key = "audit_on"
label = {en = "Audit on", zh-Hans = "审计日期", zh-Hant = "稽核日期"}
kind = "date"
module = "acceptance"
required_from = "closed"

[[fields]]
key = "external"
label = {en = "External help", zh-Hans = "外部支持", zh-Hant = "外部支援"}
kind = "choice"
choice_set = "confirmation"
module = "assessment"

[choices.type]
report = {en = "Report", zh-Hans = "报表", zh-Hant = "報表"}

[choices.priority]
high = {en = "P1", also = ["top"]}
"""


def settings(language: str = "en", sections: str = SECTIONS) -> Settings:
    """The settings of the company."""
    held = tomllib.loads(sections)
    return Settings.model_validate(
        {"register": {"path": "register.xlsx", "language": language}, **held}
    )


SCHEMA = settings().schema

FILLED: dict[str, Any] = {
    "cost_centre": "4711",
    "plant": "Suzhou",
    "budget": 120,
    "review_days": 2,
    "approver": "J. *",
    "audit_on": date(2024, 3, 20),
    "external": "no",
}
"""The fields of its own in a record without a fault."""
