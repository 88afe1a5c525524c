"""The page of a record on the board, in a real browser."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import chain
from pathlib import Path

import pytest
from clients.board_reader import on_board
from clients.browser import Browser
from lived import lived_company
from playwright.sync_api import expect
from registers import clean, register
from reports.boards import on_board as told
from reports.samples import sample

from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.reporting.board import write_board
from xlflow.languages import LANGUAGES, Language, say
from xlflow.reports.board import board_page

IMAGE = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(1)</script>"
TODAY = date(2026, 3, 18)


def written(folder: Path, now: datetime, *registers, language: Language = "en") -> Path:
    path = folder / "board.html"
    path.write_bytes(board_page([told(one, now) for one in registers], language, now))
    return path


@pytest.fixture(params=LANGUAGES)
def lived(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Language, Path]:
    """The board of a sample company after weeks of runs, in its language."""
    (settings,) = lived_company(tmp_path, request.param, 30, TODAY, days_ago=(21, 14, 7, 0))
    moment = datetime.combine(TODAY, time(9), tzinfo=settings.calendar.zone)
    return request.param, write_board([(settings, inspect_register(settings, moment))])


def test_a_card_opens_all_that_the_register_and_the_ledger_tell(browser: Browser, lived, now):
    language, path = lived
    with on_board(browser, path, at=now) as board:
        data = board.page.evaluate("JSON.parse(document.getElementById('data').textContent)")
        developing = next(c for c in data["cards"] if c["status"] == "developing" and c["errors"])
        board.open(developing["id"])
        assert board.is_open
        text = board.record
        pages = board.page.evaluate(
            "[...document.querySelectorAll('script.details')]"
            ".flatMap((piece) => JSON.parse(piece.textContent))"
        )
        page = pages[data["cards"].index(developing)]
        lines = chain.from_iterable(page["lines"].values())
        for wanted in (
            developing["title"],
            developing["number"],
            developing["step"],
            page["cell"],
            *page["fields"].values(),
            *chain.from_iterable(line.values() for line in lines),
            *(one["name"] for one in page["deadlines"]),
            *(one["flag"] for one in page["deadlines"]),
            *(one["message"] for one in page["findings"]),
            *(line for moment in page["moments"] for line in moment["told"]),
            *(time for _, *times in page["spells"] for time in times),
            say(language, "record.module.solution"),
            say(language, "board.script.timeline-note"),
        ):
            for line in wanted.splitlines():
                assert " ".join(line.split()) in " ".join(text.split())


def test_what_people_typed_shows_as_text_and_does_nothing(
    browser: Browser, now: datetime, tmp_path: Path
):
    row = clean("developing", number="2026-001", title=IMAGE, goal=SCRIPT, requester=IMAGE)
    row |= {
        "department": SCRIPT,
        "owner": f"{IMAGE} *",
        "background": "<!-- <style>*{display:none}",
    }
    line = {"number": "2026-001", "date": TODAY, "text": SCRIPT, "by": IMAGE}
    held = register([row], progress=[line], departments=(SCRIPT,))
    with on_board(browser, written(tmp_path, now, held), at=now) as board:
        assert board.page.inner_text(".card-title") == IMAGE
        board.choose("department", SCRIPT)
        board.search("onerror")
        assert board.ids() == ["test/2026-001"]
        board.open("test/2026-001")
        for text in (IMAGE, SCRIPT, "<!-- <style>*{display:none}"):
            assert text in board.record
        board.page.click("#record .close")
        board.page.click("#tab-charts")
        assert f"{IMAGE} *" in board.bars("people")
        for never in ("img", "script:not([type]) ~ script", "main style"):
            assert board.page.locator(never).count() == 0
        assert board.visit.dialogs == []


def test_an_address_opens_a_record_and_back_closes_it(
    browser: Browser, now: datetime, tmp_path: Path
):
    path = written(tmp_path, now, sample(60, "en", now))
    with on_board(browser, path, at=now) as board:
        board.choose("priority", "high")
        one, other = board.ids()[:2]
        board.open(one)
        assert board.is_open
        address = board.page.evaluate("location.hash")
        board.page.go_back()
        expect(board.page.locator("#record")).not_to_be_visible()
        assert board.page.input_value("#priority") == "high"
        board.page.go_forward()
        expect(board.page.locator("#record")).to_be_visible()
        board.page.click("#record .close")
        expect(board.page.locator("#record")).not_to_be_visible()
        assert board.focused == one
        board.open(other)
        assert board.is_open
    with on_board(browser, path, address, at=now) as board:
        assert board.is_open
        assert one.partition("/")[2] in board.record
        board.page.click("#record .close")
        assert not board.is_open
        assert board.page.input_value("#priority") == "high"
        assert "record" not in board.page.evaluate("location.hash")


def test_a_click_beside_the_record_closes_it_and_one_inside_does_not(
    browser: Browser, now: datetime, tmp_path: Path
):
    with on_board(browser, written(tmp_path, now, sample(37, "en", now)), at=now) as board:
        board.open(board.ids()[0])
        board.page.mouse.click(1200, 500)
        assert board.is_open
        board.page.mouse.click(100, 500)
        expect(board.page.locator("#record")).not_to_be_visible()


def test_a_record_without_a_number_and_one_without_anything_have_pages(
    browser: Browser, now: datetime, tmp_path: Path
):
    held = register([clean(number=None, title="New"), {"background": "only this"}])
    with on_board(browser, written(tmp_path, now, held), at=now) as board:
        board.open("test/4")
        assert "row 4" in board.record
        board.page.click("#record .close")
        expect(board.page.locator("#record")).not_to_be_visible()
        board.open("test/5")
        assert "Without a title" in board.record
        assert "only this" in board.record
        assert "No run has noted anything" in board.record


def test_cards_may_be_opened_in_a_tab_of_their_own(browser: Browser, now: datetime, tmp_path: Path):
    path = written(tmp_path, now, sample(37, "en", now))
    with on_board(browser, path, at=now) as board:
        board.search("export")
        link = board.page.locator(".card").first
        address, one = link.get_attribute("href"), board.ids()[0]
    with on_board(browser, path, address, at=now) as board:
        assert board.page.locator(f"#record [data-record='{one}']").count() == 1
        assert board.page.input_value("#q") == "export"
