"""A company's own rules and waivers in the settings file: every fault at once, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from xlflow.checks import rules
from xlflow.checks.finding import ABSENT
from xlflow.errors import SettingsError
from xlflow.languages import LANGUAGES, Language
from xlflow.settings import Settings, load_settings, settings_text
from xlflow.settings.own_rules import filled, placeholders, standard_rules
from xlflow.settings.places import place_in

Write = Callable[[str], Path]


@pytest.fixture
def settings_file(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "xlflow.toml"
        path.write_text(f'[register]\npath = "a.xlsx"\n{text}', encoding="utf-8")
        return path

    return write


def told(path: Path, language: Language = "en") -> list[str]:
    """The faults, without the file's name."""
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    return [line.removeprefix(f"{path}:") for line in caught.value.message(language).splitlines()][
        1:
    ]


def rule(**given: str) -> str:
    held = {"id": '"own"', "demand": "'filled(goal)'", "message": '"Mend it."'} | given
    return "[[rules]]\n" + "\n".join(f"{name} = {text}" for name, text in held.items()) + "\n"


def test_rules_and_waivers_are_read(settings_file: Write) -> None:
    settings = load_settings(
        settings_file(
            rule(since='"設計中"', severity='"warning"', message='{en = "Mend.", zh-Hant = "改。"}')
            + '[[waivers]]\nnumber = "2024-015"\nrules = "own"\nreason = "R."\nuntil = 2024-06-30\n'
            + '[[waivers]]\ntitle = "T"\nrules = ["own", "vague-wording"]\nreason = "R."\n'
            + 'until = 2024-07-01\n[severities]\nown = "info"\n'
        )
    )
    (own,), (first, second) = settings.rules, settings.waivers
    assert (own.since, own.severity, own.sheet) == ("designing", "warning", "register")
    assert own.message == {"en": "Mend.", "zh-Hant": "改。", "zh-Hans": "改。"}
    assert (first.rules, first.until.isoformat()) == (("own",), "2024-06-30")
    assert (second.title, second.number) == ("T", None)


def test_every_fault_is_told_at_once_with_line_and_column(settings_file: Write) -> None:
    path = settings_file(
        "[severities]\n"
        'title-to-long = "off"\n'
        + rule(
            id='"title-too-long"',
            demand="\"estimat > 3 and priority == 'hoch' or goal > 3\"",
            message='"x {foo} {{a}}"',
        )
        + rule(
            when="'''\n  priority = 高\n  and live_on > '2024-01-02' '''",
            demand='"submitted_on\\t+ expected_on == 3 and (a"',
            since='"x"',
            message='{fr = "s"}',
        )
        + rule(demand='"today() > 2024-02-30"', field='"check"', message="3")
        + '[[waivers]]\nnumber = "2024-001"\nrules = ["vague"]\nreason = ""\nuntil = 3\n'
    )
    places = [line.split(": ")[:2] for line in told(path)]
    assert places == [
        ["4", "severities.title-to-long"],
        ["6", "rules.0.id"],
        ["7:11", "rules.0.demand"],
        ["7:39", "rules.0.demand"],
        ["7:54", "rules.0.demand"],
        ["8:15", "rules.0.message"],
        ["11:48", "rules.1.demand"],
        ["12", "rules.1.message.fr"],
        ["14:12", "rules.1.when"],
        ["14:14", "rules.1.when"],
        ["15:17", "rules.1.when"],
        ["16", "rules.1.since"],
        ["18", "rules.2.id"],
        ["19:21", "rules.2.demand"],
        ["20", "rules.2.message"],
        ["21:10", "rules.2.field"],
        ["24", "waivers.0.rules"],
        ["25", "waivers.0.reason"],
        ["26", "waivers.0.until"],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_are_told_in_the_language_of_the_person(
    settings_file: Write, language: Language
) -> None:
    (line,) = told(settings_file(rule(demand="\"priority == 'hoch'\"")), language)
    place, setting, text = line.split(": ", 2)
    assert (place, setting) == ("5:23", "rules.0.demand")
    assert {"en": "High, Medium, Low", "zh-Hans": "高、中、低", "zh-Hant": "高、中、低"}[
        language
    ] in text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[severities]\ntitle-to-long = "off"\n', "Did you mean: title-too-long"),
        ('[severities]\ngoal = "off"\n', "`xlflow rules` lists all"),
        (rule(id='"vague-wording"'), "give yours another name"),
        (rule() + rule(), "second time"),
        (rule(id='"Own Rule"'), "form that is needed"),
        (rule(demand='"1 < 2"'), "demands nothing of any field"),
        (rule(field='"gaol"'), "Did you mean: goal"),
        (rule(title='"{gaol}"'), "Did you mean: goal"),
        (rule(message='"{goal.x}"'), "no field"),
        (rule(message="{}"), "one for each language"),
        (rule(wenn='"x"'), "Did you mean: when"),
        (rule(sheet='"lists"'), "not offered"),
    ],
)
def test_a_fault_says_what_to_write(settings_file: Write, text: str, fault: str) -> None:
    assert any(fault in line for line in told(settings_file(text)))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('rules = ["own"]\nreason = "R."\nuntil = 2024-06-30', "by number, or by title"),
        (
            'number = "1"\ntitle = "T"\nrules = ["own"]\nreason = "R."\nuntil = 2024-06-30',
            "by number, or by title",
        ),
        ('number = "1"\nrules = []\nreason = "R."\nuntil = 2024-06-30', "rules"),
        ('number = "1"\nrules = ["ovn"]\nreason = "R."\nuntil = 2024-06-30', "Did you mean: own"),
        ('number = "1"\nrules = ["own"]\nreason = "R."', "until: is missing"),
        (
            'number = "1"\nregister = "it"\nrules = ["own"]\nreason = "R."\nuntil = 2024-06-30',
            "Use one of: main",
        ),
        ('number = "1"\nrules = ["own"]\nuntil = 2024-06-30', "reason: is missing"),
    ],
)
def test_a_waiver_names_record_rules_reason_and_end(
    settings_file: Write, text: str, fault: str
) -> None:
    (line,) = told(settings_file(f"{rule()}[[waivers]]\n{text}\n"))
    assert fault in line


