from __future__ import annotations

import json
from pathlib import Path

import pytest
import word
from company import Company
from docx import Document
from registers import clean
from several import Several

from xlflow.cli.documents import KIND_IDS
from xlflow.cli.documents import STEPS as STEP_NAMES
from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import KINDS, STEPS
from xlflow.settings import SETTINGS_FILE

NUMBER = "2024-015"


@pytest.fixture
def company(tmp_path: Path, monkeypatch) -> Company:
    made = Company(tmp_path / "company")
    made.has(clean("testing", number=NUMBER, goal=None))
    monkeypatch.chdir(made.settings.folder)
    return made


def test_the_command_offers_what_there_is():
    assert tuple(kind.id for kind in KINDS) == KIND_IDS
    assert tuple(map(str, STEPS)) == STEP_NAMES


def test_it_tells_where_they_lie_and_what_is_missing_in_which_cell(xlflow, company):
    said = xlflow("documents", NUMBER)
    assert said.code == 0
    assert f"Written: documents/{NUMBER}/{NUMBER} Solution document.docx" in said.out
    assert "1 field is blank and shows as 【label】" in said.out
    assert "【Goal】" in said.out
    assert company.register().requirements.cell(4, "goal") in said.out
    assert "Submitted" in said.out
    again = xlflow("documents", NUMBER)
    assert f"Up to date: documents/{NUMBER}/{NUMBER} Solution document.docx" in again.out


def test_it_answers_programs(xlflow, company):
    said = xlflow("documents", NUMBER, "--kind", "solution", "--json", "--date", "2024-03-22")
    held = json.loads(said.out)
    (one,) = held["documents"]
    assert (one["number"], one["document"], one["step"], one["state"]) == (
        NUMBER,
        "solution",
        3,
        "written",
    )
    assert Path(one["file"]).is_file()
    assert one["missing"][0]["field"] == "goal"
    assert one["missing"][0]["needed_from"] == "submitted"
    assert held["failed"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_lang_chooses_the_language_of_the_documents_too(xlflow, company, language):
    said = xlflow("documents", NUMBER, "--kind", "solution", "--lang", language)
    assert said.code == 0
    (file,) = (company.settings.folder / "documents" / NUMBER).iterdir()
    name = KINDS[2].name(language)
    assert file.name == f"{NUMBER} {name}.docx"
    assert name in word.texts(file.read_bytes())


def test_without_lang_they_are_in_the_register_s_language(xlflow, company, monkeypatch):
    monkeypatch.setenv("XLFLOW_LANG", "zh-Hans")
    said = xlflow("documents", NUMBER, "--kind", "solution")
    assert "已写入" in said.out
    assert f"{NUMBER} Solution document.docx" in said.out


def test_an_edited_one_is_told(xlflow, company):
    xlflow("documents", NUMBER, "--kind", "solution")
    (path,) = (company.settings.folder / "documents" / NUMBER).iterdir()
    document = Document(path)
    document.add_paragraph("By hand.")
    document.save(path)
    assert "Edited by a person" in xlflow("documents", NUMBER, "--kind", "solution").out
    company.has(clean("testing", number=NUMBER))
    said = xlflow("documents", NUMBER, "--kind", "solution")
    assert "(2).docx" in said.out
    assert "left alone" in said.out


def test_a_faulty_template_is_told_and_the_others_are_made(xlflow, company):
    xlflow("documents", "--templates", "own")
    Path("own/solution.en.docx").write_bytes(word.template("Aim: {{ record.gaol }}"))
    with Path(SETTINGS_FILE).open("a", encoding="utf-8") as settings:
        settings.write("\n")
    text = Path(SETTINGS_FILE).read_text(encoding="utf-8")
    Path(SETTINGS_FILE).write_text(
        text.replace('#templates = ""', 'templates = "own"'), encoding="utf-8"
    )
    said = xlflow("documents", NUMBER)
    assert said.code == 2
    assert "own/solution.en.docx" in said.err
    assert (
        'there is no "record.gaol". Did you mean "record.goal"? Where: "Aim: {{ record.gaol }}"'
        in said.err
    )
    assert said.out.count("Written: ") == 5


def test_the_templates_are_written_for_editing(xlflow, company):
    said = xlflow("documents", "--templates", "own")
    assert said.code == 0
    assert {path.name for path in Path("own").iterdir()} == {f"{kind}.en.docx" for kind in KIND_IDS}
    assert "templates = 'own'" in said.out
    assert "was left alone" in xlflow("documents", "--templates", "own").out


def test_templates_need_no_settings(xlflow, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert xlflow("documents", "--templates", "t", "--lang", "zh-Hant").code == 0
    assert (tmp_path / "t" / "solution.zh-Hant.docx").is_file()


def test_wrong_use_is_told(xlflow, company):
    assert "xlflow documents 2024-015" in xlflow("documents").err
    said = xlflow("documents", "2024-051")
    assert said.code == 2
    assert NUMBER in said.err
    assert xlflow("documents", NUMBER, "--step", "4").code == 2


def test_a_machine_without_the_libraries_is_told_what_to_type(xlflow, company, monkeypatch):
    real = __import__("importlib.util").util.find_spec
    monkeypatch.setattr(
        "xlflow.reports.documents.find_spec",
        lambda name: None if name == "docxtpl" else real(name),
    )
    said = xlflow("documents", NUMBER)
    assert said.code == 2
    assert 'pip install "xlflow[documents]"' in said.err


def test_each_of_several_registers_gives_the_documents_of_its_own_records(
    xlflow, tmp_path, monkeypatch
):
    several = Several(tmp_path / "several")
    several.it.has(clean("submitted", number="IT-2024-001"))
    several.hr.has(clean("submitted", number="2024-001"))
    several.ops.has(clean("submitted", number="2024-002"))
    monkeypatch.chdir(several.folder)
    said = xlflow("documents", "2024-002", "IT-2024-001", "2024-001", "--json")
    assert said.code == 0
    held = json.loads(said.out)["documents"]
    assert [one["number"] for one in held] == ["2024-002", "IT-2024-001", "2024-001"]
    folders = {path.name for path in (several.folder / "documents").iterdir()}
    assert folders == {"2024-002", "IT-2024-001", "2024-001"}
    assert xlflow("documents", "--templates", "own").code == 0


def test_registers_that_count_alike_have_folders_of_their_own(xlflow, tmp_path, monkeypatch):
    several = Several(tmp_path / "several")
    text = several.settings_file.read_text(encoding="utf-8").replace('sequence = "company"', "")
    several.settings_file.write_text(text, encoding="utf-8")
    for register in (several.hr, several.ops):
        register.has(clean("submitted", number="2024-001"))
    monkeypatch.chdir(several.folder)
    assert xlflow("documents", "2024-001").code == 2
    for register in ("hr", "ops"):
        assert xlflow("documents", "2024-001", "--register", register).code == 0
    folders = {path.name for path in (several.folder / "documents").iterdir()}
    assert folders == {"hr-2024-001", "ops-2024-001"}
