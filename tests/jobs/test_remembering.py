"""A run with a memory: numbers go home, changes get theirs, and what was before is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, Company, new
from registers import clean

from xlflow.jobs.inspection import check_register
from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.run import RunOutcome
from xlflow.jobs.undo import undo
from xlflow.record.memory import Misnumbered
from xlflow.workbook.patch import CellEdit, patch


class Office(Company):
    """People who type into cells by field, and a run each morning."""

    today = NOW

    def types(self, row: int, sheet: str = "register", **values: Any) -> None:
        """Set cells as people do, whatever is guarded."""
        register = self.register()
        table = next(table for table in register.tables if table.sheet == sheet)
        edits = [
            CellEdit(table.title, row, table.columns[key], value) for key, value in values.items()
        ]
        self.file.write_bytes(patch(self.file.read_bytes(), edits).data)

    def next_morning(self) -> RunOutcome:
        self.today += timedelta(days=1)
        return self.runs(self.today)

    def rules(self, outcome: RunOutcome) -> list[str]:
        assert outcome.inspection is not None
        return sorted({found.rule for found in outcome.inspection.findings})


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "company")
    office.has(
        new("One", background="Orders are late every Monday morning", goal="3 orders late at most"),
        new("Two", background="Nobody sees what is in stock", goal="Stock shown within 5 seconds"),
    )
    office.runs(office.today)
    return office


def test_a_number_that_was_cleared_is_put_back(office: Office):
    office.types(4, number=None)
    outcome = office.next_morning()
    assert office.column("number") == ["2024-001", "2024-002"]
    assert outcome.put_back == {4: Misnumbered("2024-001", "", None)}
    assert outcome.numbered == {}


def test_a_number_that_was_pasted_over_another_is_put_back(office: Office):
    office.types(5, number="2024-001")
    outcome = office.next_morning()
    assert office.column("number") == ["2024-001", "2024-002"]
    assert outcome.put_back == {5: Misnumbered("2024-002", "2024-001", 4)}


def test_a_check_tells_what_the_next_run_will_put_back(office: Office):
    office.types(4, number="2024-002")
    office.types(5, number="2024-001")
    told = {
        found.cell: found.message("en")
        for found in check_register(office.settings, office.today).findings
        if found.rule == "number-altered"
    }
    assert told == {
        "Register!A4": "2024-002 belongs to row 5; this requirement is 2024-001. "
        "The next run puts its number back; leave it.",
        "Register!A5": "2024-001 belongs to row 4; this requirement is 2024-002. "
        "The next run puts its number back; leave it.",
    }


def test_a_check_without_a_ledger_makes_none(tmp_path: Path):
    office = Office(tmp_path / "company")
    office.has(new("One"))
    check_register(office.settings, office.today)
    assert not (office.settings.folder / "xlflow.db").exists()


def test_a_second_run_over_restored_numbers_writes_nothing(office: Office):
    office.types(5, number="2024-001")
    office.runs(office.today)
    before = office.sha()
    assert office.runs(office.today).placed is None
    assert office.sha() == before


def test_a_stale_save_that_wipes_numbers_changes_none(office: Office, tmp_path: Path):
    """Somebody had the register open since before the first run, and saves it now."""
    office.types(4, number=None, title="One, edited meanwhile")
    office.types(5, number=None)
    office.next_morning()
    assert office.column("number") == ["2024-001", "2024-002"]
    assert office.column("title")[0] == "One, edited meanwhile"


def test_a_copied_row_gets_a_number_of_its_own_once_the_copied_one_is_cleared(office: Office):
    copy = {key: office.column(key)[0] for key in ("number", "department", "type", "priority")}
    rest = new("A copy", background="Another trouble with orders altogether", goal="5 less a day")
    office.types(6, **{**rest, **copy})
    assert "number-doubled" in office.rules(office.next_morning())
    office.types(6, number=None)
    assert office.next_morning().numbered == {6: "2024-003"}


def test_a_record_that_vanished_is_told_until_it_is_back(office: Office):
    row = {key: office.column(key)[1] for key in new("x")} | {"number": "2024-002"}
    office.types(5, **dict.fromkeys(row))
    outcome = office.next_morning()
    (told,) = (f for f in outcome.inspection.findings if f.rule == "record-vanished")
    assert (told.number, told.cell) == ("2024-002", "")
    assert "Two was last in the register on 2024-03-22 09:00" in told.message("en")
    office.types(7, **row)
    assert "record-vanished" not in office.rules(office.next_morning())


def test_a_register_that_lost_all_its_records_tells_each(office: Office):
    for row in (4, 5):
        office.types(row, **dict.fromkeys([*new("x"), "number"]))
    outcome = office.next_morning()
    vanished = [f.number for f in outcome.inspection.findings if f.rule == "record-vanished"]
    assert vanished == ["2024-001", "2024-002"]


def test_a_jump_is_told_while_the_status_stands_there(office: Office):
    office.types(4, status="Developing")
    assert "status-jump" in office.rules(office.next_morning())
    assert "status-jump" in office.rules(office.next_morning())
    office.types(4, status="Submitted")
    assert "status-jump" not in office.rules(office.next_morning())


def test_a_blocked_record_keeps_the_needs_of_the_step_that_it_came_from(office: Office):
    row = clean("developing", number="2024-003", solution=None, goal="20 calls fewer")
    office.types(6, **row)
    office.next_morning()
    office.types(6, status="Blocked", blocked_reason="Supplier, since Monday")
    assert "solution-incomplete" in office.rules(office.next_morning())


def signed(**changes: Any) -> dict[str, Any]:
    return clean("developing", number="2024-003", goal="Calls down by 15%") | changes


def test_a_changed_scope_is_told_until_an_approved_line_covers_it(office: Office):
    office.types(6, **signed())
    assert "scope-changed" not in office.rules(office.next_morning())
    office.types(6, goal="Calls down by 10%")
    outcome = office.next_morning()
    (told,) = (f for f in outcome.inspection.findings if f.rule == "scope-changed")
    assert told.cell == "Register!P6"
    assert 'Signed was "Calls down by 15%", now it says "Calls down by 10%"' in told.message("en")
    line = {"number": "2024-003", "date": date(2024, 3, 24), "by": "* Manager"}
    office.types(4, "changes", **line, change="10% is enough", reason="Fewer callers")
    assert "scope-changed" in office.rules(office.next_morning())
    assert office.register().changes.frame["change_number"].tolist() == ["2024-003-C1"]
    day = date(2024, 3, 25)
    office.types(4, "changes", business_approved_on=day, technical_approved_on=day)
    assert "scope-changed" not in office.rules(office.next_morning())
    with open_ledger(office.settings) as ledger:
        first, second = ledger.baselines.of_number("main", "2024-003")
    assert (first.values["goal"], second.values["goal"]) == (
        "Calls down by 15%",
        "Calls down by 10%",
    )


def test_a_change_line_that_lacks_something_gets_no_number_yet(office: Office):
    line = {"number": "2024-001", "date": date(2024, 3, 22), "change": "More", "by": "* Manager"}
    office.types(4, "changes", **line)
    office.next_morning()
    assert office.register().changes.frame["change_number"].tolist() == [None]
    office.types(4, "changes", reason="They asked")
    office.types(5, "changes", **line, reason="They asked again")
    assert office.next_morning().change_numbers == {4: "2024-001-C1", 5: "2024-001-C2"}


def test_a_change_number_that_was_pasted_over_is_put_back(office: Office):
    line = {"number": "2024-001", "date": date(2024, 3, 22), "change": "More", "by": "* Manager"}
    office.types(4, "changes", **line, reason="They asked")
    office.next_morning()
    office.types(4, "changes", change_number="my own")
    office.next_morning()
    assert office.register().changes.frame["change_number"].tolist() == ["2024-001-C1"]


def test_what_an_undo_took_back_is_given_anew(office: Office):
    office.types(6, **new("Three", goal="7 questions fewer"))
    office.runs(office.today)
    with open_ledger(office.settings) as ledger:
        undo(office.settings, ledger, office.today)
        assert [e.number for e in ledger.history.entries("main")][-1] == ""
    office.types(6, title="Three in other words")
    assert office.next_morning().numbered == {6: "2024-003"}


def test_a_run_that_was_deferred_has_seen_the_register_all_the_same(office: Office):
    office.types(4, goal="2 orders late at most", number=None)
    sign = office.file.with_name(f".~lock.{office.file.name}#")
    sign.write_text(",ann,desk,22.03.2024 08:59,;", encoding="utf-8")
    assert office.next_morning().deferred
    with open_ledger(office.settings) as ledger:
        (noted,) = ledger.history.events("main", since=NOW)
    assert (noted.event.before, noted.event.after) == (
        "3 orders late at most",
        "2 orders late at most",
    )
    assert noted.at == office.today


def test_deadlines_wait_while_a_record_is_blocked(office: Office):
    """Blocked from Friday to the Thursday after: five working days more for the assessment."""
    office.types(4, status="Assessing", contact="L. *", confirmed_on=date(2024, 3, 22))
    office.today = datetime(2024, 3, 21, 9, tzinfo=NOW.tzinfo)
    due = {
        it.id: it.due
        for it in office.next_morning().inspection.deadlines
        if it.number == "2024-001"
    }
    assert due["assess"] == date(2024, 3, 26)
    office.types(4, status="Blocked", blocked_reason="No access")
    office.next_morning()
    office.today = datetime(2024, 3, 28, 9, tzinfo=NOW.tzinfo)
    office.types(4, status="Assessing", blocked_reason=None)
    due = {
        it.id: it.due
        for it in office.next_morning().inspection.deadlines
        if it.number == "2024-001"
    }
    assert due["assess"] == date(2024, 4, 2)


def test_what_stands_beside_a_record_that_people_cleared_goes_too(office: Office):
    office.types(5, **dict.fromkeys([*new("x"), "number"]))
    office.next_morning()
    assert office.register().requirements.remnants == ()
    sheet = openpyxl.load_workbook(office.file)["Register"]
    assert [cell.value for cell in sheet[5] if cell.value is not None] == []
    before = office.sha()
    office.runs(office.today)
    assert office.sha() == before


def test_a_status_that_was_claimed_too_early_may_be_taken_back_and_claimed_later(office: Office):
    office.types(4, status="Assessing")
    assert "confirmation-incomplete" in office.rules(office.next_morning())
    office.types(4, status="Submitted")
    assert office.rules(office.next_morning()) == []
    office.types(4, contact="L. *", confirmed_on=date(2024, 3, 22))
    assert "status-went-back" not in office.rules(office.next_morning())


def test_who_goes_back_is_not_excused_by_what_is_emptied_later(office: Office):
    office.types(4, status="Assessing", contact="L. *", confirmed_on=date(2024, 3, 22))
    office.next_morning()
    office.types(4, status="Submitted")
    assert "status-went-back" in office.rules(office.next_morning())
    office.types(4, contact=None)
    assert "status-went-back" in office.rules(office.next_morning())
