"""Whatever people have damaged before, an upgrade adds the columns and keeps what they typed."""

from __future__ import annotations

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from own_fields import settings
from workbook.layouts import edited, template
from workbook.test_mending_any_damage import blocks, headers, without_block

from xlflow.workbook.addresses import Area
from xlflow.workbook.mending.mending import mend
from xlflow.workbook.patch import CellEdit, patch
from xlflow.workbook.reader import read_register
from xlflow.workbook.upgrading import upgrade

OWN = [field.key for field in settings().schema.register if field.is_companys]


@hypothesis_settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.lists(blocks, max_size=2),
    headers,
    st.dictionaries(st.integers(64, 90), st.sampled_from(["mine", "2024"]), max_size=2),
    st.integers(0, len(OWN)),
)
def test_any_damage_and_any_columns_of_somebodys_own(
    pasted: list[Area], overwritten: dict[int, str | None], foreign: dict[int, str], first: int
):
    """Some of the columns come first, then people do damage, then the others are wished for."""
    whole = settings()
    some = whole.model_copy(update={"own_fields": whole.own_fields[:first]})
    some.__dict__.pop("schema", None)  # of all the fields
    data = upgrade(template(), some, file="register.xlsx").data
    for block in pasted:
        data = edited(data, "Register", lambda xml, block=block: without_block(xml, block))
    edits = [CellEdit("Register", 3, n, text) for n, text in overwritten.items()]
    far = [CellEdit("Register", row, n + first, t) for n, t in foreign.items() for row in (3, 6)]
    data = patch(data, [*edits, *far]).data
    typed = read_register(data, "register.xlsx", schema=whole.schema).requirements.frame

    outcome = upgrade(data, whole, file="register.xlsx")
    assert outcome.left == ()
    register = read_register(outcome.data, "register.xlsx", schema=whole.schema)
    assert register.requirements.frame.equals(typed)
    assert set(OWN) <= register.requirements.columns.keys()
    assert len(set(register.requirements.columns.values())) == len(register.requirements.columns)
    for edit in far:
        assert patch(outcome.data, [edit]).edits == ()  # it stands where it stood
    assert upgrade(outcome.data, whole, file="register.xlsx").data is outcome.data
    assert mend(outcome.data, whole, file="register.xlsx").put_back == ()
