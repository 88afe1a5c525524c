from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlflow.reports.texts import cell_text, one_line


@given(st.text(st.characters(codec=None)))
def test_any_text_fits_into_xml(text):
    held = cell_text(text)
    element = ET.Element("t")
    element.text = held
    assert ET.fromstring(ET.tostring(element)).text == (held or None)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_what_people_type_stays_as_it_is(text):
    assert cell_text(text).removesuffix(" ") == text.removesuffix(" ")


def test_a_text_that_looks_like_markup_of_the_writer_is_none():
    assert cell_text("<r><t>bold</t></r>") == "<r><t>bold</t></r> "


def test_a_line_that_turns_around_is_straightened():
    assert one_line("invoice\u202egnp.exe\r\nBcc: x") == "invoicegnp.exe Bcc: x"


@pytest.mark.parametrize("longest", [5, 20])
def test_a_line_is_not_longer_than_allowed(longest):
    assert len(one_line("many words " * 9, longest)) <= longest


def test_a_cell_holds_no_more_than_excel_allows():
    assert len(cell_text("😀" * 40_000).encode("utf-16-le")) // 2 <= 32_767
