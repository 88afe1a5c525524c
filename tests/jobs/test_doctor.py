from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import Company, new
from registers import clean
from workbook.children import NOBODY

from xlflow.jobs.doctor import Line, Report, State, examination, examine
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.record.register import Person
from xlflow.settings import SETTINGS_FILE
from xlflow.timing.public_holidays import public_holidays

PEOPLE = (Person("L. *", "Marketing", "li@example.com"),)


def machine_clock() -> datetime:
    return datetime.now(UTC)


def well_kept(folder: Path) -> Company:
    company = Company(folder, calendar={"country": "none"})
    company.has(clean("closed", number="2024-001"), people=PEOPLE)
    return company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return well_kept(tmp_path / "company")


def examined(company: Company, clock: Callable[[], datetime] = machine_clock) -> Report:
    return examine(company.settings.folder / SETTINGS_FILE, clock, os.environ)


def lines(report: Report, check: str) -> list[Line]:
    return [line for line in report.lines if line.check == check]


def told(report: Report, check: str, state: State) -> str:
    """What the one line of a check in this state says."""
    (line,) = [line for line in lines(report, check) if line.state == state]
    return line.message("en")


def states(report: Report) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for line in report.lines:
        held.setdefault(line.check, set()).add(line.state)
    return held


def content(folder: Path) -> dict[str, str]:
    """Name -> what it holds, of everything under a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def set_section(company: Company, section: str, *settings: str) -> None:
    """What a person types into the settings file."""
    file = company.settings.folder / SETTINGS_FILE
    text = file.read_text(encoding="utf-8")
    head = f"[{section}]\n"
    file.write_text(text.replace(head, head + "\n".join(settings) + "\n"), encoding="utf-8")


# --- what is well, and what is never touched


def test_where_all_is_well_nothing_needs_doing(company: Company):
    company.runs(machine_clock())
    report = examined(company)
    assert [line for line in report.lines if line.state == "bad"] == []
    assert report.exit_code == 0
    assert {line.subject for line in report.lines} == {
        *("program", "settings", "register", "drive", "inbox"),
        *("ledger", "calendar", "mail", "reports", "documents"),
    }


def test_not_one_byte_is_changed(company: Company):
    company.runs(machine_clock())
    before = content(company.settings.folder)
    examined(company)
    assert content(company.settings.folder) == before


def test_before_the_first_run_nothing_is_made(company: Company):
    before = content(company.settings.folder)
    report = examined(company)
    assert content(company.settings.folder) == before
    assert "first run makes it" in told(report, "ledger.file", "good")
    assert report.exit_code == 0


def test_a_ledger_that_a_killed_run_left_is_read_and_left_alone(company: Company):
    company.runs(machine_clock())
    file = company.settings.folder / "xlflow.db"

    def writer() -> None:
        open_ledger(company.settings).runs.start("main", machine_clock())
        os._exit(0)

    child = os.fork()
    if child == 0:
        writer()
    os.waitpid(child, 0)
    assert file.with_name("xlflow.db-wal").stat().st_size
    before = {name: sha for name, sha in content(file.parent).items() if "-shm" not in name}
    report = examined(company)
    after = {name: sha for name, sha in content(file.parent).items() if "-shm" not in name}
    assert after == before
    assert "not ended" in told(report, "ledger.runs", "good")


# --- settings


def test_without_settings_it_cannot_look_and_says_what_to_type(tmp_path: Path):
    report = examine(tmp_path / SETTINGS_FILE, machine_clock, {})
    assert report.exit_code == 3
    assert "xlflow init" in told(report, "settings.file", "bad")


def test_settings_at_fault_are_told_with_their_lines_and_the_rest_is_looked_at(company: Company):
    set_section(company, "mail", 'port = "many"', "snd = true")
    set_section(company, "deadlines", "assess = -2")
    report = examined(company)
    faults = [line.message("en") for line in lines(report, "settings.file")]
    assert len(faults) == 3
    assert all(f"{SETTINGS_FILE}:" in fault for fault in faults)
    assert {name for name, held in states(report).items() if held == {"skipped"}} == {
        "mail.connection",
        "mail.administrator",
    }
    assert states(report)["register.layout"] == {"good"}
    assert report.exit_code == 1


def test_without_the_registers_path_all_else_is_looked_at(company: Company):
    file = company.settings.folder / SETTINGS_FILE
    file.write_text('[register]\nlanguage = "en"\n', encoding="utf-8")
    report = examined(company)
    assert "register.path" in told(report, "settings.file", "bad")
    skipped = {name for name, held in states(report).items() if held == {"skipped"}}
    assert {name for name in skipped if not name.startswith("mail.")} == {
        check.name
        for check in examination.CHECKS
        if check.name.startswith(("register", "drive", "inbox"))
    }


def test_settings_that_are_no_toml_are_told(company: Company):
    (company.settings.folder / SETTINGS_FILE).write_text("[register\n", encoding="utf-8")
    report = examined(company)
    assert "TOML" in told(report, "settings.file", "bad")
    assert report.exit_code == 3


# --- register


def test_a_missing_register_is_told_once_and_hides_nothing(company: Company):
    company.file.unlink()
    report = examined(company)
    assert "no workbook" in told(report, "register.file", "bad")
    assert report.to_do == 1
    assert states(report)["register.layout"] == {"skipped"}
    assert "Writing beside the register: not looked at" in told(report, "drive.access", "skipped")
    assert states(report)["ledger.file"] == {"good"}


def test_a_register_that_was_renamed_is_recognised(company: Company):
    company.file.rename(company.file.with_name("register (2).xlsx"))
    assert "register (2).xlsx" in told(examined(company), "register.file", "bad")


def test_a_folder_that_is_not_there_is_named(company: Company):
    company.file.parent.rename(company.settings.folder / "elsewhere")
    assert str(company.file.parent) in told(examined(company), "register.file", "bad")


def test_a_header_that_was_overwritten_is_named_by_its_cell(company: Company):
    book = openpyxl.load_workbook(company.file)
    sheet = book["Register"]
    header, key = _header_of(sheet, "goal")
    sheet[header], sheet[key] = "my notes", None
    book.save(company.file)
    report = examined(company)
    assert "cannot be read" in told(report, "register.layout", "bad")
    assert states(report)["register.lists"] == {"skipped"}
    (mended,) = [text for text in to_repair(report) if f"Register!{header}" in text]
    assert '"my notes"' in mended
    assert "type: xlflow repair" in mended


def _header_of(sheet: Any, field: str) -> tuple[str, str]:
    """The cells with a column's label and with its key."""
    key = next(cell for row in sheet.iter_rows(max_row=3) for cell in row if cell.value == field)
    label = next(
        cell
        for row in sheet.iter_rows(max_row=3)
        for cell in row
        if cell.column == key.column and cell.value == "Goal"
    )
    return label.coordinate, key.coordinate


