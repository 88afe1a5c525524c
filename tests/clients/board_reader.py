"""A board in a browser, as a person sees it: columns, cards, figures, the page of a record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.browser import Browser, Visit
from playwright.sync_api import Page


@dataclass
class Board:
    """What one sees and does."""

    visit: Visit

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def count(self) -> tuple[int, ...]:
        """The numbers in the line that tells how many requirements are shown."""
        return _numbers(self.page.inner_text("#count"))

    def figures(self) -> dict[str, int]:
        """The figures on top."""
        return {
            button.get_attribute("data-figure"): int(button.locator("b").inner_text())
            for button in self.page.locator(".figure").all()
        }

    def columns(self) -> dict[str, int]:
        """Status -> how many the head of its column or lane tells; "unclear" without one."""
        return {
            column.get_attribute("data-status"): int(column.locator(".how-many").inner_text())
            for column in self.page.locator(".column").all()
        }

    def ids(self, status: str = "") -> list[str]:
        """The cards that are drawn, column by column."""
        inside = f".column[data-status='{status}'] " if status else ""
        return self.page.eval_on_selector_all(
            f"{inside}.card", "cards => cards.map(card => card.dataset.id)"
        )

    def every_id(self) -> list[str]:
        """All cards, once "show more" has been pressed as often as it is there."""
        while self.page.locator(".more").count():
            self.page.locator(".more").first.click()
        return self.ids()

    def options(self, name: str) -> list[str]:
        """The values that a filter offers, the first ("all") left out."""
        return self.page.eval_on_selector_all(
            f"#{name} option", "options => options.slice(1).map(option => option.value)"
        )

    def choose(self, name: str, value: str) -> None:
        self.page.select_option(f"#{name}", value)

    def search(self, text: str) -> None:
        self.page.fill("#q", text)

    def clear(self) -> None:
        self.page.click("#clear")

    def open(self, id_: str) -> None:
        self.page.click(f".card[data-id='{id_}']")

    @property
    def focused(self) -> str:
        """The id of the card in focus; "" where none is."""
        return self.page.evaluate("document.activeElement.dataset.id ?? ''")

    @property
    def record(self) -> str:
        """The text of the record that is open; "" where none is."""
        return self.page.inner_text("#record") if self.is_open else ""

    @property
    def is_open(self) -> bool:
        return bool(self.page.evaluate("document.getElementById('record').open"))

    def bars(self, chart: str) -> dict[str, tuple[int, int]]:
        """Name -> all, of them overdue, as a chart with bars tells in figures."""
        rows = self.page.locator(f".chart.{chart} tbody tr").all()
        found = {}
        for row in rows:
            late = _numbers(row.locator(".part-value").inner_text())
            value = int(row.locator(".value").inner_text())
            found[row.locator("th").inner_text()] = (value, late[0] if late else 0)
        return found

    def weeks(self, chart: str) -> list[list[str]]:
        """The rows of the table of a chart by week."""
        self.page.locator(f".chart.{chart} summary").click()
        rows = self.page.locator(f".chart.{chart} .numbers tbody tr").all()
        return [row.locator("td").all_inner_texts() for row in rows]


@contextmanager
def on_board(browser: Browser, path: Path, address: str = "", **options: Any) -> Iterator[Board]:
    """Open a board; at the end nothing may have gone wrong or been asked for."""
    with browser.visit(path.resolve().as_uri() + address, **options) as visit:
        yield Board(visit)
        assert visit.is_quiet, (
            visit.requests[1:],
            visit.complaints,
            visit.dialogs,
            visit.violations,
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split() if word.isdigit())
