"""Many texts folded at once are what each of them is when it is folded alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xlflow.checks.folded import BETWEEN, fold_all
from xlflow.languages import fold

# What takes part of its neighbour, becomes several characters or none, or is a term of a region.
_AWKWARD = ("e\u0301", "\u0301", "가", "\u1100\u1161", "❤\ufe0f", "…", "ﬁ", "ß", "İ", "\u00a8")
_PIECES = (
    *_AWKWARD,
    "\u200b",
    "\u3000",
    "\n",
    "ＡＢ",
    "檔案",
    "優先順序",
    "資訊",
    BETWEEN,
    "\ufdd1",
)

texts = st.lists(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES)).map("".join)))


@given(texts)
def test_texts_are_folded_together_as_each_alone(given_texts: list[str]) -> None:
    assert fold_all(given_texts) == [fold(text) for text in given_texts]