def test_a_sheet_that_is_gone_is_told_once_with_what_to_do_by_hand(company: Company):
    book = openpyxl.load_workbook(company.file)
    del book["Progress"]
    book.save(company.file)
    report = examined(company)
    assert "Copy it from an earlier copy" in told(report, "register.layout", "bad")
    assert states(report)["register.repair"] == {"skipped"}
    assert report.to_do == 1


def to_repair(report: Report) -> list[str]:
    return [line.message("en") for line in lines(report, "register.repair")]


def test_of_many_things_to_put_back_the_first_are_told_and_the_others_counted(company: Company):
    book = openpyxl.load_workbook(company.file)
    for cell in book["Register"][3]:
        cell.value = "my notes"
    book.save(company.file)
    texts = to_repair(examined(company))
    assert len(texts) == 11
    assert "more things differ" in texts[-1]


def test_a_workbook_that_is_no_register_is_told(company: Company):
    openpyxl.Workbook().save(company.file)
    report = examined(company)
    assert "no register" in told(report, "register.layout", "bad")
    assert report.to_do == 1


def test_who_has_the_register_open_is_told_and_needs_no_doing(company: Company):
    _sign(company).write_text(",Li Na,PC-07,22.03.2024 08:59,;", encoding="utf-8")
    report = examined(company)
    assert "Li Na (PC-07)" in told(report, "register.open", "note")
    assert report.exit_code == 0


def test_a_program_that_has_it_open_without_a_sign_is_told(company: Company):
    with company.file.open("r+b"):
        report = examined(company)
    assert "A program has it open" in told(report, "register.open", "note")
    assert report.exit_code == 0


