"""The board in a real browser: what it counts, filters and finds is what stands in the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clients.board_reader import Board, on_board
from clients.browser import Browser
from playwright.sync_api import expect
from registers import clean, register
from reports.boards import on_board as told
from reports.samples import CALENDAR, SETTINGS, as_register, sample

from xlflow.languages import LANGUAGES, Language, fold, say
from xlflow.languages.folding import pairs_for
from xlflow.record.choices import CHOICES
from xlflow.record.fields import Kind
from xlflow.record.register import Register
from xlflow.reports.board import board_page
from xlflow.reports.figures.flow import weeks_of
from xlflow.reports.figures.lives import lives_of
from xlflow.timing.deadlines import deadlines

Row = dict[str, Any]
CARDS = "JSON.parse(document.getElementById('data').textContent).cards"


@pytest.fixture(params=[(60, "zh-Hans"), (143, "en"), (37, "zh-Hant")], ids=str)
def held(request: pytest.FixtureRequest, now: datetime) -> Register:
    return sample(*request.param, now)


@pytest.fixture
def board(browser: Browser, held: Register, now: datetime, tmp_path: Path):
    with on_board(browser, written(tmp_path, now, held), at=now) as board:
        yield board


def written(
    folder: Path, now: datetime, *registers: Register, language: Language | None = None
) -> Path:
    """The board of these registers in a file whose name must be escaped."""
    path = folder / "看板 #1.html"
    held = [told(one, now) for one in registers]
    path.write_bytes(board_page(held, language or registers[0].language, now))
    return path


def rows(held: Register, now: datetime) -> list[Row]:
    """The records, one by one, with what is counted of each."""
    frame = held.requirements.frame
    due = list(deadlines(held, SETTINGS, CALENDAR, now))
    late = {one.row for one in due if one.state == "overdue"}
    soon = {one.row for one in due if one.state == "due soon"}
    often = Counter(frame["number"])
    found = []
    for row in frame.index:
        cells = {key: frame.at[row, key] for key in frame.columns}
        number = cells["number"]
        found.append(
            {
                **cells,
                "id": f"test/{number if number and often[number] == 1 else row}",
                "status": CHOICES["status"].parse(cells["status"]) or "",
                "type": CHOICES["type"].parse(cells["type"]) or "",
                "priority": CHOICES["priority"].parse(cells["priority"]) or "",
                "people": {
                    cells[field.key]
                    for field in held.schema.register
                    if field.kind is Kind.NAME and cells[field.key]
                },
                "late": row in late,
                "soon": row in soon,
            }
        )
    return found


def is_open(row: Row) -> bool:
    return row["status"] not in ("closed", "cancelled")


def test_heads_and_figures_equal_a_count_one_by_one(board: Board, held: Register, now: datetime):
    every = rows(held, now)
    assert board.count == (len(every),)
    counted = Counter(row["status"] or "unclear" for row in every)
    shown = board.columns()
    assert Counter(shown) + Counter() == counted
    assert set(shown) >= set(CHOICES["status"].codes) - {"blocked"}
    figures = board.figures()
    assert figures["open"] == sum(map(is_open, every))
    assert figures["overdue"] == sum(row["late"] for row in every)
    assert figures["soon"] == sum(row["soon"] for row in every)
    assert figures["blocked"] == counted["blocked"]
    assert 0 < figures["faulty"] < len(every)


def test_each_filter_leaves_exactly_its_records(board: Board, held: Register, now: datetime):
    every = rows(held, now)
    tests: dict[str, Callable[[Row, str], bool]] = {
        "department": lambda row, value: (row["department"] or "-") == value,
        "type": lambda row, value: (row["type"] or "-") == value,
        "priority": lambda row, value: (row["priority"] or "-") == value,
        "person": lambda row, value: value in row["people"],
    }
    for name, test in tests.items():
        values = board.options(name)
        known = set().union(*(row["people"] for row in every))
        assert set(values) == (known if name == "person" else {row[name] or "-" for row in every})
        for value in values:
            board.choose(name, value)
            chosen = {row["id"] for row in every if test(row, value)}
            assert set(board.every_id()) == chosen
            assert sum(board.columns().values()) == len(chosen) == min(board.count)
        board.clear()


def test_filters_and_figures_narrow_each_other(board: Board, held: Register, now: datetime):
    every = rows(held, now)
    department = every[0]["department"]
    board.choose("department", department)
    of_it = [row for row in every if row["department"] == department]
    assert board.figures()["open"] == sum(map(is_open, of_it))
    board.page.click("[data-figure=open]")
    wanted = {row["id"] for row in of_it if is_open(row)}
    assert set(board.every_id()) == wanted
    assert board.page.get_attribute("[data-figure=open]", "aria-pressed") == "true"
    assert board.figures()["open"] == len(wanted)
    board.page.click("[data-figure=open]")
    assert sum(board.columns().values()) == len(of_it)


def test_charts_equal_a_count_one_by_one(board: Board, held: Register, now: datetime):
    every = rows(held, now)
    board.page.click("#tab-charts")
    language = held.language

    def label(status: str) -> str:
        if not status:
            return say(language, "board.script.unclear.status")
        return CHOICES["status"].label(status, language)

    by_status = Counter(row["status"] for row in every)
    late = Counter(row["status"] for row in every if row["late"])
    shown = board.bars("status")
    assert {name: figures for name, figures in shown.items() if figures[0]} == {
        label(status): (count, late[status]) for status, count in by_status.items()
    }
    charges = Counter(
        row["owner"] or row["contact"] or row["requester"] or row["department"]
        for row in every
        if is_open(row)
    )
    people = board.bars("people")
    assert sum(count for count, _ in people.values()) == charges.total()
    assert all(people.get(name, (count,))[0] == count for name, count in charges.items())
    assert sum(count for count, _ in board.bars("age").values()) == charges.total()

    def in_week(row: Row, key: str, monday) -> bool:
        day = row[key].date() if isinstance(row[key], datetime) else row[key]
        return hasattr(day, "year") and monday <= day < monday + timedelta(7) and day <= now.date()

    this_monday = now.date() - timedelta(days=now.weekday())
    for turn, (week, *figures) in enumerate(reversed(board.weeks("flow"))):
        monday = this_monday - timedelta(weeks=turn)
        assert week == f"{monday:%G-W%V}"
        assert [int(figure) for figure in figures] == [
            sum(in_week(row, "submitted_on", monday) for row in every),
            sum(in_week(r, "live_on", monday) for r in every if r["status"] in ("live", "closed")),
            sum(in_week(r, "closed_on", monday) for r in every if r["status"] == "closed"),
        ]


def test_the_chart_of_cycle_times_equals_the_reports(board: Board, held: Register, now: datetime):
    board.page.click("#tab-charts")
    flows = weeks_of(list(lives_of(held.requirements, {}, {})), CALENDAR, now.date())
    assert any(flow.cycle_days for flow in flows)
    assert board.weeks("cycle") == [
        [str(flow.week), *(str(days or "–") for days in (flow.median_days, flow.p85_days))]
        for flow in flows
    ]


def test_charts_follow_the_filters(board: Board, held: Register, now: datetime):
    board.choose("priority", "high")
    board.page.click("#tab-charts")
    high = [row for row in rows(held, now) if row["priority"] == "high"]
    assert sum(count for count, _ in board.bars("status").values()) == len(high)


@pytest.fixture
def few(browser: Browser, now: datetime, tmp_path: Path):
    """A board of a handful of records."""
    held = register(
        [
            clean(number="2026-001", title="客戶訂單匯出", department="市場部", goal="3 秒內回應"),
            clean(number="2026-002", title="客户订单导入", department="市场部", goal="少点 2 下"),
            clean(number="2026-003", title="Straße ＡＢＣ", requester="Xu Q*"),
            clean("closed", number="2026-004", title="Old one", background="使用者反映太慢"),
        ]
    )
    with on_board(browser, written(tmp_path, now, held), at=now) as board:
        yield board


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("客户", {1, 2}),
        ("客戶", {1, 2}),
        ("订单 导出", set()),
        ("訂單 導入", {2}),
        ("2026-003", {3}),
        ("STRASSE abc", {3}),
        ("strasse", {3}),
        ("  XU　q* ", {3}),
        ("ＯＬＤ", {4}),
        ("nobody like this", set()),
    ],
)
def test_search_finds_words_however_they_are_written(few: Board, typed: str, found: set[int]):
    few.search(typed)
    assert set(few.ids()) == {f"test/2026-00{number}" for number in found}
    assert few.page.locator("#empty").is_visible() == (not found)


@pytest.mark.parametrize("typed", ["秒内", "秒內", "用户反映", "使用者反映"])
def test_search_finds_what_only_the_records_page_holds(few: Board, typed: str):
    few.search(typed)
    expect(few.page.locator(".card")).to_have_count(1)
    assert few.ids() == ["test/2026-001" if "秒" in typed else "test/2026-004"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_is_found_by_its_title_in_either_script(
    browser: Browser, now: datetime, tmp_path: Path, language: Language
):
    held = sample(37, language, now)
    titles = dict(zip(held.requirements.frame.index, held.requirements.frame["title"], strict=True))
    simplified = pairs_for(set().union(*titles.values()))
    traditional = {ord(new): old for old, new in simplified.items()}
    with on_board(browser, written(tmp_path, now, held), at=now) as board:
        ids = [card["id"] for card in board.page.evaluate(CARDS)]
        for id_, title in zip(ids, titles.values(), strict=True):
            for typed in (
                title.translate(traditional),
                title.translate({ord(old): new for old, new in simplified.items()}),
                fold(title),
                title.upper(),
            ):
                board.search(typed)
                assert id_ in board.every_id()


def test_an_address_holds_the_view_and_nothing_is_remembered(
    browser: Browser, now: datetime, tmp_path: Path
):
    path = written(tmp_path, now, sample(60, "zh-Hans", now))
    with on_board(browser, path, at=now) as board:
        steps = board.page.evaluate("history.length")
        board.choose("priority", "high")
        board.search("导出")
        board.page.click("[data-figure=overdue]")
        shown, address = board.ids(), board.page.evaluate("location.hash")
        assert shown
        assert board.page.context.storage_state() == {"cookies": [], "origins": []}
        assert board.page.evaluate("history.length") == steps
    with on_board(browser, path, address, at=now) as board:
        assert board.ids() == shown
        assert board.page.input_value("#q") == "导出"
        board.clear()
        assert board.count == (60,)
        assert board.page.evaluate("location.hash") in ("", "#")
    with on_board(browser, path, at=now) as board:
        assert len(board.every_id()) == 60


def test_an_address_that_asks_for_somebody_unknown_says_so(
    browser: Browser, now: datetime, tmp_path: Path
):
    path = written(tmp_path, now, sample(37, "zh-Hant", now))
    with on_board(browser, path, "#person=Nobody+*&state=nonsense&record=x", at=now) as board:
        assert board.page.input_value("#person") == "Nobody *"
        assert board.ids() == []
        assert not board.is_open
        assert "x 不在此看板中" in board.page.inner_text("#gone")


def test_of_what_is_finished_the_latest_are_shown_and_the_others_on_demand(
    browser: Browser, now: datetime, tmp_path: Path
):
    with on_board(browser, written(tmp_path, now, sample(143, "en", now)), at=now) as board:
        days = dict(closed_days(sample(143, "en", now)))
        shown = board.ids("closed")
        assert len(shown) == 5
        newest = sorted((days[one] for one in days), reverse=True)[:5]
        assert sorted((days[one] for one in shown), reverse=True) == newest
        more = board.page.locator(".column[data-status=closed] .more")
        assert more.inner_text() == f"Show {len(days) - 5} more"
        more.click()
        assert set(board.ids("closed")) == set(days)
        assert board.focused == board.ids("closed")[5]


def closed_days(held: Register):
    frame = held.requirements.frame
    for row in frame.index:
        if CHOICES["status"].parse(frame.at[row, "status"]) == "closed":
            yield f"test/{frame.at[row, 'number']}", frame.at[row, "closed_on"]


def test_the_most_urgent_stand_first(board: Board, held: Register):
    late = {
        card["id"]: (not card.get("overdue", False), -card.get("late", 0), card.get("due", "9"))
        for card in board.page.evaluate(CARDS)
    }
    for status in ("submitted", "developing", "testing"):
        order = [late[one] for one in board.ids(status)]
        assert order == sorted(order)


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_registers_are_told_apart_and_filtered(
    browser: Browser, now: datetime, tmp_path: Path, language: Language
):
    counts = {"it": 37, "hr": 60}
    two = [as_register(id_, sample(count, language, now)) for id_, count in counts.items()]
    with on_board(browser, written(tmp_path, now, *two), at=now) as board:
        assert len(board.every_id()) == len(set(board.every_id())) == 97
        board.choose("register", "hr")
        assert all(one.startswith("hr/") for one in board.every_id())
        assert sum(board.columns().values()) == 60
        assert "hr" in board.page.locator(".card .who").first.inner_text()


def test_with_one_register_nothing_about_registers_is_shown(board: Board):
    assert not board.page.locator("#register").count()


def test_an_old_board_says_how_old_it_is(browser: Browser, now: datetime, tmp_path: Path):
    path = written(tmp_path, now, register([clean()]))
    for hours, words in ((29, ""), (30, "This page is 1 day old"), (96, "This page is 4 days old")):
        with on_board(browser, path, at=now + timedelta(hours=hours)) as board:
            stale = board.page.locator("#stale")
            assert stale.is_visible() == bool(words)
            assert stale.inner_text().startswith(words)


def test_an_empty_register_has_an_empty_board(browser: Browser, now: datetime, tmp_path: Path):
    with on_board(browser, written(tmp_path, now, register([])), at=now) as board:
        assert "holds no requirements" in board.page.inner_text("#empty")
        assert set(board.figures().values()) == {0}
        board.page.click("#tab-charts")
        assert board.bars("status")


def test_a_page_whose_script_was_changed_says_what_to_do(
    browser: Browser, now: datetime, tmp_path: Path
):
    path = written(tmp_path, now, register([clean()]))
    changed = path.read_text(encoding="utf-8").replace("makeChoices();", "alert(1);")
    path.write_text(changed, encoding="utf-8")
    with browser.visit(path) as visit:
        assert "open it in a current Chrome" in visit.page.inner_text("#empty")
        assert visit.dialogs == []
        assert any("script-src" in violation for violation in visit.violations)


def test_without_scripts_the_page_says_what_to_do(browser: Browser, now: datetime, tmp_path: Path):
    path = written(tmp_path, now, register([clean()]))
    with browser.visit(path, java_script_enabled=False) as visit:
        assert "scripts are switched off" in visit.page.locator("noscript").inner_text()
