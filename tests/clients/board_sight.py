"""What a person with weak eyes, or none, meets on a page: names, contrasts, what sticks out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_LOOK = Path(__file__).with_name("board_sight.js").read_text(encoding="utf-8")


def faint(page: Page, least: float = 4.5) -> list[Any]:
    """The texts whose contrast is below WCAG 2.2's 1.4.3."""
    found = _seen(page, "contrasts")
    assert len(found) > 30
    return [one for one in found if one[0] < least]


def nameless(page: Page) -> list[str]:
    """What can be used or found, and has no name."""
    return _seen(page, "nameless")


def misled(page: Page) -> list[str]:
    """References that lead nowhere, and names that two elements have."""
    return _seen(page, "brokenReferences") + _seen(page, "doubledIds")


def spilled(page: Page) -> list[str]:
    """What sticks out at the right."""
    return _seen(page, "spilled")


def _seen(page: Page, what: str) -> list[Any]:
    return page.evaluate(f"{_LOOK}.{what}()")
