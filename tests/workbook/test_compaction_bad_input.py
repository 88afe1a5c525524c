"""Odd and damaged sheets: a refusal, or a result that holds against the proof and the model."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook.bad_sheets import SHEETS
from workbook.compaction_model import faults
from workbook.handmade import book, sheet

from xlflow.errors import XlflowError
from xlflow.record.fields import SHEETS as FIELDS
from xlflow.workbook.compaction import Removal, compact, verify_compaction
from xlflow.workbook.refusals import NotVerified

COLUMNS = range(1, len(FIELDS["register"]) + 1)
FIRST_OF_THREE = Removal("Register", [4], first_row=4, last_row=6, columns=COLUMNS)

ROWS = "".join(
    f'<row r="{n}" ht="{n}5"><c r="A{n}" s="0"><v>{n}</v></c>'
    f'<c r="B{n}" t="inlineStr"><is><t>x{n}</t></is></c></row>'
    for n in range(1, 6)
)
PIECES = st.sampled_from(
    [
        *("<c/>", "<row/>", "</c>", "</row>", '<c r="B3"/>', "<v>7</v>", "<f>A3</f>", "é", "\0"),
        *(' r="A3"', ' s="9"', ' ht="1"', ' hidden="1"', " ", "\n", "/", "<", ">", '"', "'", "&"),
        *("<!-- ", " -->", "<![CDATA[", "]]>", "<?x ?>", "&lt;", "<extLst><c/></extLst>"),
        '<x:c xmlns:x="x"/>',
    ]
)
LARGE = ("a million styled rows without an entry", "two hundred thousand merged rows")


def outcome(data, removal):
    """The compacted workbook, proved; None where it is refused by an error of our own."""
    try:
        result = compact(data, [removal])
        verify_compaction(data, result.data, [removal])
    except NotVerified:
        raise
    except XlflowError:
        return None
    return result.data


def test_odd_registers_are_compacted_or_refused():
    cases = [case for name, case in SHEETS.items() if name not in LARGE]
    well = [outcome(case.make(), FIRST_OF_THREE) is not None for case in cases]
    assert any(well)
    assert not all(well)


@pytest.mark.soak
@pytest.mark.parametrize("name", LARGE)
def test_large_odd_registers_are_compacted_or_refused(name):
    outcome(SHEETS[name].make(), FIRST_OF_THREE)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(ROWS)), st.integers(0, 9), PIECES), max_size=3))
def test_rows_with_pieces_put_in_and_taken_out(changes):
    text = ROWS
    for place, length, piece in changes:
        text = text[:place] + piece + text[place + length :]
    data = book(sheet(text))
    removal = Removal("S1", [2], first_row=2, last_row=5, columns="AB")
    after = outcome(data, removal)
    if after is not None:
        assert faults(data, after, removal) == []
