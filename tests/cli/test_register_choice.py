"""Commands over one register, some or all of a company."""

from __future__ import annotations

import csv
import email.message
import io
import json
import re
from email import policy
from pathlib import Path

import openpyxl
import pytest
from click.shell_completion import ShellComplete
from company import new
from registers import clean
from several import IDS, Several

from xlflow.cli import program
from xlflow.cli.door import Door
from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, EXIT_WORLD
from xlflow.jobs.whose_number import NumberAmbiguous, NumberOfNoRegister
from xlflow.languages import LANGUAGES, say
from xlflow.settings.company import RegisterUnknown

DAY = ("--date", "2024-03-22")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Several:
    """Whose people sit in its folder. Each register has a new record."""
    company = Several(tmp_path / "company", '[mail]\nsender = "xlflow <xlflow@example.com>"')
    for register, title in zip(company.registers, ("Laptops", "Leave", "Lorries"), strict=True):
        register.has(new(title))
    monkeypatch.chdir(company.folder)
    return company


def numbers(company: Several) -> list[list[object]]:
    return [register.column("number") for register in company.registers]


def headings(out: str) -> list[str]:
    return re.findall(r"^Register (\w+): drive/\w+\.xlsx$", out, re.MULTILINE)


def test_without_a_choice_all_are_worked_on_one_after_the_other(xlflow, company: Several):
    said = xlflow("run", *DAY)
    assert (said.code, said.err) == (EXIT_CLEAN, "")
    assert headings(said.out) == [*IDS]
    assert said.out.count("1 requirement numbered") == len(IDS)
    assert numbers(company) == [["IT-2024-001"], ["2024-001"], ["2024-002"]]


def test_one_or_some_are_chosen_by_their_ids(xlflow, company: Several):
    said = xlflow("run", "--register", "HR", *DAY)
    assert (said.code, headings(said.out)) == (EXIT_CLEAN, [])
    assert numbers(company) == [[None], ["2024-001"], [None]]
    said = xlflow("run", "--register", "ops", "--register", "it", *DAY)
    assert headings(said.out) == ["it", "ops"]
    assert numbers(company) == [["IT-2024-001"], ["2024-001"], ["2024-002"]]


@pytest.mark.parametrize("command", ["run", "check", "doctor", "undo", "status", "repair"])
def test_an_unknown_register_is_told_with_the_nearest(xlflow, company: Several, command: str):
    said = xlflow(command, "--register", "opps")
    assert said.code == EXIT_USAGE
    assert 'no register "opps". Did you mean: ops?' in said.err
    assert "it, hr, ops" in said.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_that_works_on_one_asks_which(xlflow, company: Several, language):
    for command in ("undo", "template"):
        said = xlflow(command, "--lang", language)
        assert (said.code, said.out) == (EXIT_USAGE, "")
        assert "(it, hr, ops)" in said.err or "（it, hr, ops）" in said.err
        assert "--register it" in said.err


def test_an_error_in_one_stops_no_other_and_the_worst_exit_code_wins(xlflow, company: Several):
    company.hr.file.unlink()
    company.it.has(new("Something new", requester="John Smith"))
    said = xlflow("check", *DAY)
    assert said.code == EXIT_WORLD
    assert headings(said.out) == [*IDS]
    assert "name-not-masked" in said.out
    first, *_, last = said.err.splitlines()
    assert first.startswith("hr: ")
    assert "hr.xlsx" in first
    assert last == (
        "1 of 3 registers could not be worked on: hr. What to do is told above, under each."
    )
    assert xlflow("check", "--register", "it", "--register", "ops", *DAY).code == EXIT_FINDINGS


def test_a_register_that_is_no_workbook_at_all_stops_no_other(xlflow, company: Several):
    company.it.file.write_bytes(b"no workbook")
    said = xlflow("run", *DAY)
    assert said.code == EXIT_WORLD
    assert "Traceback" not in said.err
    assert numbers_of(company.hr, company.ops) == [["2024-001"], ["2024-002"]]


