from __future__ import annotations

import pytest

from xlflow.pages.heights import lines_of, row_height


@pytest.mark.parametrize(
    ("text", "width_chars", "lines"),
    [
        ("", 10, 1),
        ("short", 10, 1),
        ("two words", 6, 2),
        ("first\nsecond", 20, 2),
        ("需求登记表", 6, 2),
        ("x" * 100, 10, 10),
    ],
)
def test_a_text_takes_as_many_lines_as_its_width_needs(text, width_chars, lines):
    assert lines_of(text, width_chars) == lines


def test_a_row_is_as_high_as_its_longest_text_and_no_higher_than_excel_allows():
    assert row_height([("one", 10), ("one\ntwo\nthree", 10)], 10) > row_height([("one", 10)], 10)
    assert row_height([("line\n" * 200, 10)], 10) == 409
    assert row_height([], 10) == row_height([("one", 10)], 10)
