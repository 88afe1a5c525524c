"""Vague wording is told from measurable goals, in every language."""

from __future__ import annotations

import pytest
from phrases import CLEAR, FUNCTIONS, VAGUE

from xlflow.checks.cells import begins_as_formula
from xlflow.checks.measures import wording
from xlflow.checks.words import is_no_answer, is_nothing, short
from xlflow.languages import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_called_vague_is_vague_and_most_of_it_is_found(language: Language) -> None:
    found = [text for text in VAGUE[language] if is_vague(text)]
    spared = (*CLEAR[language], *FUNCTIONS[language])
    accused = [text for text in spared if is_vague(text)]
    assert len(found) / len(VAGUE[language]) >= 0.85
    assert len(accused) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_measured_is_seen(language: Language) -> None:
    unseen = [text for text in CLEAR[language] if not wording([text]).measured[0]]
    assert len(unseen) <= 1


def test_dates_versions_and_references_are_no_measures() -> None:
    texts = [
        "2024 年上线 V2.0",
        "第 3 步，2024-003，ISO27001",
        "一键导出",
        "Live on 5 March 2024 with iOS 17",
        "Step 2 of phase 3",
        "12:30 的第二期",
        "1. 导出\n2. 筛选",
    ]
    assert wording(texts).measured.tolist() == [False] * len(texts)


def test_a_measure_in_another_sentence_does_not_excuse_a_vague_one() -> None:
    assert is_vague("提升用户体验。客服来电减少 15%。")
    assert not is_vague("提升用户体验，客服来电减少 15%。")


@pytest.mark.parametrize(
    "text", ["TBD", "待定", "xxx", "？", "…", "待补充。", "To be defined", "XX"]
)
def test_a_placeholder_is_no_answer(text: str) -> None:
    assert is_no_answer(*short([text]))


@pytest.mark.parametrize("text", ["无", "無", "None", "N/A", "-", "/", "（无）"])
def test_none_says_that_there_is_nothing(text: str) -> None:
    assert is_nothing(*short([text]))
    assert not is_no_answer(*short([text]))


@pytest.mark.parametrize(
    "text", ["测试环境 1 套", "A cache", "无法连接支付接口", "None of the shops can pay"]
)
def test_an_answer_is_an_answer(text: str) -> None:
    assert not is_no_answer(*short([text]))
    assert not is_nothing(*short([text]))


@pytest.mark.parametrize(
    "text",
    [
        "=A1",
        "=SUM(A1:A3)",
        "= 1+1",
        "+A1",
        "-B2*2",
        "+SUM(A1)",
        "@SUM(A1)",
        "-1+2",
        "+cmd|' /C calc'!A0",
    ],
)
def test_what_excel_would_compute_begins_as_a_formula(text: str) -> None:
    assert begins_as_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "- item",
        "-item",
        "+20%",
        "-15%",
        "@张*",
        "== Goal ==",
        "=>",
        "+ a cache",
        "-5 days",
        "—",
        "1=1",
        "=",
        "-A 组",
    ],
)
def test_lists_and_signed_numbers_are_no_formulas(text: str) -> None:
    assert not begins_as_formula(text)


def is_vague(text: str) -> bool:
    return wording([text]).weak[0] != ""
