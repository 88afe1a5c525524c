from __future__ import annotations

import pytest
from registers import clean, register

from xlflow.record.register import frame_of, quoted


def test_a_cell_is_named_as_excel_names_it():
    table = register([clean()]).requirements
    assert table.cell(4, "number") == "Register!A4"
    assert table.cell(4, "goal") == "Register!P4"


@pytest.mark.parametrize(
    ("title", "reference"),
    [
        ("Register", "Register"),
        ("需求登记", "需求登记"),
        ("My list", "'My list'"),
        ("Bob's", "'Bob''s'"),
        ("A1", "'A1'"),
        ("2024", "'2024'"),
    ],
)
def test_a_sheet_name_is_quoted_where_excel_quotes_it(title, reference):
    assert quoted(title) == reference


def test_a_frame_keeps_every_value_as_it_was_typed():
    frame = frame_of("progress", [{"number": "2024-001", "date": "3/6"}, {"number": 7}])
    assert frame.loc[4, "date"] == "3/6"
    assert frame.loc[5, "number"] == 7
    assert frame.loc[5, "date"] is None
    assert {str(dtype) for dtype in frame.dtypes} == {"object"}


def test_an_empty_register_has_all_its_columns():
    table = register().requirements
    assert len(table) == 0
    assert list(table.frame.columns)[:2] == ["number", "title"]