def numbers_of(*registers) -> list[list[object]]:
    return [register.column("number") for register in registers]


@pytest.mark.parametrize(
    "command", [("run", *DAY), ("check", *DAY), ("status", *DAY), ("repair",), ("backups",)]
)
def test_json_of_several_is_one_object_by_register(xlflow, company: Several, command):
    company.ops.file.unlink()
    if command[0] == "backups":
        company.ops.file.parent.joinpath("ops.xlsx").mkdir()
    said = xlflow(*command, "--json")
    held = json.loads(said.out)
    assert list(held) == [*IDS]
    alone = json.loads(xlflow(*command, "--json", "--register", "it").out)
    assert type(held["it"]) is type(alone)
    if command[0] != "backups":
        assert set(held["ops"]) == {"error", "exit_code"}
        assert held["ops"]["exit_code"] == said.code == EXIT_WORLD
        assert set(held["hr"]) == set(alone)


def test_csv_of_several_is_one_table(xlflow, company: Several):
    for register in company.registers:
        register.has(new("Something new", requester="John Smith"))
    rows = list(csv.DictReader(io.StringIO(xlflow("check", "--format", "csv", *DAY).out)))
    assert [Path(row["File"]).name for row in rows] == ["it.xlsx", "hr.xlsx", "ops.xlsx"]


def test_each_run_has_a_report_of_its_own_and_status_one_of_all(xlflow, company: Several):
    xlflow("run", *DAY)
    own = {f"status-{register}-2024-03-22.xlsx" for register in IDS}
    assert {path.name for path in (company.folder / "reports").iterdir()} == own
    xlflow("status", *DAY)
    xlflow("status", "--register", "hr", "--register", "it", *DAY)
    together = {"status-2024-03-22.xlsx", "status-it-hr-2024-03-22.xlsx"}
    assert {path.name for path in (company.folder / "reports").iterdir()} == own | together


def test_registers_are_told_apart_also_where_one_was_copied_from_another(xlflow, company: Several):
    drive = company.folder / "drive"
    (drive / "hr.xlsx").write_bytes((drive / "ops.xlsx").read_bytes())
    held = json.loads(xlflow("status", "--json", *DAY).out)
    assert set(held) == {*IDS}
    book = openpyxl.load_workbook(held["hr"]["status_workbook"])
    column = [cell.value for cell in book[say("en", "reports.page.records")]["A"]]
    assert [value for value in column if value in IDS] == ["it", "hr", "ops"]


def test_the_status_of_all_tells_of_one_that_cannot_be_read_and_shows_the_others(
    xlflow, company: Several
):
    (company.folder / "drive" / "hr.xlsx").unlink()
    said = xlflow("status", "--json", *DAY)
    held = json.loads(said.out)
    assert said.code == held["hr"]["exit_code"] == EXIT_WORLD
    assert "hr" in said.err
    assert held["it"]["status_workbook"] == held["ops"]["status_workbook"]
    workbook = Path(held["it"]["status_workbook"])
    assert workbook.name == "status-2024-03-22.xlsx"
    cells = [cell.value for row in openpyxl.load_workbook(workbook).worksheets[0] for cell in row]
    assert any(held["hr"]["error"] in cell for cell in cells if isinstance(cell, str))


def test_what_stands_of_one_register_stands_for_no_other(xlflow, company: Several):
    for _ in range(3):
        xlflow("run", *DAY)
    held = json.loads(xlflow("run", "--json", *DAY).out)
    assert {Path(one["file"]).name for one in held.values()} == {"it.xlsx", "hr.xlsx", "ops.xlsx"}
    assert {Path(one["status_workbook"]).name for one in held.values()} == {
        f"status-{register}-2024-03-22.xlsx" for register in IDS
    }