def test_a_sign_that_a_crash_left_is_named_and_stays(company: Company):
    _sign(company).write_text(",Li Na,PC-07,22.03.2024 08:59,;", encoding="utf-8")
    _age(_sign(company), timedelta(hours=2))
    report = examined(company)
    text = told(report, "register.open", "bad")
    assert "Li Na (PC-07)" in text
    assert str(_sign(company)) in text
    assert _sign(company).exists()


def test_who_has_it_open_for_more_than_a_night_is_to_close_it(company: Company):
    _sign(company).write_text(",Li Na,PC-07,22.03.2024 08:59,;", encoding="utf-8")
    _age(_sign(company), timedelta(hours=13))
    with company.file.open("r+b"):
        text = told(examined(company), "register.open", "bad")
    assert "Ask Li Na (PC-07) to close it" in text


def _sign(company: Company) -> Path:
    return company.file.with_name(".~lock.register.xlsx#")


def _age(path: Path, by: timedelta) -> None:
    moment = (machine_clock() - by).timestamp()
    os.utime(path, (moment, moment))


def test_empty_lists_are_to_be_filled(company: Company):
    company.has(new("Something new"))
    assert "names no people" in told(examined(company), "register.lists", "bad")


def test_people_without_a_mail_address_or_with_a_wrong_one_are_named(company: Company):
    people = (*PEOPLE, Person("W. *", "Finance"), Person("Z. *", "Finance", "zhao.example.com"))
    company.has(new("Something new"), people=people)
    texts = [line.message("en") for line in lines(examined(company), "register.lists")]
    assert len(texts) == 2
    assert "1 person" in texts[0]
    assert "W. *" in texts[0]
    assert "zhao.example.com" in texts[1]


def test_names_that_nobody_can_tell_apart_and_leads_who_are_not_listed_are_named(company: Company):
    people = (
        Person("Z. *", "Finance", "one@example.com", "Chef *"),
        Person("Z. *", "Finance", "two@example.com"),
        Person("Z. *", "Marketing", "three@example.com"),
    )
    company.has(new("Something new"), people=people)
    texts = [line.message("en") for line in lines(examined(company), "register.lists")]
    assert len(texts) == 2
    assert "shared by several people of one department: Z. *." in texts[0]
    assert "1 lead" in texts[1]
    assert "Chef *" in texts[1]


# --- drive


@pytest.fixture
def public() -> Iterator[Company]:
    """A company in a folder that other accounts may enter (pytest's own they may not)."""
    with tempfile.TemporaryDirectory() as name:
        company = well_kept(Path(name) / "company")
        for place in (Path(name), *Path(name).rglob("*")):
            place.chmod(0o777 if place.is_dir() else 0o666)
        yield company
        company.file.parent.chmod(0o777)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be an account that may do nothing special, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def examined_by_nobody(company: Company) -> Report:
    examined(company)  # others may not even read the libraries: let them all be imported before
    with as_nobody():
        return examined(company)


def test_a_folder_without_the_right_to_write_is_told(public: Company):
    public.file.parent.chmod(0o555)
    report = examined_by_nobody(public)
    assert "may not write" in told(report, "drive.access", "bad")
    assert states(report)["register.layout"] == {"good"}
    assert content(public.file.parent).keys() == {"register.xlsx"}


def test_a_write_protected_register_is_told(public: Company):
    public.file.chmod(0o444)
    assert "may not write" in told(examined_by_nobody(public), "drive.access", "bad")
    assert content(public.file.parent).keys() == {"register.xlsx"}


def test_a_register_without_the_right_to_read_is_told(public: Company):
    public.file.chmod(0o000)
    assert "right to read" in told(examined_by_nobody(public), "register.file", "bad")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
def test_rights_that_a_new_version_would_lose_are_told(public: Company):
    report = examined_by_nobody(public)
    assert "group, owner" in told(report, "drive.access", "note")
    assert report.exit_code == 0
    assert content(public.file.parent).keys() == {"register.xlsx"}


def test_a_ledger_without_the_right_to_write_is_told(public: Company):
    public.runs(machine_clock())
    (public.settings.folder / "xlflow.db").chmod(0o444)
    assert "xlflow.db" in told(examined_by_nobody(public), "ledger.file", "bad")


def test_a_folder_of_reports_that_cannot_be_made_is_told(public: Company):
    public.settings.folder.chmod(0o555)
    folder = str(public.settings.folder)
    assert folder in told(examined_by_nobody(public), "reports.folder", "bad")
    public.settings.folder.chmod(0o777)


