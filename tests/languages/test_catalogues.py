from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from xlflow.languages import LANGUAGES, catalogue, closest_language, fold, from_locale, say

FILES = sorted(
    place.name.removesuffix(".toml")
    for place in resources.files("xlflow.languages").joinpath("en").iterdir()
)
SPELLINGS = ("choice_alias", "header_alias")  # these may differ: people write them


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, inner in node.items():
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from texts(inner, f"{path}.{number}")
    else:
        yield path, str(node)


def named(language: str, file: str) -> dict[str, str]:
    held = catalogue(language, file)
    return dict(texts({key: node for key, node in held.items() if key not in SPELLINGS}))


def placeholders(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_file(language):
    folder = resources.files("xlflow.languages").joinpath(language)
    assert sorted(place.name for place in folder.iterdir()) == [f"{name}.toml" for name in FILES]


# Lists of words differ in length from language to language.
@pytest.mark.parametrize("file", [name for name in FILES if name != "words"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language, file):
    english = named("en", file)
    here = named(language, file)
    assert here.keys() == english.keys()
    assert {name: placeholders(text) for name, text in here.items()} == {
        name: placeholders(text) for name, text in english.items()
    }


@pytest.mark.parametrize("file", [name for name in FILES if name != "words"])
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_chinese_texts_use_full_width_punctuation(language, file):
    half_width = re.compile(r"[一-鿿」】][,;:!?](?!//)|\([^()]*[一-鿿][^()]*\)")
    faulty = {name: text for name, text in named(language, file).items() if half_width.search(text)}
    assert faulty == {}


@pytest.mark.parametrize("file", [name for name in FILES if name != "words"])
def test_traditional_texts_hold_no_simplified_characters(file):
    simplified = set("个们这进时间审请问题与应发现业务态类选项图书资负责数据询认签实开测试关闭")
    assert not simplified & set("".join(named("zh-Hant", file).values()))


def test_plural_follows_the_number():
    assert say("en", "settings.faults", path="x", count=1).startswith("x has 1 fault.")
    assert say("en", "settings.faults", path="x", count=2).startswith("x has 2 faults.")


def test_a_missing_text_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        say("en", "record.register.nothing")


def test_values_are_never_taken_for_placeholders():
    text = say("en", "settings.unreadable", path="{count}", reason="{0.__class__}")
    assert "{0.__class__}" in text


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh_CN.UTF-8", "zh-Hans"),
        ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("de_DE.UTF-8", "en"),
        ("C", "en"),
    ],
)
def test_the_locale_chooses_the_language(tag, language):
    assert closest_language(tag) == language


def test_the_own_variable_wins_over_the_locale():
    assert from_locale({"LANG": "en_US.UTF-8", "XLFLOW_LANG": "zh-Hant"}) == "zh-Hant"
    assert from_locale({}) == "en"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("復盤記錄", "复盘记录"),
        ("覆盤", "复盘"),
        ("優先順序", "优先级"),
        ("最佳化", "优化"),
        ("整合", "集成"),
        ("ＵＡＴ　Report", "uat report"),
        ("需求\u200b編號 ", "需求编号"),
    ],
)
def test_spellings_of_one_word_fold_alike(one, other):
    assert fold(one) == fold(other)