def test_a_run_of_one_is_undone_and_the_copies_of_the_others_are_left_alone(
    xlflow, company: Several
):
    xlflow("run", *DAY)
    held = json.loads(xlflow("backups", "--json").out)
    assert [[len(copies), copies[0]["numbers"]] for copies in held.values()] == [
        [1, ["IT-2024-001"]],
        [1, ["2024-001"]],
        [1, ["2024-002"]],
    ]
    said = xlflow("undo", "--register", "hr")
    assert said.code == EXIT_CLEAN
    assert numbers(company) == [["IT-2024-001"], [None], ["2024-002"]]
    xlflow("run", *DAY)
    assert numbers(company) == [["IT-2024-001"], ["2024-001"], ["2024-002"]]


def test_managers_get_one_weekly_mail_on_all_registers_and_who_is_responsible_his_own(
    xlflow, company: Several
):
    managers_are(company, "Boss <boss@example.com>")
    said = xlflow("mail", "weekly", *DAY)
    assert said.code == EXIT_CLEAN, said.err
    mails = weekly_mails(company)
    assert {
        to: (mail["Subject"], next(mail.iter_attachments()).get_filename())
        for to, mail in mails.items()
    } == {
        "Boss <boss@example.com>": (
            "Requirements, week 12 of 2024: 3 overdue, 0 due this week, 0 finished",
            "requirements-2024-W12.xlsx",
        ),
        "Li Na <li.na@example.com>": (
            "hr: Requirements, week 12 of 2024: 1 overdue, 0 due this week, 0 finished",
            "requirements-hr-2024-W12.xlsx",
        ),
    }
    text = mails["Boss <boss@example.com>"].get_body(("plain",)).get_content()
    assert "3 registers: it, hr, ops" in text
    assert "Questions about the register hr: Li Na <li.na@example.com>" in text


def test_a_register_whose_weekly_mail_nobody_gets_is_told_and_the_others_have_theirs(
    xlflow, company: Several
):
    said = xlflow("mail", "weekly", *DAY)
    assert said.code == EXIT_USAGE
    assert "Nobody gets the summary of these registers: it, ops" in said.err
    assert [*weekly_mails(company)] == ["Li Na <li.na@example.com>"]


def test_a_register_that_cannot_be_read_is_named_in_the_weekly_mail_of_the_others(
    xlflow, company: Several
):
    managers_are(company, "boss@example.com")
    company.ops.file.unlink()
    company.hr.file.unlink()
    said = xlflow("mail", "weekly", *DAY)
    assert said.code == EXIT_WORLD
    assert "ops: " in said.err
    mails = weekly_mails(company)
    assert [*mails] == ["boss@example.com"]  # Li Na's register is not there to tell of
    text = mails["boss@example.com"].get_body(("plain",)).get_content()
    assert "The register hr could not be read and is not in this summary" in text
    assert "The register ops could not be read and is not in this summary" in text


def test_a_weekly_mail_on_one_register_names_it(xlflow, company: Several):
    managers_are(company, "boss@example.com")
    assert xlflow("mail", "weekly", "--register", "it", *DAY).code == EXIT_CLEAN
    mails = weekly_mails(company)
    assert mails["boss@example.com"]["Subject"].startswith("it: Requirements")


def managers_are(company: Several, *addresses: str) -> None:
    text = company.settings_file.read_text(encoding="utf-8")
    text = text.replace("[mail]", f"[mail]\nweekly = {json.dumps(addresses)}")
    company.settings_file.write_text(text, encoding="utf-8")


def weekly_mails(company: Several) -> dict[str, email.message.EmailMessage]:
    """Recipient -> the mail that was written."""
    paths = (company.folder / "reports" / "mail").iterdir()
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(paths)
    ]
    return {mail["To"]: mail for mail in mails}


def test_the_doctor_looks_at_all_of_them_and_once_at_what_they_share(xlflow, company: Several):
    company.hr.file.unlink()
    said = xlflow("doctor")
    assert said.code == EXIT_FINDINGS
    assert re.findall(r"^Register (\w+)$", said.out, re.MULTILINE) == [*IDS]
    held = json.loads(xlflow("doctor", "--json").out)["lines"]
    files = [(line["register"], line["state"]) for line in held if line["check"] == "register.file"]
    assert files == [("it", "good"), ("hr", "bad"), ("ops", "good")]
    assert [line["check"] for line in held].count("calendar.years") == 1
    only = json.loads(xlflow("doctor", "--json", "--register", "ops").out)["lines"]
    assert {line.get("register", "ops") for line in only} == {"ops"}


