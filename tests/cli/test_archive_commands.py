"""What `archive`, `unarchive` and `find` print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jobs.archive_company import ArchiveCompany, closed, progress
from openpyxl.comments import Comment
from registers import clean
from workbook.test_owner_files import excel_owner_file

ONE, TWO, DAY = "2024-001", "2024-002", "--date=2024-03-22"


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveCompany:
    company = ArchiveCompany(tmp_path / "company")
    company.has(
        closed(ONE, title="Faster order list"),
        clean("developing", number=TWO, title="Order status"),
        progress=[progress(ONE, "the index is in place"), progress(TWO, "began")],
    )
    monkeypatch.chdir(company.settings.folder)
    return company


def note(book: Any) -> None:
    book["Register"]["B4"].comment = Comment("ask *Li", "*Wang")


def test_a_dry_run_lists_and_changes_nothing(xlflow, company):
    before = company.sha()
    said = xlflow("archive", "--closed-before", "2024-01-01", "--dry-run", DAY)
    assert said.code == 0
    assert "1 requirement would move to archive:" in said.out
    assert "2024-001  Faster order list  →  2023.xlsx" in said.out
    told = json.loads(xlflow("archive", ONE, "--dry-run", "--json", DAY).out)
    assert told["would_move"] == [{"number": ONE, "status": "closed", "finished_on": "2023-12-29"}]
    assert company.sha() == before
    assert not company.folder.exists()


def test_a_move_and_the_way_back_are_told(xlflow, company):
    said = xlflow("archive", "--closed-before", "2024-01-01", DAY)
    assert (said.code, said.err) == (0, "")
    assert "1 requirement moved from register.xlsx to archive:" in said.out
    assert "2024-001  Faster order list  →  2023.xlsx" in said.out
    again = xlflow("archive", "--closed-before", "2024-01-01", DAY)
    assert (again.code, again.out.split(":")[0]) == (0, "Nothing to archive in register.xlsx")
    assert "2024-001 was archived before, in 2023.xlsx." in xlflow("archive", ONE, DAY).out
    back = xlflow("unarchive", ONE, DAY)
    assert back.code == 0
    assert "1 requirement put back into register.xlsx:" in back.out
    assert "2024-001  ←  2023.xlsx" in back.out


def test_json_tells_all_of_a_move(xlflow, company):
    told = json.loads(xlflow("archive", ONE, "--json", DAY).out)
    assert told["moved"] == {ONE: "2023.xlsx"}
    assert (told["stayed"], told["conflicts"], told["held_up"]) == ({}, [], [])
    assert len(told["asides"]) == 2
    told = json.loads(xlflow("unarchive", ONE, "--json", DAY).out)
    assert told["back"] == {ONE: "2023.xlsx"}


def test_a_record_that_cannot_leave_is_told_with_what_to_do(xlflow, company):
    company.edits(company.file, note)
    said = xlflow("archive", ONE, DAY)
    assert said.code == 1
    assert "1 requirement in the archive, and still in register.xlsx" in said.out
    assert "Register!B4: has a note" in said.out
    assert "delete the marked rows and their lines in Excel" in said.out
    told = json.loads(xlflow("archive", ONE, "--json", DAY).out)
    assert told["obstacles"] == [{"place": "Register!B4", "reason": "note"}]


def test_two_edited_copies_are_told_with_the_fields(xlflow, company):
    company.archives(ONE)
    company.undoes()
    company.type_into("B4", "Edited here")
    company.edits(
        company.folder / "2023.xlsx", lambda book: book["Progress"].__setitem__("D4", "Edited")
    )
    said = xlflow("archive", ONE, DAY)
    assert said.code == 1
    assert "2024-001 differs from its copy in 2023.xlsx (Title, the lines on Progress)" in said.out


def test_wrong_use_is_told(xlflow, company):
    said = xlflow("archive", ONE, TWO, "2024-999", DAY)
    assert said.code == 2
    assert "2024-002 is not finished (status: Developing)" in said.err
    assert "2024-999 is neither in the register nor in an archive" in said.err
    assert xlflow("archive", "--closed-before", "soon").code == 2
    assert "Name the requirements to put back" in xlflow("unarchive").err
    said = xlflow("unarchive", ONE, DAY)
    assert (said.code, "in the register already" in said.err) == (2, True)
    assert "Name the text to look for" in xlflow("find").err


def test_an_open_archive_is_told_with_the_person(xlflow, company):
    company.archives(ONE)
    company.unarchives(ONE)
    (company.folder / "~$2023.xlsx").write_bytes(excel_owner_file("李娜"))
    said = xlflow("archive", ONE, DAY)
    assert said.code == 3
    assert "李娜" in said.err
    assert "2023.xlsx" in said.err


def test_find_names_file_cell_record_field_and_the_words_around(xlflow, company):
    company.archives(ONE)
    said = xlflow("find", "INDEX is")
    assert said.code == 0
    assert "2023.xlsx Progress!D4" in said.out
    assert "the index is in place" in said.out
    assert "1 cell in 1 requirement" in said.out
    told = json.loads(xlflow("find", "ORDER", "--json").out)["found"]
    titles = {
        (hit["archived"], hit["number"], hit["cell"], hit["field"], hit["snippet"])
        for hit in told
        if hit["key"] == "title"
    }
    assert titles == {
        (False, TWO, "Register!B4", "Title", "Order status"),
        (True, ONE, "Register!B4", "Title", "Faster order list"),
    }
    nothing = xlflow("find", "no such thing")
    assert (nothing.code, "no such thing" in nothing.out) == (1, True)


def test_every_text_of_a_move_is_there_in_chinese(xlflow, company):
    company.edits(company.file, note)
    for language, moved in (("zh-Hans", "已在归档中"), ("zh-Hant", "已在封存檔中")):
        said = xlflow("archive", "--lang", language, ONE, DAY)
        assert moved in said.out
        assert "{" not in said.out
        assert xlflow("find", "--lang", language, "order").code == 0
