"""How far a long job is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]
"""Is told the name of each part of a long job as it begins: "reading", "checking", ..."""


def quiet(part: str) -> None:
    """Tell nobody."""