def test_the_doctor_looks_at_the_others_where_one_is_at_fault(xlflow, company: Several):
    text = company.settings_file.read_text(encoding="utf-8")
    company.settings_file.write_text(text.replace('"drive/hr.xlsx"', "7"), encoding="utf-8")
    held = json.loads(xlflow("doctor", "--json").out)["lines"]
    files = [(line["register"], line["state"]) for line in held if line["check"] == "register.file"]
    assert files == [("it", "good"), ("hr", "skipped"), ("ops", "good")]


def test_init_makes_the_registers_that_are_missing(xlflow, company: Several):
    for register in (company.it, company.ops):
        register.file.unlink()
    said = xlflow("init", company.folder)
    assert said.code == EXIT_CLEAN, said.err
    assert company.hr.column("title") == ["Leave"]
    assert company.it.column("title") == company.ops.column("title") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_of_a_register_shows_its_own_numbers(xlflow, company: Several, language):
    said = xlflow("template", "it.xlsx", "--register", "it", "--lang", language)
    assert said.code == EXIT_CLEAN, said.err
    guide, register, *others = openpyxl.load_workbook(company.folder / "it.xlsx").worksheets[:5]
    assert any("IT-2024-015" in str(cell.value) for row in guide for cell in row)
    hints = {
        str(rule.prompt)
        for sheet in (register, *others)
        for rule in sheet.data_validations.dataValidation
    }
    assert len([hint for hint in hints if "IT-2024-015" in hint]) == 2  # its own, and of a change


def test_a_number_of_another_form_is_told_with_one_of_its_own(xlflow, company: Several):
    company.it.has(clean(number="2024-007"))
    said = xlflow("check", "--register", "it", *DAY)
    assert '"2024-007" is no number' in said.out
    assert "such as IT-2024-015" in said.out


def test_a_line_that_names_nearly_a_number_is_told_which(xlflow, company: Several):
    company.it.has(new("Laptops"))
    xlflow("run", *DAY)
    line = {"number": "2024-1", "text": "Done", "by": "L. *"}
    company.it.has(clean(number="IT-2024-001"), progress=[line])
    said = xlflow("check", "--register", "it", "--rule", "line-of-unknown-number", *DAY)
    assert "IT-2024-001" in said.out


def test_numbers_to_fetch_back_must_be_named_once_for_all_registers(xlflow, company: Several):
    said = xlflow("unarchive")
    assert (said.code, said.out) == (EXIT_USAGE, "")
    assert said.err == "Name the requirements to put back: xlflow unarchive 2024-015\n"


def test_findings_of_some_numbers_come_from_the_registers_that_have_them(xlflow, company: Several):
    xlflow("run", *DAY)
    said = xlflow("check", "--number", "IT-2024-001", "--number", "2024-002", *DAY)
    assert (said.code, headings(said.out)) == (EXIT_CLEAN, ["it", "ops"])
    said = xlflow("check", "--number", "2024-009", *DAY)
    assert said.code == EXIT_USAGE
    assert "No register has a requirement 2024-009" in said.err


def door(company: Several, *registers: str) -> Door:
    return Door("en", company.settings_file, registers=registers)


