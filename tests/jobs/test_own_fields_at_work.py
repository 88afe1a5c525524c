"""A company's own fields and choices in a real workbook: checked, run, repaired and reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from company import NOW, Company, new
from own_fields import SECTIONS
from registers import clean

from xlflow.checks.finding import ABSENT, Finding
from xlflow.jobs.appending import ColumnsAbsent, appended
from xlflow.jobs.inspection import check_register, inspect_register
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.repair import RepairOutcome, repair
from xlflow.languages import LANGUAGES, Language
from xlflow.record.schema import STANDARD
from xlflow.settings import load_settings
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register

KEYS = ("cost_centre", "plant", "budget", "review_days", "approver", "audit_on", "external")


class OwnCompany(Company):
    """A company whose settings add fields and choices, in a register that has them."""

    def __init__(self, folder: Path, sections: str = SECTIONS) -> None:
        super().__init__(folder)
        path = folder / "xlflow.toml"
        path.write_text(path.read_text(encoding="utf-8") + sections, encoding="utf-8")
        self.settings = load_settings(path)

    def has(self, *rows: dict[str, Any], **lines: Any) -> None:
        lists = {"departments": ["Marketing", "Finance"]}
        data = build_register("en", settings=self.settings, rows=rows, **lists, **lines)
        self.file.write_bytes(data)

    def findings(self, *keys: str) -> list[Finding]:
        found = check_register(self.settings, NOW).findings
        return [one for one in found if one.field in (keys or KEYS)]

    def repairs(self) -> RepairOutcome:
        with one_run_at_a_time(self.settings), open_ledger(self.settings) as ledger:
            return repair(self.settings, ledger, NOW)


@pytest.fixture
def company(tmp_path: Path) -> OwnCompany:
    return OwnCompany(tmp_path / "company")


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in findings]


def test_own_fields_are_checked_as_any_other(company: OwnCompany):
    own = {
        "cost_centre": "4711-0815-01",
        "plant": "Suzou",
        "budget": "12 k",
        "review_days": -1,
        "approver": "John Smith",
        "audit_on": "2024.3.20",
        "external": "perhaps",
    }
    company.has(clean("closed", title="One") | own)
    assert told(company.findings()) == [
        ("cost_centre", "company-text-too-long"),
        ("plant", "choice-off-list"),
        ("budget", "amount-not-a-number"),
        ("review_days", "days-impossible"),
        ("external", "choice-off-list"),
        ("approver", "name-not-masked"),
        ("audit_on", "date-as-text"),
    ]
    plant = company.findings("plant")[0]
    assert plant.message("zh-Hant").count("蘇州") == 1
    assert (plant.label("zh-Hant"), plant.step) == ("工廠", "designing")
    assert plant.to_dict("en")["expected"] == ["Suzhou", "Shanghai"]


def test_a_blank_own_field_is_told_from_its_status_on(company: OwnCompany):
    company.has(clean("submitted", title="One"), clean("designing", title="Two", number="2024-016"))
    assert told(company.findings()) == [
        ("cost_centre", "company-field-blank"),
        ("cost_centre", "company-field-blank"),
        ("plant", "company-field-blank"),
    ]
    message = company.findings("plant")[0].message("zh-Hans")
    assert message == "从“设计中”起要填。从下拉列表选择。"


def test_a_record_gets_no_number_before_its_own_field_is_filled(company: OwnCompany):
    company.has(new("One"), new("Two", department="Finance") | {"cost_centre": "4711"})
    company.runs()
    assert company.column("number") == [None, "2024-001"]
    assert "Cost centre" in str(company.column("check")[0])
    assert company.runs().placed is None


def test_own_values_and_labels_of_choices_are_taken(company: OwnCompany):
    company.has(new("One") | {"cost_centre": "1", "type": "Report", "priority": "P1"})
    assert told(company.findings("type", "priority")) == []
    company.runs()
    assert company.column("number") == ["2024-001"]


def test_the_next_step_names_own_fields_that_the_next_status_needs(company: OwnCompany):
    row = clean("assessing", title="One", number="2024-001") | {"cost_centre": "1"}
    company.has(row)
    company.runs()
    assert "【Plant】" in str(company.column("next_step")[0])


def test_a_register_without_the_columns_is_read_and_told(company: OwnCompany):
    company.file.write_bytes(build_register("en", rows=[new("One")], departments=["Marketing"]))
    findings = company.findings()
    assert {one.field for one in findings} == set(KEYS)
    assert {(one.rule, one.severity, one.row) for one in findings} == {(ABSENT, "warning", 3)}
    company.runs()
    assert company.column("number") == ["2024-001"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_that_fill_columns_not_there_yet_are_refused_with_what_to_do(
    company: OwnCompany, language: Language
):
    data = build_register("en", rows=[new("One")], departments=["Marketing"])
    register = read_register(data, "register.xlsx", schema=company.settings.schema)
    line = {"title": "Two", "cost_centre": "4711", "budget": 3, "plant": None}
    with pytest.raises(ColumnsAbsent) as refused:
        appended(data, register, {"register": [line]})
    assert "Cost centre, Budget" in refused.value.message(language)
    assert "xlflow template --upgrade" in refused.value.message(language)


def test_a_repair_puts_back_what_own_columns_have_lost(company: OwnCompany):
    company.has(new("One") | {"cost_centre": "4711", "plant": "Suzhou"})
    columns = company.register().requirements.columns
    book = openpyxl.load_workbook(company.file)
    sheet = book["Register"]
    sheet[f"{columns['plant']}3"] = "Where?"
    sheet[f"{columns['budget']}1"] = None
    sheet.data_validations.dataValidation = [
        rule
        for rule in sheet.data_validations.dataValidation
        if f"{columns['plant']}4" not in str(rule.sqref)
    ]
    del book.defined_names["xlflow_own_plant"]
    book["Lists"]["J5"] = "Shangai"
    book.save(company.file)
    outcome = company.repairs()
    assert outcome.left == ()
    kinds = {difference.kind for difference in outcome.put_back}
    assert {"header", "key-empty", "validation-missing", "name-missing", "list"} <= kinds
    assert company.column("plant") == ["Suzhou"]
    assert company.repairs().placed is None


def test_a_repair_leaves_columns_that_never_were_to_the_upgrade(company: OwnCompany):
    company.file.write_bytes(build_register("en", rows=[new("One")], departments=["Marketing"]))
    outcome = company.repairs()
    assert {difference.kind for difference in outcome.left} == {
        "column-absent",
        "list-column-absent",
    }
    assert set(company.column("title")) == {"One"}
    assert all(key not in company.register().requirements.columns for key in KEYS)


def test_the_standards_fields_keep_their_order_in_the_template(company: OwnCompany):
    company.has()
    columns = company.register().requirements.columns
    assert [key for key in columns if key not in KEYS] == [field.key for field in STANDARD.register]


SINCE = """
[[fields]]
key = "cost_centre"
label = "Cost centre"
required_from = "submitted"
since = 2024-03-02
[[fields]]
key = "plant"
label = "Plant"
required_from = "designing"
since = 2024-03-02
"""


def test_a_field_that_is_asked_from_a_day_on_leaves_older_records_in_peace(tmp_path: Path):
    company = OwnCompany(tmp_path / "company", SINCE)
    later = {"submitted_on": date(2024, 3, 4), "confirmed_on": date(2024, 3, 4)}
    company.has(
        clean("assessing", title="Old", number="2024-001"),
        clean("assessing", title="New", number="2024-002", **later),
        clean("assessing", title="None", number="2024-003", submitted_on=None),
    )
    assert [(one.field, one.row) for one in company.findings("cost_centre")] == [
        ("cost_centre", 5),
        ("cost_centre", 6),
    ]
    company.has(
        *(
            clean("assessing", title=title, number=f"2024-00{n}", **changes)
            | {"cost_centre": "1", "owner": None}
            for n, (title, changes) in enumerate((("Old", {}), ("New", later)), 1)
        )
    )
    rows = company.register().requirements.frame.index.tolist()
    steps = inspect_register(company.settings, NOW).guidance
    assert [("Plant" in steps[row].next_step) for row in rows] == [False, False]
    company.has(
        *(
            clean("assessing", title=title, number=f"2024-00{n}", **changes) | {"cost_centre": "1"}
            for n, (title, changes) in enumerate((("Old", {}), ("New", later)), 1)
        )
    )
    steps = inspect_register(company.settings, NOW).guidance
    assert [("Plant" in steps[row].next_step) for row in rows] == [False, True]
