"""A company's own words decide what is vague and what is measured, beside those of xlflow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from cases import book, clean

from xlflow.checks import check
from xlflow.checks.measures import own_words, vague_phrases, wording
from xlflow.checks.own_words import OwnWords
from xlflow.settings import Settings, WordsSettings


def words(**given: Any) -> OwnWords:
    return own_words(WordsSettings.model_validate(given))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("world-class", "A World-Class checkout"),
        ("best  practice", "Follow ｂｅｓｔ  practice here"),
        ("形成闭环", "與倉庫形成閉環"),
        ("一流", "做到一流。"),
        ("KPI达标", "让 kpi達標"),
    ],
)
def test_an_own_phrase_is_vague_however_it_is_spelled(phrase: str, text: str) -> None:
    own = words(vague=[phrase])
    assert wording([text]).weak == ("",)
    (weak,) = wording([text], own).weak
    assert weak != ""
    assert vague_phrases([text], own) == (weak,)


@pytest.mark.parametrize(
    "text",
    [
        "Best in class, 3 steps fewer",  # a measure in the same sentence
        "The classic order form",  # only a part of a word
        "an upclass of it",
    ],
)
def test_an_own_phrase_stands_by_itself_and_without_a_measure(text: str) -> None:
    own = words(vague=["class"])
    assert wording([text], own).weak == ("",)
    assert wording(["A class of its own"], own).weak == ("class",)


@pytest.mark.parametrize(
    "text",
    ["提升用户体验", "The page works as expected", "Improve the user experience", "尽快上线"],
)
def test_a_phrase_is_accepted_as_the_finding_quotes_it(text: str) -> None:
    (quoted,) = wording([text]).weak
    assert quoted != ""
    own = words(accepted=[quoted])
    assert wording([text], own).weak == ("",)
    assert vague_phrases([text], own) == ("",)
    assert wording([f"{text}，更好。", f"{text}, better"], own).weak in (("更好", "better"),)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("托", "每车少装 3 托"),
        ("SKU", "清理 40 sku"),
        ("棧板", "三栈板"),
        ("sku box", "Pack 12 sku  box"),
    ],
)
def test_an_own_unit_makes_a_measure(unit: str, text: str) -> None:
    assert wording([text]).measured.tolist() == [False]
    assert wording([text], words(units=[unit])).measured.tolist() == [True]


def test_own_units_leave_dates_and_versions_no_measures() -> None:
    assert wording(["第 3 步，V2.0"], words(units=["托"])).measured.tolist() == [False]


def test_the_settings_decide_for_the_check(now: datetime) -> None:
    rows = (
        clean(goal="一流"),
        clean(title="B", goal="Improve the experience", description="Improve the experience"),
        clean(title="C", goal="少装 3 托"),
    )

    def told(**given: Any) -> list[tuple[int, str, str]]:
        settings = Settings.model_validate({"register": {"path": "a.xlsx"}, "words": given})
        findings = check(book(*rows), settings, now)
        rules = ("vague-wording", "nothing-measurable")
        return [(one.row, one.field, one.rule) for one in findings if one.rule in rules]

    assert told() == [
        (4, "goal", "nothing-measurable"),
        (5, "goal", "vague-wording"),
        (5, "description", "vague-wording"),
        (6, "goal", "nothing-measurable"),
    ]
    assert told(vague=["一流"], accepted=["improve the experience"], units=["托"]) == [
        (4, "goal", "vague-wording"),
        (5, "goal", "nothing-measurable"),
    ]
