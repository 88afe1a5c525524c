"""Forms dropped into the inbox become records, each once; what is wrong is told beside them."""

from __future__ import annotations

import os
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, Company, new
from forms import answers, blank, filled

from xlflow.errors import SettingsError
from xlflow.jobs.intake.job import intake
from xlflow.jobs.intake.outcome import IntakeOutcome
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.undo import undo
from xlflow.settings import load_settings
from xlflow.workbook.form.blank import FormFacts, build_form
from xlflow.workbook.share import WorkbookOpen
from xlflow.workbook.template import build_register


class Desk(Company):
    """A company with an inbox."""

    @property
    def inbox(self) -> Path:
        return self.file.parent / "inbox"

    def drops(self, name: str, data: bytes) -> Path:
        self.inbox.mkdir(exist_ok=True)
        path = self.inbox / name
        path.write_bytes(data)
        return path

    def takes_in(self, now: datetime = NOW, **options: Any) -> IntakeOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return intake(self.settings, ledger, now, **options)

    def lies_in_inbox(self) -> list[str]:
        return sorted(path.name for path in self.inbox.iterdir() if path.is_file())

    def lies_in_taken(self) -> list[str]:
        return sorted(path.name for path in (self.inbox / "taken").iterdir())

    def told(self, name: str) -> str:
        return (self.inbox / name).read_bytes().decode("utf-8-sig")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company")
    desk.has(new("Known"))
    desk.runs()
    return desk


def test_a_form_becomes_a_record_with_a_number(desk: Desk):
    held = answers("New one")
    desk.drops("mine.xlsx", filled(held))
    outcome = desk.takes_in()
    (taken,) = outcome.taken
    assert (taken.number, taken.row, taken.file) == ("2024-002", 5, "mine.xlsx")
    frame = desk.register().requirements.frame
    assert {key: frame.at[5, key] for key in held} == held
    assert frame.at[5, "number"] == "2024-002"
    assert frame.at[5, "status"] == "Submitted"
    assert type(frame.at[5, "submitted_on"]) is date


