"""Long texts on a page: pieces that fit into rows, with nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from xlflow.pages.heights import lines_of, row_height
from xlflow.workbook.template.vertical import pieces_of

WIDTH = 84


@pytest.mark.parametrize("line", ["a long line of words ", "很长的一行文字，"])
def test_a_paragraph_longer_than_a_row_goes_on_below(line: str):
    text = line * 300
    pieces = pieces_of(text, WIDTH)
    assert len(pieces) > 1
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(lines_of(piece, WIDTH) <= 25 for piece in pieces)
    assert all(row_height([(piece, WIDTH)], 11) < 409 for piece in pieces)


@given(some.lists(some.text("ab 字", max_size=200), max_size=60))
def test_nothing_is_lost_between_pieces(lines: list[str]):
    text = "\n".join(lines)
    assert "\n".join(pieces_of(text, WIDTH)) == text
