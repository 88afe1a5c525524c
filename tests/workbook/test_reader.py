"""What the template writes, the reader reads back, in every language and from every client."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from xlflow.languages import LANGUAGES, Language
from xlflow.record.example import worked_example, worked_progress
from xlflow.record.fields import SHEETS
from xlflow.record.register import Person, Table
from xlflow.workbook.reader import read_register
from xlflow.workbook.template import build_register

PEOPLE = (Person("A. *", "Marketing", "a@example.com", "L. *"), Person("*经理"))
ISSUE = {
    "number": "2024-015",
    "raised_at": datetime.fromisoformat("2024-03-06T14:30"),
    "issue": "The payment interface answers late",
    "owner": "Z. *",
}
CHANGE = {"number": "2024-015", "change_number": "2024-015-C1", "date": date(2024, 3, 7)}


def held(table: Table) -> list[dict[str, Any]]:
    """The rows of a table without their blanks."""
    rows = table.frame.to_dict("records")
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_template_wrote_is_read_back(language: Language) -> None:
    data = build_register(
        language,
        register_id="sales",
        rows=[worked_example(language)],
        progress=worked_progress(language),
        issues=[ISSUE],
        changes=[CHANGE],
        people=PEOPLE,
        departments=["Marketing", "市场部"],
    )

    found = read_register(data, "sales.xlsx")

    assert (found.path, found.language) == ("sales.xlsx", language)
    assert (found.register_id, found.layout) == ("sales", 1)
    assert held(found.requirements) == [worked_example(language)]
    assert held(found.progress) == worked_progress(language)
    assert held(found.issues) == [ISSUE]
    assert held(found.changes) == [CHANGE]
    assert found.departments == ("Marketing", "市场部")
    assert found.people == PEOPLE


def test_every_cell_is_found_by_its_row_and_column() -> None:
    found = read_register(build_register("en", rows=[worked_example("en")] * 3), "r.xlsx")

    assert list(found.requirements.frame.index) == [4, 5, 6]
    assert found.requirements.cell(5, "title") == "Register!B5"
    assert found.requirements.cell(6, "number") == "Register!A6"


def test_a_frame_has_every_field_in_its_order_and_no_inferred_types() -> None:
    found = read_register(build_register("en", rows=[worked_example("en")]), "r.xlsx")

    for table in found.tables:
        assert list(table.frame.columns) == [field.key for field in SHEETS[table.sheet]]
        assert set(map(str, table.frame.dtypes)) == {"object"}
        assert str(table.frame.index.dtype) == "int64"


def test_an_empty_register_has_no_rows() -> None:
    found = read_register(build_register("zh-Hant"), "r.xlsx")

    assert [len(table) for table in found.tables] == [0, 0, 0, 0]
