"""The board without a mouse, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from clients.board_reader import Board, on_board
from clients.browser import Browser
from playwright.sync_api import expect
from reports.boards import on_board as told
from reports.samples import sample

from xlflow.reports.board import board_page

INSIDE = (
    "[document.body, ...document.querySelectorAll('#record, #record *')]"
    ".includes(document.activeElement)"
)


@pytest.fixture
def board(browser: Browser, now: datetime, tmp_path: Path) -> Iterator[Board]:
    path = tmp_path / "board.html"
    path.write_bytes(board_page([told(sample(60, "zh-Hans", now), now)], "zh-Hans", now))
    with on_board(browser, path, at=now) as board:
        yield board


def focused(board: Board) -> str:
    """The id or class of what is in focus."""
    return board.page.evaluate("document.activeElement.id || document.activeElement.className")


def outline(board: Board) -> str:
    return board.page.evaluate(
        "(({outlineStyle, outlineWidth}) => outlineStyle + ' ' + outlineWidth)"
        "(getComputedStyle(document.activeElement))"
    )


def press(board: Board, *keys: str) -> None:
    for key in keys:
        board.page.keyboard.press(key)


def test_tab_reaches_everything_in_its_order_and_shows_where_one_is(board: Board):
    seen = []
    for _ in range(60):
        press(board, "Tab")
        where = focused(board)
        if not where:
            break
        seen.append(where.split()[0])
        assert outline(board) == "solid 2px"
    filters = ["department", "person", "type", "priority"]
    wanted = ["skip", "tab-board", "theme", "figure", "q", *filters]
    assert [one for one in dict.fromkeys(seen) if one in wanted] == wanted
    columns = board.page.locator(".column .cards").count()
    assert seen.count("card") == columns


def test_skip_leads_past_the_head(board: Board):
    press(board, "Tab", "Enter")
    assert focused(board) == "main"
    press(board, "Tab")
    assert focused(board).split()[0] == "figure"


def test_arrows_go_from_card_to_card(board: Board):
    first = board.page.locator(".column[data-status=submitted] .card").first
    first.focus()
    submitted, assessing = board.ids("submitted"), board.ids("assessing")
    press(board, "ArrowDown")
    assert board.focused == submitted[1]
    press(board, "ArrowUp")
    assert board.focused == submitted[0]
    press(board, "ArrowRight")
    assert board.focused == assessing[0]
    press(board, "ArrowLeft")
    assert board.focused == submitted[0]
    press(board, "End")
    assert board.focused == submitted[-1]
    press(board, "Home")
    assert board.focused == submitted[0]
    press(board, "ArrowUp")
    lanes = [*board.ids("unclear"), *board.ids("blocked")]
    assert board.focused in lanes


def test_every_card_is_reached_by_arrows_alone(board: Board):
    every = set(board.ids())
    seen, waiting = set(), [board.ids()[0]]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for arrow in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"):
            board.page.locator(f".card[data-id='{one}']").focus()
            press(board, arrow)
            if board.focused not in seen:
                waiting.append(board.focused)
    assert seen == every


def test_a_column_is_entered_where_one_left_it(board: Board):
    board.page.locator(".column[data-status=submitted] .card").first.focus()
    press(board, "ArrowDown", "ArrowDown", "Tab", "Shift+Tab")
    assert board.focused == board.ids("submitted")[2]


def test_enter_opens_and_escape_closes_and_focus_comes_back(board: Board):
    board.page.locator(".column[data-status=developing] .card").nth(1).focus()
    one = board.focused
    press(board, "Enter")
    assert board.is_open
    assert one.partition("/")[2] in board.record
    press(board, "Escape")
    expect(board.page.locator("#record")).not_to_be_visible()
    assert board.focused == one
    press(board, "Enter", "Escape")
    expect(board.page.locator("#record")).not_to_be_visible()
    assert board.focused == one


def test_focus_stays_in_an_open_record(board: Board):
    board.page.locator(".card").first.focus()
    press(board, "Enter")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(8):
            press(board, key)
            assert board.page.evaluate(INSIDE)
    press(board, "/")
    assert focused(board) != "q"


def test_slash_searches_and_escape_takes_the_search_back(board: Board):
    press(board, "/")
    assert focused(board) == "q"
    board.page.keyboard.type("a/b")
    assert board.page.input_value("#q") == "a/b"
    press(board, "Escape")
    assert board.page.input_value("#q") == ""
    assert board.count == (60,)


def test_figures_and_tabs_work_by_keyboard_and_keep_the_focus(board: Board):
    board.page.locator("[data-figure=overdue]").focus()
    press(board, "Enter")
    assert board.page.get_attribute("[data-figure=overdue]", "aria-pressed") == "true"
    assert board.page.evaluate("document.activeElement.dataset.figure") == "overdue"
    press(board, "Space")
    assert board.page.get_attribute("[data-figure=overdue]", "aria-pressed") == "false"
    board.page.locator("#tab-board").focus()
    press(board, "ArrowRight")
    assert focused(board) == "tab-charts"
    assert board.page.locator("#charts").is_visible()
    press(board, "ArrowLeft")
    assert board.page.locator("#board").is_visible()


def test_more_cards_come_by_keyboard_and_the_first_of_them_has_the_focus(board: Board):
    more = board.page.locator(".column[data-status=closed] .more")
    shown = len(board.ids("closed"))
    more.focus()
    press(board, "Enter")
    assert board.focused == board.ids("closed")[shown]
