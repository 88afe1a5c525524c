"""Two long texts in few words: the place where they part."""

from __future__ import annotations

from typing import Any

_BEFORE = 8  # characters shown before the place
_SHOWN = 38  # in all, so that a message does not cut it once more


def side_by_side(before: Any, now: Any) -> tuple[Any, Any]:
    """Both values for a message; of two long texts, what stands around the first difference.

    >>> side_by_side("5 s", "6 s")
    ('5 s', '6 s')
    >>> side_by_side("a" * 60 + " in 5 s", "a" * 60 + " in 6 s")
    ('…aaaa in 5 s', '…aaaa in 6 s')
    """
    if not (isinstance(before, str) and isinstance(now, str)):
        return before, now
    old, new = " ".join(before.split()), " ".join(now.split())
    if max(len(old), len(new)) <= _SHOWN:
        return old, new
    pairs = zip(old, new, strict=False)
    parted = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    start = max(parted - _BEFORE, 0)
    return _excerpt(old, start), _excerpt(new, start)


def _excerpt(text: str, start: int) -> str:
    shown = text[start:]
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 1] + "…"
    return f"…{shown}" if start else shown