def test_a_sync_folder_is_told(tmp_path: Path):
    company = well_kept(tmp_path / "OneDrive - Contoso" / "company")
    report = examined(company)
    assert "OneDrive - Contoso" in told(report, "drive.place", "bad")
    assert "OneDrive - Contoso" in told(report, "ledger.file", "bad")


def test_clocks_that_differ_are_told(company: Company):
    report = examined(company, lambda: machine_clock() + timedelta(minutes=10))
    assert "time server" in told(report, "drive.clock", "bad")
    assert states(examined(company, lambda: machine_clock() + timedelta(minutes=3)))[
        "drive.clock"
    ] == {"good"}


def test_copies_are_counted_and_old_ones_are_to_be_tidied_up(company: Company):
    company.runs(machine_clock())
    report = examined(company)
    assert told(report, "drive.copies", "good").startswith("1 copy of old versions")
    late = examined(company, lambda: machine_clock() + timedelta(days=32))
    assert "xlflow run" in told(late, "drive.copies", "bad")


def test_a_second_version_waits_for_a_person(company: Company):
    kept = company.file.with_name("register (xlflow 20240322T010000Z-5f0c2a1b).xlsx")
    kept.write_bytes(company.file.read_bytes())
    assert kept.name in told(examined(company), "drive.copies", "bad")


# --- ledger


def test_a_damaged_ledger_is_told(company: Company):
    company.runs(machine_clock())
    file = company.settings.folder / "xlflow.db"
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 5] = bytes(8192)
    file.write_bytes(data)
    report = examined(company)
    assert "damaged" in told(report, "ledger.file", "bad")
    assert states(report)["ledger.runs"] == {"skipped"}
    assert file.read_bytes() == data


def test_a_ledger_that_is_no_database_is_told(company: Company):
    (company.settings.folder / "xlflow.db").write_text("not at all", encoding="utf-8")
    assert "no SQLite database" in told(examined(company), "ledger.file", "bad")


def test_the_database_of_another_program_is_told_and_left_alone(company: Company):
    file = company.settings.folder / "xlflow.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    before = content(company.settings.folder)
    assert "another program" in told(examined(company), "ledger.file", "bad")
    assert content(company.settings.folder) == before


def test_the_ledger_of_a_newer_xlflow_is_told(company: Company):
    company.runs(machine_clock())
    with closing(sqlite3.connect(company.settings.folder / "xlflow.db")) as newer:
        newer.execute("UPDATE ledger_schema SET version = 99")
        newer.commit()
    assert "newer xlflow" in told(examined(company), "ledger.file", "bad")


def test_the_ledger_of_an_older_xlflow_is_told_and_left_for_the_next_run(company: Company):
    company.runs(machine_clock())
    with closing(sqlite3.connect(company.settings.folder / "xlflow.db")) as older:
        older.execute("UPDATE ledger_schema SET version = 1")
        older.commit()
    before = content(company.settings.folder)
    report = examined(company)
    assert "of an older xlflow (schema 1)" in told(report, "ledger.file", "note")
    assert states(report)["ledger.runs"] == {"skipped"}
    assert report.exit_code == 0
    assert content(company.settings.folder) == before


def test_a_ledger_in_a_folder_that_is_not_there_is_told(company: Company):
    set_section(company, "ledger", 'url = "sqlite:///nowhere/xlflow.db"')
    assert "nowhere" in told(examined(company), "ledger.file", "bad")


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        ("done", "good", "done"),
        ("deferred", "good", "the register was open"),
        ("undo", "good", "took a run back"),
        ("repair", "good", "put back"),
        ("of a newer kind", "good", "of a newer kind"),
        ("failed", "bad", "xlflow run"),
    ],
)
def test_how_the_last_run_ended_is_told(company: Company, outcome: str, state: State, words: str):
    with open_ledger(company.settings) as ledger:
        ledger.runs.end(ledger.runs.start("main", machine_clock()), outcome, {}, machine_clock())
    assert words in told(examined(company), "ledger.runs", state)


def test_a_run_at_work_is_told_and_not_held_up(company: Company):
    company.runs(machine_clock())
    with one_run_at_a_time(company.settings):
        report = examined(company)
    assert ".xlflow-main.lock" in told(report, "ledger.runs", "note")
    assert report.exit_code == 0
    company.runs(machine_clock())


