"""Several registers in one settings file: what each gets, and all that may be wrong among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlflow.errors import SettingsError
from xlflow.languages import LANGUAGES
from xlflow.settings import load_company, load_settings
from xlflow.settings.company import RegisterNotChosen, RegisterUnknown

THREE = """
[calendar]
country = "none"

[[registers]]
id = "it"
path = "it.xlsx"
prefix = "IT"

[[registers]]
id = "hr"
path = "hr.xlsx"
language = "zh-Hans"
sequence = "company"
responsible = ["李娜 <li.na@example.com>"]

[[registers]]
id = "ops"
path = "smb://server/share/ops.xlsx"
sequence = "company"
"""


@pytest.fixture
def settings_file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "xlflow.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def faults(path: Path, language="en") -> list[str]:
    """What is told below the heading, without the path."""
    with pytest.raises(SettingsError) as caught:
        load_company(path)
    _, *lines = caught.value.message(language).splitlines()
    return [line.removeprefix(f"{path}:") for line in lines]


def test_each_register_has_its_own_settings_and_shares_all_others(settings_file):
    company = load_company(settings_file(THREE))
    it, hr, ops = company.registers
    assert company.ids == ("it", "hr", "ops")
    assert {one.calendar.country for one in company.registers} == {"none"}
    assert Path(it.register_location).name == "it.xlsx"
    assert hr.workbook.language == "zh-Hans"
    assert hr.workbook.responsible == ("李娜 <li.na@example.com>",)
    assert ops.register_location == "smb://server/share/ops.xlsx"
    assert [one.workbook.numbers.example for one in company.registers] == [
        "IT-2024-015",
        "2024-015",
        "2024-015",
    ]
    assert [one.workbook.scope for one in company.registers] == ["it", "company", "company"]


def test_one_register_is_a_company_as_well(settings_file):
    path = settings_file('[register]\npath = "a.xlsx"\nprefix = "IT"\n')
    company = load_company(path)
    assert company.ids == ("main",)
    assert load_settings(path) == company.one() == company.one("MAIN")
    assert company.one().in_file_names == ""


def test_one_of_several_is_chosen_by_its_id(settings_file):
    path = settings_file(THREE)
    assert load_settings(path, "hr").workbook.id == "hr"
    assert load_settings(path, "HR").in_file_names == "hr-"
    assert [one.workbook.id for one in load_company(path).some(["ops", "it", "ops"])] == [
        "it",
        "ops",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_chooses_none_or_a_wrong_one_is_told_which_there_are(settings_file, language):
    path = settings_file(THREE)
    with pytest.raises(RegisterNotChosen) as unchosen:
        load_settings(path)
    with pytest.raises(RegisterUnknown) as unknown:
        load_settings(path, "opps")
    assert "it, hr, ops" in unchosen.value.message(language)
    assert "--register it" in unchosen.value.message(language)
    assert "it, hr, ops" in unknown.value.message(language)
    assert unknown.value.near == "ops"


def test_all_faults_of_all_registers_are_told_at_once_with_their_lines(settings_file):
    path = settings_file(
        """\
[calendar]
country = "China"
[[registers]]
id = "it"
path = "books/it.xlsx"
prefix = "IT"
[[registers]]
id = "IT"
path = "books/../books/it.xlsx"
prefix = "it"
[[registers]]
path = "hr.xlsx"
prefix = "2024"
pefix = "HR"
[[registers]]
id = "a/b"
responsible = ["li.na@example.com"]
"""
    )
    assert [line.split(": ")[:2] for line in faults(path)] == [
        ["2", "calendar.country"],
        ["8", "registers.1.id"],
        ["9", "registers.1.path"],
        ["10", "registers.1.prefix"],
        ["11", "registers.2.id"],
        ["13", "registers.2.prefix"],
        ["14", "registers.2.pefix"],
        ["15", "registers.3.path"],
        ["16", "registers.3.id"],
        ["17", "registers.3.responsible.0"],
    ]


def test_of_two_that_clash_the_line_of_the_other_is_told(settings_file):
    text = THREE.replace('"hr"', '"it"').replace("hr.xlsx", "it.xlsx")
    doubled_id, doubled_path = faults(settings_file(text))
    assert doubled_id.startswith("11: registers.1.id: 'it' is the id of the register in line 6")
    assert doubled_path.startswith("12: registers.1.path: 'it.xlsx' is the workbook")
    assert "in line 7" in doubled_path


def test_the_same_prefix_is_a_fault_unless_the_numbers_are_shared(settings_file):
    text = THREE.replace('language = "zh-Hans"', 'prefix = "IT"')
    (fault,) = faults(settings_file(text))
    assert fault.startswith("13: registers.1.prefix: 'IT' is the prefix in line 8")
    shared = text.replace('prefix = "IT"', 'prefix = "IT"\nsequence = "company"', 1)
    assert {one.workbook.scope for one in load_company(settings_file(shared)).registers} == {
        "company"
    }


def test_registers_that_share_their_numbers_may_differ_in_prefix(settings_file):
    text = THREE.replace('language = "zh-Hans"', 'prefix = "HR"')
    assert load_company(settings_file(text)).one("hr").workbook.scope == "company"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[registers]\nid = "it"\npath = "it.xlsx"\n', "1: registers: "),
        ("registers = []\n", "1: registers: "),
        ('[mail]\nport = 25\n[register]\npath = "a.xlsx"\n' + THREE, "9: registers: "),
        ('registers = ["it.xlsx"]\n', "1: registers: "),
    ],
)
def test_the_wrong_form_is_told(settings_file, text: str, line: str, language):
    told = faults(settings_file(text), language)
    assert len(told) == 1
    assert told[0].startswith(line)


def test_a_misspelled_section_of_registers_is_recognised(settings_file):
    text = '[register]\npath = "a.xlsx"\n[[registerss]]\nid = "it"\n'
    (fault,) = faults(settings_file(text))
    assert fault.startswith("3: registerss: ")
    assert "registers?" in fault
