"""What the register's own column "Check result" says of a row."""

from __future__ import annotations

from collections.abc import Iterable

from xlflow.checks.finding import Finding
from xlflow.languages import Language, say

LINES = 12
"""More findings than these are only counted: a cell is read, not scrolled."""

CHARACTERS = 32_000  # Excel holds 32,767 in a cell
_SEVERITIES = ("error", "warning", "info")


def check_text(findings: Iterable[Finding], language: Language) -> str:
    """The findings of one row, a line each as ``【Label】message``, errors first; else "OK".

    The conditional formats of the register find the cells to mark by ``【Label】``.
    """
    held = sorted(findings, key=lambda found: _SEVERITIES.index(found.severity))
    if not held:
        return say(language, "checks.text.ok")
    lines = [f"【{found.label(language)}】{found.message(language)}" for found in held[:LINES]]
    if len(held) > LINES:
        lines.append(say(language, "checks.text.more", count=len(held) - LINES))
    return "\n".join(lines)[:CHARACTERS]