def test_a_field_at_fault_is_told_once(settings_file: Write) -> None:
    field = '[[fields]]\nkey = "plant"\nlabel = "Plant"\nkind = "text"\nlimit = 0\n'
    rules = rule(demand="\"plant != '' and Plant contains 'x'\"", message='"{plant}"')
    (line,) = told(settings_file(field + rules))
    assert "fields.0.limit" in line


def test_rules_see_the_companys_own_fields(settings_file: Write) -> None:
    field = '[[fields]]\nkey = "plant"\nlabel = "Plant"\nkind = "choice"\nchoices = ["A", "B"]\n'
    assert load_settings(settings_file(field + rule(demand="\"plant == 'A'\"")))
    (line,) = told(settings_file(field + rule(demand="\"plant == 'C'\"")))
    assert "A, B" in line


def test_the_rules_that_settings_know_are_those_that_there_are() -> None:
    assert standard_rules() == {ABSENT, *(one.id for one in rules())}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["rules", "waivers"])
def test_the_examples_in_a_new_settings_file_are_good_settings(
    tmp_path: Path, language: Language, table: str
) -> None:
    path = tmp_path / "xlflow.toml"
    lines = settings_text(language, {"register": {"path": "a.xlsx"}}).splitlines()
    begin = lines.index(f"# [[{table}]]")
    end = lines.index("", begin)
    example = "\n".join(line.removeprefix("# ") for line in lines[begin:end])
    path.write_text(f'[register]\npath = "a.xlsx"\n{example}\n', encoding="utf-8")
    settings: Settings = load_settings(path)
    assert len(getattr(settings, table)) == 1
    assert rules(settings)


@pytest.mark.parametrize(
    ("source", "text", "at", "place"),
    [
        ('a = "xy"', "xy", 1, (1, 7)),
        ("# 'xy'\na = 'xy'", "xy", 0, (2, 6)),
        ('a = "x\\u00e9\\ty"', "xé\ty", 3, (1, 15)),
        ('a = """\nx\ny"""', "x\ny", 2, (3, 1)),
        ('a = """x\\\n   y"""', "xy", 1, (2, 4)),
        ("a = '''x\ny'''", "x\ny", 3, (2, 2)),
        ("a = ['b', 'xy']", "xy", 0, (1, 12)),
        ("a = 'xy'", "z", 0, (1, 0)),
    ],
)
def test_a_character_of_a_text_is_found_in_the_file(
    source: str, text: str, at: int, place: tuple[int, int]
) -> None:
    assert place_in(source, 1, text, at) == place


def test_placeholders_are_filled_once() -> None:
    assert placeholders("{a} {{b}} {c}") == ("a", "c")
    assert filled("{a} {{b}} {c}", {"a": "{c}", "c": 1}) == "{c} {b} 1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'vague = ["Smooth"]\naccepted = ["ＳＭＯＯＴＨ"]',
            '"smooth" stands in vague and in accepted',
        ),
        ('vague = "smooth"', "is no list"),
        ('vague = ["a"]', "too short"),
        ('phrases = ["a"]', "Did you mean"),
    ],
)
def test_words_that_cannot_be_are_told(settings_file: Write, text: str, fault: str) -> None:
    (line,) = told(settings_file(f"[words]\n{text}\n"))
    assert fault in line


def test_only_fields_that_people_type_freeze(settings_file: Write) -> None:
    own = '[[fields]]\nkey = "cost"\nlabel = "Cost"\nkind = "number"\nmodule = "assessment"\n'
    scope = '[scope]\nfrozen = ["goal", "cost", "gaol", "next_step"]\n'
    assert sorted(told(settings_file(own + scope)), reverse=True) == [
        f"9: scope.frozen: {found} is no field that people type, by its key. "
        f"Did you mean: {near}? `xlflow fields` lists them."
        for found, near in (("'next_step'", "goal, golive_due"), ("'gaol'", "goal"))
    ]
    assert load_settings(settings_file(own + '[scope]\nfrozen = ["cost"]\n')).scope.frozen == (
        "cost",
    )
