"""Whatever people damage, mending brings the rules back and keeps what they typed."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from workbook.layouts import children, edited, mended, rules, template, validations

from xlflow.record.fields import SHEETS
from xlflow.workbook.addresses import Area
from xlflow.workbook.mending.spans import areas, outside
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader import read_register

COLUMNS = len(SHEETS["register"])
FOREIGN = '<dataValidation type="whole" sqref="{}"><formula1>7</formula1></dataValidation>'

blocks = st.builds(
    lambda rows, columns: Area(rows[0], columns[0], rows[1], columns[1]),
    st.tuples(st.integers(4, 90), st.integers(4, 90)).map(sorted),
    st.tuples(st.integers(1, COLUMNS), st.integers(1, COLUMNS + 3)).map(sorted),
)
headers = st.dictionaries(
    st.integers(1, COLUMNS), st.sampled_from(["?", None, "Status of it", " "]), max_size=4
)


def without_block(xml: str, block: Area) -> str:
    """The sheet with the cells of a block pasted over: no rule covers them any more."""

    def cut(found: re.Match[str]) -> str:
        columns = range(block.left, block.right + 1)
        left = [
            part
            for area in areas(found[1])
            for part in (
                *outside([area], columns, block.top),
                *(
                    Area(max(area.top, block.bottom + 1), column, area.bottom, column)
                    for column in columns
                    if area.left <= column <= area.right and area.bottom > block.bottom
                ),
            )
        ]
        return f'sqref="{" ".join(map(str, left)) or "ZZ1"}"'

    rows, tail = xml.split("</sheetData>")
    return rows + "</sheetData>" + re.sub('sqref="([^"]*)"', cut, tail)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(blocks, min_size=1, max_size=3), headers, blocks)
def test_any_damage_is_mended(
    pasted: list[Area], overwritten: dict[int, str | None], foreign: Area
):
    whole = template()
    data = whole
    for block in pasted:
        data = edited(data, "Register", lambda xml, block=block: without_block(xml, block))
    rule = FOREIGN.format(foreign)
    data = edited(
        data, "Register", lambda xml: xml.replace("</dataValidations>", f"{rule}</dataValidations>")
    )
    data = patch(data, [CellEdit("Register", 3, n, text) for n, text in overwritten.items()]).data
    typed = read_register(data, "register.xlsx").requirements.frame

    outcome = mended(data)
    assert outcome.left == ()
    assert read_register(outcome.data, "register.xlsx").requirements.frame.equals(typed)
    assert children(outcome.data, "Register") == children(whole, "Register")
    held = validations(outcome.data, "Register")
    beyond = outside([foreign], range(1, COLUMNS + 1), 4)
    assert {sqref for sqref, rule in held.items() if rule["formulas"] == ["7"]} == (
        {" ".join(map(str, beyond))} if beyond else set()
    )
    wanted = validations(whole, "Register")
    for n in range(1, COLUMNS + 1):
        letters = get_column_letter(n)
        sqref = f"{letters}4:{letters}1048576"
        assert held[sqref] == wanted[sqref]
    formulas = {formula.replace("TRUE", "1") for _, _, formula in rules(whole, "Register")}
    assert formulas <= {
        formula.replace("TRUE", "1") for _, _, formula in rules(outcome.data, "Register")
    }