def test_a_commit_that_a_killed_run_left_open_is_told(company: Company):
    company.has(new("Something new"), people=PEOPLE)

    class Killed(BaseException):
        pass

    def kill(step: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        company.runs(machine_clock(), step=kill)
    before = content(company.settings.folder)
    texts = [line.message("en") for line in lines(examined(company), "ledger.runs")]
    assert "1 commit" in texts[0]
    assert "xlflow run" in texts[0]
    assert content(company.settings.folder) == before


# --- working days, reports


def in_year(year: int, month: int) -> Callable[[], datetime]:
    return lambda: datetime(year, month, 15, tzinfo=UTC)


@pytest.fixture
def chinese(company: Company) -> Company:
    file = company.settings.folder / SETTINGS_FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('country = "none"', 'country = "CN"'), encoding="utf-8")
    return company


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (in_year(2024, 3), {"good"}),
        (in_year(2090, 3), {"bad", "note"}),
        (in_year(2090, 12), {"bad"}),
    ],
)
def test_a_year_without_published_days_needs_doing(chinese: Company, clock, expected):
    assert states(examined(chinese, clock))["calendar.years"] == expected


def test_the_next_year_needs_doing_from_december_on(chinese: Company):
    last = max(public_holidays("CN").published)
    early, late = (examined(chinese, in_year(last, month)) for month in (11, 12))
    assert str(last + 1) in told(early, "calendar.years", "note")
    assert str(last + 1) in told(late, "calendar.years", "bad")


def test_the_companys_own_days_make_a_year_certain(chinese: Company):
    set_section(chinese, "calendar", 'file = "holidays.toml"')
    days = chinese.settings.folder / "holidays.toml"
    assert "holidays.toml" in told(examined(chinese), "calendar.years", "bad")
    days.write_text("[2090]\nwork = []\n[2091]\nwork = []\n", encoding="utf-8")
    report = examined(chinese, in_year(2090, 12))
    assert states(report)["calendar.years"] == {"good"}
    assert "2090, 2091" in lines(report, "calendar.years")[-1].message("en")


def test_a_file_in_place_of_the_reports_folder_is_told(company: Company):
    (company.settings.folder / "reports").write_text("notes", encoding="utf-8")
    assert "is no folder" in told(examined(company), "reports.folder", "bad")


def test_the_inbox_is_told_before_and_after_it_is_made(company: Company):
    place = company.file.parent / "inbox"
    assert "is not there yet" in told(examined(company), "inbox.folder", "good")
    place.mkdir()
    (place / "form.xlsx").write_bytes(b"")
    assert "1 workbook lies there" in told(examined(company), "inbox.folder", "good")


def test_a_file_in_place_of_the_inbox_is_told(company: Company):
    (company.file.parent / "inbox").write_text("notes", encoding="utf-8")
    assert "is no folder" in told(examined(company), "inbox.folder", "bad")


# --- one check never stands in another's way


def test_a_check_that_crashes_is_told_and_hides_nothing(company: Company, monkeypatch):
    def crash(_: object) -> Iterator[Line]:
        yield from ()
        raise RuntimeError("boom")

    broken = examination.Check("drive.place", crash)
    others = [check for check in examination.CHECKS if check.name != "drive.place"]
    monkeypatch.setattr(examination, "CHECKS", (broken, *others))
    report = examined(company)
    assert "boom" in told(report, "drive.place", "bad")
    assert report.to_do == 1


def test_a_drive_that_does_not_answer_is_given_up_in_time(company: Company, monkeypatch):
    """As a network drive whose server is gone: a pipe that nobody writes into."""
    pipe = company.settings.folder / "pipe"
    os.mkfifo(pipe)

    def hang(_: object) -> Iterator[Line]:
        pipe.read_bytes()
        yield from ()

    silent = examination.Check("drive.place", hang, limit_seconds=0.2)
    others = [check for check in examination.CHECKS if check.name != "drive.place"]
    monkeypatch.setattr(examination, "CHECKS", (silent, *others))
    report = examined(company)
    assert "no answer within 0.2 seconds" in told(report, "drive.place", "bad")
    assert report.to_do == 1
    with pipe.open("wb"):
        pass  # lets the thread end
