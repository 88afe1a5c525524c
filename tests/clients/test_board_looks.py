"""How the board looks, in a real browser: wide, on a phone, in the dark, on paper."""

from __future__ import annotations

import subprocess
from datetime import date, datetime, time
from pathlib import Path

import pytest
from clients.board_reader import on_board
from clients.board_sight import faint, misled, nameless, spilled
from clients.browser import Browser
from lived import lived_company

from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.reporting.board import write_board
from xlflow.languages import LANGUAGES

TODAY = date(2026, 3, 18)
VIEWS = ("", "#view=charts", "record")


@pytest.fixture(scope="module", params=LANGUAGES)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The board of two registers that have lived for some weeks, in each language."""
    folder = tmp_path_factory.mktemp("board")
    registers = lived_company(folder, request.param, 60, TODAY, ("it", "hr"), days_ago=(21, 7, 0))
    moment = datetime.combine(TODAY, time(9), tzinfo=registers[0].calendar.zone)
    left_out = {"ops": "it is open"}
    return write_board([(one, inspect_register(one, moment)) for one in registers], left_out)


def view_of(path: Path, view: str) -> str:
    """The address of a view; of a record in development, with lines and findings."""
    if view != "record":
        return view
    text = path.read_text(encoding="utf-8")
    number = text.partition('"id":"it/')[2].partition('"')[0]
    return f"#record=it/{number}"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_stands_out_and_everything_has_a_name(
    browser: Browser, path: Path, now: datetime, view: str, dark: bool
):
    with on_board(browser, path, view_of(path, view), at=now, dark=dark) as board:
        if view.endswith("charts"):
            for summary in board.page.locator("summary").all():
                summary.click()
        assert faint(board.page) == []
        assert nameless(board.page) == []
        assert misled(board.page) == []


def test_pressed_and_old_stand_out_too(browser: Browser, path: Path, now: datetime):
    later = now.replace(year=2027)
    for dark in (False, True):
        with on_board(browser, path, "#state=overdue", at=later, dark=dark) as board:
            assert board.page.locator("#stale").is_visible()
            assert faint(board.page) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [320, 390, 720, 1024, 1920])
def test_nothing_sticks_out_at_any_width(
    browser: Browser, path: Path, now: datetime, view: str, width: int
):
    still = {"reduced_motion": "reduce"}  # a record slides in from the side
    with on_board(browser, path, view_of(path, view), at=now, width=width, **still) as board:
        assert board.page.evaluate("document.documentElement.scrollWidth") <= width
        assert spilled(board.page) == []


def test_on_a_phone_the_filters_unfold(browser: Browser, path: Path, now: datetime):
    with on_board(browser, path, at=now, width=390, height=844) as board:
        assert not board.page.locator("#priority").is_visible()
        board.page.click("#unfold")
        assert board.page.get_attribute("#unfold", "aria-expanded") == "true"
        board.choose("priority", "high")
        assert len(board.count) == 2
        assert board.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_switch_turns_the_page_dark_and_light(browser: Browser, path: Path, now: datetime):
    ground = "getComputedStyle(document.body).backgroundColor"
    with on_board(browser, path, at=now) as board:
        light = board.page.evaluate(ground)
        board.page.click("#theme")
        dark = board.page.evaluate(ground)
        assert dark != light
        assert board.page.get_attribute("#theme", "aria-pressed") == "true"
        assert faint(board.page) == []
        board.page.click("#theme")
        assert board.page.evaluate(ground) == light
        board.page.emulate_media(color_scheme="dark")
        assert board.page.evaluate(ground) == light
    with on_board(browser, path, at=now, dark=True) as board:
        assert board.page.evaluate(ground) == dark


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_on_paper_it_is_a4_landscape_and_light(
    browser: Browser, path: Path, now: datetime, tmp_path: Path, view: str, dark: bool
):
    address = view_of(path, view)
    with on_board(browser, path, address, at=now, dark=dark) as board:
        shown = board.page.locator(".card").count() if view == "" else 0
        title = board.page.inner_text("#record-title") if view == "record" else ""
        paper = tmp_path / "board.pdf"
        board.page.pdf(path=paper, prefer_css_page_size=True, print_background=True)
        board.page.emulate_media(media="print")
        assert faint(board.page) == []
        for never in ("#theme", "#q", "#unfold", ".tabs", "#record .close"):
            assert not board.page.locator(never).is_visible()
        if view == "":
            assert board.page.locator(".card:visible").count() == shown
    info = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    sizes = [line.split()[2:5] for line in info.splitlines() if line.startswith("Page size")]
    assert [(round(float(wide)), round(float(high))) for wide, _, high in sizes] == [(842, 595)]
    text = subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True)
    pages = text.stdout.split("\f")[:-1]
    assert len(pages) <= 5
    assert all(page.strip() for page in pages)
    if title:
        assert "".join(title.split()) in "".join(text.stdout.split())
        assert len(pages) <= 3


def test_paper_tells_what_was_asked_for(browser: Browser, path: Path, now: datetime):
    with on_board(browser, path, "#priority=high&state=open&q=a", at=now) as board:
        board.page.emulate_media(media="print")
        said = board.page.inner_text("#said")
        chosen = board.page.locator("#priority option:checked").inner_text()
        assert "“a”" in said
        assert chosen in said


def test_who_wants_no_motion_gets_none(browser: Browser, path: Path, now: datetime):
    moving = "getComputedStyle(document.getElementById('record')).animationName"
    for wish, name in (("reduce", "none"), ("no-preference", "come")):
        with on_board(browser, path, at=now, reduced_motion=wish) as board:
            board.open(board.ids()[0])
            assert board.page.evaluate(moving) == name
