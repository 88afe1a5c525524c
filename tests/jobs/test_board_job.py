"""The board as a job: where it lies, what the ledger adds to it, several registers in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from board_file import Page
from company import NOW, Company
from jobs.archive_company import closed
from lived import lived_company
from registers import clean
from several import Several

from xlflow.files import FileNotWritten
from xlflow.jobs.archiving.archive import archive
from xlflow.jobs.archiving.choosing import Wish
from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.looking_back import history_of, newest_happenings
from xlflow.jobs.reporting.board import write_board
from xlflow.jobs.reporting.status import Inspected


def seen(company: Company, now=NOW) -> Inspected:
    return company.settings, inspect_register(company.settings, now)


def read(path: Path) -> Page:
    return Page(path.read_bytes())


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path / "需求 #1")
    company.has(clean("developing", number="2024-001"), clean("submitted", number="2024-002"))
    return company


def test_it_lies_with_the_reports_under_a_name_that_never_changes(company: Company):
    path = write_board([seen(company)])
    assert path == company.settings.folder / "reports" / "board.html"
    assert write_board([seen(company, NOW + timedelta(days=1))]) == path
    assert [file.name for file in path.parent.iterdir()] == ["board.html"]


def test_the_register_is_not_touched_and_no_ledger_is_made(company: Company):
    before = company.sha()
    write_board([seen(company)])
    assert company.sha() == before
    assert not (company.settings.folder / "xlflow.db").exists()


def test_it_may_lie_elsewhere_and_leads_to_the_register_from_there(company: Company):
    out = company.settings.folder / "drive" / "team" / "看板.html"
    page = read(write_board([seen(company)], out=out))
    assert '<a href="./../register.xlsx">register.xlsx</a>' in page.text
    page = read(write_board([seen(company)]))
    (_, _, rest) = page.text.partition('<a href="')
    link = unquote(rest.partition('"')[0])
    assert (company.settings.folder / "reports" / link).resolve() == company.file


def test_a_folder_that_takes_no_file_is_told_and_leaves_the_old_board(company: Company):
    path = write_board([seen(company)])
    before = path.read_bytes()
    inside = path / "board.html"
    with pytest.raises(FileNotWritten):
        write_board([seen(company)], out=inside)
    assert path.read_bytes() == before


def test_it_speaks_the_language_of_the_register_unless_asked(company: Company):
    assert '<html lang="en">' in read(write_board([seen(company)])).text
    page = read(write_board([seen(company)], language="zh-Hant"))
    assert '<html lang="zh-Hant">' in page.text
    assert "請" in page.cards[0]["step"] or "：" in page.cards[0]["step"]


def test_pages_tell_what_the_history_tells(tmp_path: Path):
    (settings,) = lived_company(tmp_path, "en", 30, date(2024, 3, 22), days_ago=(21, 14, 7, 0))
    page = read(write_board([(settings, inspect_register(settings, NOW))]))
    told = 0
    for card, details in zip(page.cards, page.pages, strict=True):
        if card["number"].startswith("row"):
            assert "moments" not in details
            continue
        past = history_of(settings, card["number"])
        moments = past.moments[-len(details["moments"]) :] if "earlier" in details else past.moments
        assert len(details["moments"]) == len(moments)
        assert [spell[0] for spell in details["spells"]] == [s.status for s in past.spells]
        told += sum(len(moment["told"]) for moment in details["moments"])
    assert told > 150


def test_of_a_long_history_the_newest_is_told_and_how_much_came_before(tmp_path: Path):
    (settings,) = lived_company(tmp_path, "en", 15, date(2024, 3, 22), days_ago=(14, 7, 0))
    every = newest_happenings(settings)
    few = newest_happenings(settings, 2)

    def events(found, number):
        return [one for moment in found.moments[number] for one in moment.happenings]

    for number in every.moments:
        whole = events(every, number)
        assert events(few, number) == whole[-2:]
        assert few.earlier.get(number, 0) == max(len(whole) - 2, 0)


def test_records_in_the_archive_still_count_by_week(company: Company):
    company.has(
        closed("2024-001", submitted_on=date(2024, 1, 8), live_on=date(2024, 1, 15)),
        clean("developing", number="2024-002"),
    )
    company.runs()
    with one_run_at_a_time(company.settings), open_ledger(company.settings) as ledger:
        archive(company.settings, ledger, NOW, Wish(("2024-001",)))
    page = read(write_board([seen(company)]))
    assert [card["number"] for card in page.cards] == ["2024-002"]
    assert [(past["status"], past["live"]) for past in page.data["past"]] == [
        ("closed", "2024-01-15")
    ]


def test_several_registers_make_one_board(tmp_path: Path):
    company = Several(tmp_path)
    for register in (company.it, company.hr, company.ops):
        register.has(clean(number=None, title=register.settings.workbook.id))
    page = read(write_board([seen(company.it), seen(company.ops)], {"hr": "it is open"}))
    assert [(card["register"], card["title"]) for card in page.cards] == [
        ("it", "it"),
        ("ops", "ops"),
    ]
    assert "Register hr is missing here" in page.text


def test_a_register_on_a_server_is_named_and_not_linked(company: Company):
    settings, found = seen(company)
    there = replace(found, register=replace(found.register, path="smb://server/share/a.xlsx"))
    page = read(write_board([(settings, there)]))
    assert "from a.xlsx" in page.text
    assert '<a href="./' not in page.text