def test_the_requester_finds_a_receipt(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one")))
    desk.takes_in()
    assert desk.lies_in_inbox() == []
    assert desk.lies_in_taken() == ["mine 2024-002.txt", "mine 2024-002.xlsx"]
    told = desk.told("taken/mine 2024-002.txt")
    assert told.startswith("2024-002  New one\r\n")
    assert "Registered on 2024-03-22 09:00: register.xlsx, row 5." in told
    assert "confirms it within 1 working day." in told


def test_the_next_run_and_the_next_intake_change_nothing_of_it(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one")))
    desk.takes_in()
    assert desk.takes_in().taken == ()
    desk.runs()
    assert desk.runs().placed is None
    assert desk.column("number") == ["2024-001", "2024-002"]
    assert desk.column("check")[1] in (None, "OK")


def test_only_the_new_row_is_written(desk: Desk):
    before = openpyxl.load_workbook(desk.file)
    desk.drops("mine.xlsx", filled(answers("New one")))
    desk.takes_in()
    after = openpyxl.load_workbook(desk.file)
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                if (sheet.title, cell.row) != ("Register", 5):
                    assert after[sheet.title][cell.coordinate].value == cell.value


def test_forms_are_numbered_by_their_submission(desk: Desk):
    desk.drops("a.xlsx", filled(answers("Later", submitted_on=date(2024, 3, 5))))
    desk.drops("b.xlsx", filled(answers("Sooner", submitted_on=date(2024, 3, 1))))
    desk.drops("c.xlsx", filled(answers("Last year", submitted_on=date(2023, 12, 1))))
    taken = {one.file: one.number for one in desk.takes_in().taken}
    assert taken == {"a.xlsx": "2024-003", "b.xlsx": "2024-002", "c.xlsx": "2023-001"}


def test_a_faulty_form_stays_and_is_told_what_to_mend(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one", department="Sales", goal=None)))
    outcome = desk.takes_in()
    assert outcome.taken == ()
    assert [(one.form.file, len(one.faults)) for one in outcome.faulty] == [("mine.xlsx", 2)]
    assert desk.lies_in_inbox() == ["mine.xlsx", "mine.xlsx - please mend.txt"]
    told = desk.told("mine.xlsx - please mend.txt")
    assert told.startswith("mine.xlsx was not taken in yet: 2 things to mend\r\n====")
    assert "1. B8 Department\r\n" in told
    assert "2. B15 Goal\r\n" in told
    assert len(desk.column("title")) == 1


def test_a_mended_form_is_taken_in_and_its_text_goes(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one", goal=None)))
    desk.takes_in()
    path.write_bytes(filled(answers("New one")))
    assert len(desk.takes_in().taken) == 1
    assert desk.lies_in_inbox() == []


def test_the_text_goes_with_its_form(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one", goal=None)))
    desk.drops("theirs - please mend.txt", b"a text of a person")
    desk.takes_in()
    path.unlink()
    desk.takes_in()
    assert desk.lies_in_inbox() == ["theirs - please mend.txt"]


def test_one_faulty_form_holds_no_other_back(desk: Desk):
    desk.drops("bad.xlsx", filled(answers("Bad", goal=None)))
    desk.drops("good.xlsx", filled(answers("Good")))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["good.xlsx"]
    assert [one.form.file for one in outcome.faulty] == ["bad.xlsx"]


def test_a_copy_with_the_same_answers_is_told_the_number(desk: Desk):
    data = filled(answers("New one"))
    desk.drops("mine.xlsx", data)
    desk.takes_in()
    desk.drops("mine.xlsx", data)
    desk.drops("renamed.xlsx", filled(answers("New one")))
    outcome = desk.takes_in()
    assert outcome.taken == ()
    assert [(one.file, one.before.number) for one in outcome.again] == [
        ("mine.xlsx", "2024-002"),
        ("renamed.xlsx", "2024-002"),
    ]
    assert len(desk.column("title")) == 2
    assert desk.lies_in_inbox() == []
    assert "mine 2024-002 (2).txt" in desk.lies_in_taken()
    told = desk.told("taken/renamed 2024-002.txt")
    assert told.startswith("Already registered as 2024-002\r\n")
    assert "does not stand in the register" not in told


def test_two_copies_dropped_at_once_make_one_record(desk: Desk):
    for name in ("a.xlsx", "b.xlsx"):
        desk.drops(name, filled(answers("New one")))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["a.xlsx"]
    assert [one.file for one in outcome.again] == ["b.xlsx"]
    assert len(desk.column("title")) == 2
    assert desk.lies_in_inbox() == []


def test_copies_of_a_faulty_form_are_told_each(desk: Desk):
    for name in ("a.xlsx", "b.xlsx"):
        desk.drops(name, filled(answers("New one", goal=None)))
    outcome = desk.takes_in()
    assert [one.form.file for one in outcome.faulty] == ["a.xlsx", "b.xlsx"]
    assert len(desk.lies_in_inbox()) == 4


def test_an_edited_copy_is_a_record_of_its_own_and_says_whose_copy_it_is(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("First wish")))
    desk.takes_in()
    desk.drops("mine.xlsx", filled(answers("Second wish for the shop")))
    (taken,) = desk.takes_in().taken
    assert taken.number == "2024-003"
    told = " ".join(desk.told("taken/mine 2024-003.txt").split())
    assert "edited from one that was registered before as 2024-002; it differs in: Title." in told


def test_forms_that_share_no_more_than_the_blank_one_are_no_copies(desk: Desk):
    desk.drops("a.xlsx", filled(answers("First wish")))
    desk.takes_in()
    other = {key: f"{value} and more" for key, value in answers("x").items() if key in TEXTS}
    desk.drops("b.xlsx", filled(answers("Quite another", **other)))
    desk.takes_in()
    assert "edited from" not in desk.told("taken/b 2024-003.txt")


TEXTS = ("background", "goal", "description", "benefit", "interruption")


def test_a_title_that_two_forms_share_is_taken_once(desk: Desk):
    desk.drops("a.xlsx", filled(answers("The same", goal=None)))
    desk.drops("b.xlsx", filled(answers("The same", benefit="10 calls fewer a day")))
    desk.drops("c.xlsx", filled(answers("The same", benefit="20 calls fewer a day")))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["b.xlsx"]
    assert sorted(one.form.file for one in outcome.faulty) == ["a.xlsx", "c.xlsx"]
    assert "2024-002" in desk.told("c.xlsx - please mend.txt")


def test_a_register_that_is_open_lets_forms_wait(desk: Desk):
    desk.drops("good.xlsx", filled(answers("Good")))
    desk.drops("bad.xlsx", filled(answers("Bad", goal=None)))
    lock = desk.file.with_name(f".~lock.{desk.file.name}#")
    lock.write_text(",Li,PC-07,,;", encoding="utf-8")
    os.utime(lock, (NOW.timestamp(), NOW.timestamp()))
    outcome = desk.takes_in()
    assert isinstance(outcome.deferred, WorkbookOpen)
    assert [one.form.file for one in outcome.ready] == ["good.xlsx"]
    assert desk.lies_in_inbox() == ["bad.xlsx", "bad.xlsx - please mend.txt", "good.xlsx"]
    lock.unlink()
    assert [one.number for one in desk.takes_in().taken] == ["2024-002"]


@pytest.mark.parametrize("sign", ["~$mine.xlsx", ".~lock.mine.xlsx#", ".~mine.xlsx"])
def test_a_form_that_is_open_waits(desk: Desk, sign: str):
    desk.drops("mine.xlsx", filled(answers("New one", goal=None)))
    desk.takes_in()
    desk.drops("mine.xlsx", filled(answers("New one")))
    lock = desk.drops(sign, b"\x02Li")
    os.utime(lock, (NOW.timestamp(), NOW.timestamp()))
    outcome = desk.takes_in()
    assert [one.name for one in outcome.waiting] == ["mine.xlsx"]
    assert "mine.xlsx - please mend.txt" in desk.lies_in_inbox()
    lock.unlink()
    assert len(desk.takes_in().taken) == 1


def test_a_sign_that_a_crash_left_holds_no_form_for_ever(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one")))
    lock = desk.drops("~$mine.xlsx", b"\x02Li")
    old = (NOW - timedelta(days=2)).timestamp()
    os.utime(lock, (old, old))
    assert len(desk.takes_in().taken) == 1


def test_a_form_that_is_still_being_copied_waits(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one"))[:5000])
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    outcome = desk.takes_in()
    assert [one.name for one in outcome.waiting] == ["mine.xlsx"]
    assert "still be copying" in str(outcome.waiting[0].reason)
    assert desk.lies_in_inbox() == ["mine.xlsx"]
    path.write_bytes(filled(answers("New one")))
    assert len(desk.takes_in().taken) == 1


def test_a_damaged_form_is_refused_with_the_reason(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one"))[:5000])
    old = (NOW - timedelta(hours=1)).timestamp()
    os.utime(path, (old, old))
    outcome = desk.takes_in()
    assert [one.name for one in outcome.unusable] == ["mine.xlsx"]
    assert "mine.xlsx cannot be taken in" in desk.told("mine.xlsx - please mend.txt")


def test_files_that_are_no_forms_are_left_alone_and_told_once(desk: Desk):
    desk.drops("shot.png", b"a picture")
    (desk.inbox / "folder.xlsx").mkdir()
    (desk.inbox / "attachments").mkdir()
    assert [one.name for one in desk.takes_in().others] == ["shot.png"]
    outcome = desk.takes_in()
    assert (outcome.others, outcome.unusable) == ((), ())
    desk.drops("shot.png", b"another picture")
    assert [one.name for one in desk.takes_in().others] == ["shot.png"]
    assert desk.lies_in_inbox() == ["shot.png"]


@pytest.mark.parametrize("name", ["old.xls", "table.csv", "book.ods"])
def test_a_table_in_another_format_is_told_beside_it(desk: Desk, name: str):
    desk.drops(name, b"1,2,3")
    assert [one.name for one in desk.takes_in().unusable] == [name]
    assert "no Excel workbook (.xlsx)" in desk.told(f"{name} - please mend.txt")


def test_a_register_is_no_form(desk: Desk):
    desk.drops("register.xlsx", desk.file.read_bytes())
    (found,) = desk.takes_in().unusable
    assert found.reason is not None
    assert "no requirement form" in str(found.reason)
    assert len(desk.column("title")) == 1


def test_a_blank_form_lies_there_for_people_to_copy(desk: Desk):
    desk.drops("Requirement form.xlsx", blank())
    outcome = desk.takes_in()
    assert (outcome.faulty, outcome.unusable, outcome.others) == ((), (), ())
    assert desk.lies_in_inbox() == ["Requirement form.xlsx"]


def test_a_form_of_another_register_of_the_company_is_left_to_it(desk: Desk):
    desk.drops("theirs.xlsx", filled(answers("New one"), blank(register_id="it")))
    outcome = desk.takes_in(registers=("main", "it"))
    assert outcome == IntakeOutcome(outcome.folder)
    assert [one.name for one in desk.takes_in().unusable] == ["theirs.xlsx"]


def test_a_form_in_another_language_gets_the_choices_of_the_register(desk: Desk):
    held = answers("New one", type="fix") | {"type": "修复", "priority": "高"}
    desk.drops("mine.xlsx", filled(held, blank("zh-Hans")))
    assert len(desk.takes_in().taken) == 1
    frame = desk.register().requirements.frame
    assert frame.at[5, "type"] == "Fix"
    assert frame.at[5, "priority"] == "High"
    assert "已于 2024-03-22 09:00 登记" in desk.told("taken/mine 2024-002.txt")


def test_a_faulty_form_is_told_in_its_own_language(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one", goal=None), blank("zh-Hant")))
    desk.takes_in()
    told = desk.told("mine.xlsx - 請修改.txt")
    assert "還沒有收錄" in told
    assert "目標描述" in told


def test_a_dry_run_only_tells(desk: Desk):
    desk.drops("good.xlsx", filled(answers("Good")))
    desk.drops("bad.xlsx", filled(answers("Bad", goal=None)))
    before = desk.sha()
    outcome = desk.takes_in(dry_run=True)
    assert [one.form.file for one in outcome.ready] == ["good.xlsx"]
    assert [one.form.file for one in outcome.faulty] == ["bad.xlsx"]
    assert desk.lies_in_inbox() == ["bad.xlsx", "good.xlsx"]
    assert desk.sha() == before


def test_without_an_inbox_there_is_nothing_and_then_there_is_one(desk: Desk):
    assert desk.takes_in(dry_run=True).ready == ()
    assert not desk.inbox.exists()
    desk.takes_in()
    assert desk.lies_in_inbox() == []


def test_a_form_that_was_undone_can_be_taken_in_again(desk: Desk):
    data = filled(answers("New one"))
    desk.drops("mine.xlsx", data)
    desk.takes_in()
    with open_ledger(desk.settings) as ledger:
        undo(desk.settings, ledger, NOW)
    assert len(desk.column("title")) == 1
    desk.drops("mine.xlsx", data)
    assert [one.number for one in desk.takes_in().taken] == ["2024-002"]
    assert desk.lies_in_taken() == [
        *("mine 2024-002 (2).txt", "mine 2024-002 (2).xlsx"),
        *("mine 2024-002.txt", "mine 2024-002.xlsx"),
    ]


def test_a_copy_of_a_record_that_is_gone_says_so(desk: Desk):
    data = filled(answers("New one"))
    desk.drops("mine.xlsx", data)
    desk.takes_in()
    for column in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        desk.type_into(f"{column}5", None)
    desk.drops("copy.xlsx", data)
    desk.takes_in()
    told = " ".join(desk.told("taken/copy 2024-002.txt").split())
    assert "2024-002 does not stand in the register any more" in told


def test_a_form_that_is_edited_between_intake_and_move_stays(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one")))
    edited = filled(answers("Quite another one"))

    def edit(step: str) -> None:
        if step == "rename" and path.exists() and (desk.inbox / "taken").exists():
            path.write_bytes(edited)

    outcome = desk.takes_in(step=edit)
    assert len(outcome.taken) == 1
    assert path.read_bytes() == edited
    assert desk.lies_in_taken() == ["mine 2024-002.txt"]
    assert [one.number for one in desk.takes_in().taken] == ["2024-003"]


def test_a_companys_own_field_is_asked_for_and_taken_in(tmp_path: Path):
    desk = Desk(tmp_path / "company")
    settings_file = desk.settings.folder / "xlflow.toml"
    own = '[[fields]]\nkey = "cost_centre"\nlabel = "Cost centre"\nrequired_from = "submitted"\n'
    settings_file.write_text(settings_file.read_text("utf-8") + own, encoding="utf-8")
    desk.settings = load_settings(settings_file)
    lists = {"departments": ["Marketing", "Finance"]}
    desk.file.write_bytes(build_register("en", settings=desk.settings, **lists))
    facts = FormFacts("f1", "main", "inbox", ("Marketing",))
    form = build_form("en", facts, desk.settings)
    desk.drops("without.xlsx", filled(answers("One"), form))
    desk.drops("with.xlsx", filled(answers("Two") | {"cost_centre": "4711"}, form))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["with.xlsx"]
    assert desk.register().requirements.frame.at[4, "cost_centre"] == "4711"
    assert "Cost centre" in desk.told("without.xlsx - please mend.txt")


def test_pictures_are_told_to_stay_with_the_form(desk: Desk):
    path = desk.drops("mine.xlsx", filled(answers("New one")))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"a picture")
    desk.takes_in()
    assert "The form holds pictures." in desk.told("taken/mine 2024-002.txt")


def test_an_inbox_may_be_the_folder_of_the_register(tmp_path: Path):
    desk = Desk(tmp_path / "company", intake={"folder": ".", "done": "taken"})
    desk.has(new("Known"))
    (desk.file.parent / "mine.xlsx").write_bytes(filled(answers("New one")))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["mine.xlsx"]
    assert outcome.unusable == ()
    names = {path.name for path in desk.file.parent.iterdir() if not path.name.startswith(".")}
    assert names == {"register.xlsx", "taken"}


def test_an_inbox_anywhere_else_is_served_too(tmp_path: Path):
    place = tmp_path / "elsewhere" / "inbox"
    desk = Desk(tmp_path / "company", intake={"folder": str(place), "done": str(place / "done")})
    desk.has(new("Known"))
    place.mkdir(parents=True)
    (place / "mine.xlsx").write_bytes(filled(answers("New one")))
    assert len(desk.takes_in().taken) == 1
    assert {path.name for path in (place / "done").iterdir()} == {
        *("mine 2024-001.txt", "mine 2024-001.xlsx")
    }


def test_an_inbox_may_lie_beside_the_folder_of_the_register(tmp_path: Path):
    desk = Desk(tmp_path / "company", intake={"folder": "../inbox", "done": "../inbox/taken"})
    desk.has(new("Known"))
    place = desk.file.parent.parent / "inbox"
    place.mkdir()
    (place / "mine.xlsx").write_bytes(filled(answers("New one")))
    assert len(desk.takes_in().taken) == 1
    assert [path.name for path in place.iterdir()] == ["taken"]


def test_forms_must_be_moved_somewhere_else(tmp_path: Path):
    with pytest.raises(SettingsError, match="name the same folder"):
        Desk(tmp_path / "company", intake={"folder": "inbox", "done": "./Inbox/"})


def test_a_name_that_nobody_can_read_is_told(desk: Desk):
    desk.inbox.mkdir()
    name = os.path.join(os.fsencode(desk.inbox), "需求.xlsx".encode("gbk"))  # noqa: PTH118
    with open(name, "wb") as file:  # noqa: PTH123 - of bytes
        file.write(filled(answers("New one")))
    desk.drops("good.xlsx", filled(answers("Good")))
    outcome = desk.takes_in()
    assert [one.file for one in outcome.taken] == ["good.xlsx"]
    assert "cannot be read here" in str(outcome.unusable[0].reason)
    assert outcome.stuck == ()
    assert len(desk.lies_in_inbox()) == 2


@pytest.mark.parametrize("name", ["长" * 70, "x" * 230])
def test_a_long_name_is_shortened_where_the_form_is_kept(desk: Desk, name: str):
    desk.drops(f"{name}.xlsx", filled(answers("New one")))
    outcome = desk.takes_in()
    assert outcome.stuck == ()
    assert len(desk.lies_in_taken()) == 2
    assert all(kept.startswith(name[:40]) for kept in desk.lies_in_taken())


def test_a_receipt_never_replaces_what_lies_there(desk: Desk):
    desk.drops("mine.xlsx", filled(answers("New one")))
    (desk.inbox / "taken").mkdir()
    (desk.inbox / "taken" / "mine 2024-002.txt").write_bytes(b"mine")
    desk.takes_in()
    assert desk.lies_in_taken() == [
        *("mine 2024-002 (2).txt", "mine 2024-002 (2).xlsx", "mine 2024-002.txt")
    ]