def test_the_register_of_a_number_is_told_by_its_prefix_or_looked_up(xlflow, company: Several):
    xlflow("run", *DAY)
    found = [
        (one.settings.workbook.id, number)
        for one, number in map(door(company).holding, ("IT-2024-001", "it-2024-9", "2024-002"))
    ]
    assert found == [("it", "IT-2024-001"), ("it", "IT-2024-009"), ("ops", "2024-002")]
    each = door(company).holding_each(["2024-002", "IT-2024-001", "IT-2024-002"])
    assert [(one.settings.workbook.id, held) for one, held in each] == [
        ("ops", ("2024-002",)),
        ("it", ("IT-2024-001", "IT-2024-002")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_of_two_registers_is_asked_about(company: Several, language):
    for register in (company.hr, company.ops):
        register.has(clean(number="2024-007"))
    with pytest.raises(NumberAmbiguous) as ambiguous:
        door(company).holding("2024-007")
    assert "hr, ops" in ambiguous.value.message(language)
    assert "--register hr" in ambiguous.value.message(language)
    chosen, number = door(company, "ops").holding("2024-7")
    assert (chosen.settings.workbook.id, number) == ("ops", "2024-007")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_of_no_register_is_told(company: Several, language):
    with pytest.raises(NumberOfNoRegister) as strange:
        door(company).holding("HR-2024-001")
    assert "IT-2024-015, 2024-015" in strange.value.message(language)
    with pytest.raises(NumberOfNoRegister) as nowhere:
        door(company).holding("2024-123")
    assert "hr, ops" in nowhere.value.message(language)
    with pytest.raises(RegisterUnknown):
        door(company, "none").holding("2024-001")


def test_the_tab_key_completes_the_ids_of_registers(company: Several):
    shell = ShellComplete(program("en"), {}, "xlflow", "_XLFLOW_COMPLETE")

    def completed(*typed: str, beginning: str = "") -> list[str]:
        return [item.value for item in shell.get_completions([*typed], beginning)]

    assert completed("run", "--register") == [*IDS]
    assert completed("undo", "--register", beginning="O") == ["ops"]
    company.settings_file.write_text("no settings")
    assert completed("run", "--register") == []


def test_a_number_that_left_its_register_is_still_known_there(xlflow, company: Several):
    for register in (company.hr, company.ops):
        register.has(new("First"), new("Second"))
        xlflow("run", "--register", register.settings.workbook.id, *DAY)
    assert company.ops.column("number") == ["2024-003", "2024-004"]
    company.ops.has(clean(number="2024-004"))
    xlflow("run", *DAY)
    company.hr.file.unlink()  # nothing is looked up in workbooks
    chosen, number = door(company).holding("2024-003")
    assert (chosen.settings.workbook.id, number) == ("ops", "2024-003")


def test_a_record_that_moved_to_another_register_is_told_where_it_is_now(xlflow, company: Several):
    company.hr.has(new("First"), new("Second"))
    xlflow("run", *DAY)
    company.hr.has(clean(number="2024-002"))
    company.ops.has(clean(number="2024-003"), clean(number="2024-001", title="First"))
    xlflow("run", *DAY)
    chosen, _ = door(company).holding("2024-001")
    assert chosen.settings.workbook.id == "ops"


def test_records_of_two_registers_are_archived_and_fetched_back_by_their_numbers(
    xlflow, company: Several
):
    for register, number in ((company.it, "IT-2024-001"), (company.ops, "2024-007")):
        register.has(clean("closed", number=number))
    xlflow("run", *DAY)
    assert xlflow("archive", "2024-007", "IT-2024-001", *DAY).code == EXIT_CLEAN
    assert numbers(company) == [[], ["2024-001"], []]
    said = xlflow("archive", "2024-007", "IT-2024-001", *DAY)
    assert said.code == EXIT_CLEAN, said.err
    assert xlflow("unarchive", "IT-2024-001", "2024-007", *DAY).code == EXIT_CLEAN
    assert numbers(company) == [["IT-2024-001"], ["2024-001"], ["2024-007"]]


def test_a_number_that_several_registers_may_give_tells_them_apart_in_names_of_folders(
    company: Several,
):
    assert [one.settings.in_folders("2024-001") for one in company.registers] == ["2024-001"] * 3
    text = company.settings_file.read_text(encoding="utf-8")
    alone = text.replace('sequence = "company"', "", 1)
    company.settings_file.write_text(alone, encoding="utf-8")
    assert [one.in_folders("2024-001") for one in door(company).company.registers] == [
        "2024-001",
        "hr-2024-001",
        "ops-2024-001",
    ]
