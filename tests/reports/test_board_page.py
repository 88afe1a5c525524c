"""The board's data: each record a card and a page, nothing that a browser could take for markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import own_fields
import pytest
from board_file import Page
from boards import board_of, on_board
from hypothesis import given, settings
from hypothesis import strategies as st
from registers import clean, register
from samples import ZONE, as_register, sample, sample_view

from xlflow.history.entries import Event
from xlflow.history.timeline import Happening, Moment
from xlflow.languages import LANGUAGES, say
from xlflow.record.choices import CHOICES
from xlflow.record.memory import Memory, Spell
from xlflow.reports.board import board_page
from xlflow.reports.figures.flow import ages_of, weeks_of
from xlflow.reports.figures.lives import lives_of

MISCHIEF = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>"


@pytest.fixture(params=[(60, "zh-Hans"), (143, "en"), (37, "zh-Hant")], ids=str)
def held(request, now):
    return sample(*request.param, now)


@pytest.fixture
def board(held, now) -> Page:
    return board_of([held], now, held.language)


def sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_its_policy_lets_in_this_script_and_style_and_nothing_else(board):
    (style,) = (text for name, _, text in board.elements if name == "style")
    (script,) = (text for name, given, text in board.elements if name == "script" and not given)
    assert board.policy == {
        "default-src": "'none'",
        "script-src": f"'sha256-{sha256(script)}'",
        "style-src": f"'sha256-{sha256(style)}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_the_script_never_makes_markup_out_of_text(board):
    (script,) = (text for name, given, text in board.elements if name == "script" and not given)
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "Function(",
    ):
        assert word not in script
    for word in ("fetch(", "XMLHttpRequest", "localStorage", "sessionStorage", "document.cookie"):
        assert word not in script


def test_every_record_has_a_card_and_a_page_in_the_order_of_the_register(board, held):
    frame = held.requirements.frame
    assert len(board.pages) == len(board.cards) == len(frame)
    for card, page, row in zip(board.cards, board.pages, frame.index, strict=True):
        assert card["title"] == (frame.at[row, "title"] or "")
        assert card["number"] == frame.at[row, "number"] or not frame.at[row, "number"]
        assert card["status"] == (CHOICES["status"].parse(frame.at[row, "status"]) or "")
        assert page["cell"] == held.requirements.cell(row, "number")
    assert len({card["id"] for card in board.cards}) == len(frame)


def test_a_page_holds_every_field_that_people_filled(board, held):
    frame, shown_above = held.requirements.frame, {"number", "title", "status"}
    for page, row in zip(board.pages, frame.index, strict=True):
        filled = {
            field.key
            for field in held.schema.register
            if field.module != "guidance" and frame.at[row, field.key] not in (None, "")
        }
        assert set(page.get("fields", {})) == filled - shown_above


def test_a_page_holds_every_line_of_its_record(board, held):
    numbers = set(held.requirements.frame["number"])
    for table in held.tables[1:]:
        lines = Counter(number for number in table.frame["number"] if number in numbers)
        told = Counter()
        for card, page in zip(board.cards, board.pages, strict=True):
            told[card["number"]] = len(page.get("lines", {}).get(table.sheet, ()))
        assert +told == lines


def test_figures_of_the_cards_equal_those_of_the_overview(board, held, now):
    view = sample_view(len(held.requirements), held.language, now)
    cards = board.cards
    assert sum(card["status"] not in ("closed", "cancelled") for card in cards) == view.open
    assert sum(card.get("overdue", False) for card in cards) == view.overdue_records
    assert sum(card.get("soon", False) for card in cards) == view.due_soon_records
    assert sum(card["errors"] > 0 for card in cards) == view.faulty_records
    rows = held.requirements.frame.index
    late = {line.deadline.row: line.deadline.days_late for line in view.longest_overdue}
    told = {row: card["late"] for row, card in zip(rows, cards, strict=True) if card.get("late")}
    assert told == late
    in_charge = Counter(c["charge"] for c in cards if c["status"] not in ("closed", "cancelled"))
    assert in_charge == Counter({load.name: load.open for load in view.people if load.open})
    departments = Counter(card["department"] for card in cards)
    assert departments == Counter({group.name: group.records for group in view.departments})


def test_dates_of_the_cards_make_the_same_weeks_and_ages_as_the_reports(board, held, now):
    told = on_board(held, now)
    lives = list(lives_of(held.requirements, {}, {}))
    weeks = weeks_of(lives, told.calendar, now.date())
    assert [(week["name"], week["first"]) for week in board.data["weeks"]] == [
        (str(flow.week), flow.week.first.isoformat()) for flow in weeks
    ]
    for flow in weeks:
        days = {(flow.week.first + timedelta(days=n)).isoformat() for n in range(7)}
        days = {day for day in days if day <= now.date().isoformat()}
        live = [c for c in board.cards if c["status"] in ("live", "closed") and c["live"] in days]
        assert sum(card["submitted"] in days for card in board.cards) == flow.submitted
        assert len(live) == flow.live
        cycles = sorted(card["cycle"] for card in live if card["cycle"] is not None)
        assert cycles == list(flow.cycle_days)
    open_ages = [
        card["age"] for card in board.cards if card["status"] not in ("closed", "cancelled")
    ]
    for group in ages_of(lives, told.calendar, now.date()):
        if group.least is None:
            assert open_ages.count(None) == group.records
        else:
            most = group.most if group.most is not None else 10**6
            within = [age for age in open_ages if age is not None and group.least <= age <= most]
            assert len(within) == group.records


def test_the_same_registers_and_moment_give_the_same_bytes(held, now):
    told = [on_board(held, now)]
    assert board_page(told, "en", now) == board_page(told, "en", now)


@given(
    text=st.text(
        st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'/!-\u2028\u2029")
    )
)
@settings(max_examples=60, deadline=None)
def test_any_text_arrives_as_it_was_and_ends_no_script(text):
    now = datetime(2026, 3, 18, 10, tzinfo=ZONE)
    held = register([clean(title="T", goal=f"{MISCHIEF}{text}.", background=f".{text}{MISCHIEF}")])
    board = board_of([held], now)
    fields = board.pages[0]["fields"]
    assert fields["goal"] == "".join(c for c in f"{MISCHIEF}{text}." if c not in REMOVED)
    assert fields["background"] == "".join(c for c in f".{text}{MISCHIEF}" if c not in REMOVED)
    for name, given_, content in board.elements:
        if name == "script" and given_.get("type") == "application/json":
            assert not set("<>&\u2028\u2029") & set(content)


REMOVED = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")


def test_a_file_with_a_name_of_markup_is_told_as_text(now):
    held = replace(register([clean()]), path="/data/<b>&\"'.xlsx")
    page = board_page([on_board(held, now, link="./%22.xlsx")], "en", now).decode()
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;&#34;&#39;.xlsx" in page


def test_choices_are_shown_in_the_language_of_the_board(now):
    held = register([clean(priority="high", type="fix")])
    for language in LANGUAGES:
        board = board_of([held], now, language)
        fields = board.pages[0]["fields"]
        assert fields["priority"] == say(language, "record.choice.priority.high")
        assert fields["type"] == board.data["labels"]["type"]["fix"]
        assert f'<html lang="{language}">' in board.text


def test_every_text_that_the_script_asks_for_is_there(board):
    (script,) = (text for name, given, text in board.elements if name == "script" and not given)
    words = board.data["words"]
    asked = set(re.findall(r'say\("([\w.-]+)"', script))
    assert asked
    assert asked <= set(words)


def test_records_with_the_same_number_or_none_are_told_apart(now):
    rows = [clean(number=number, title=f"t{n}") for n, number in enumerate(["2024-001"] * 2)]
    held = register([*rows, clean(number=None), clean(number="2024-002")])
    assert [card["id"] for card in board_of([held], now).cards] == [
        "test/4",
        "test/5",
        "test/6",
        "test/2024-002",
    ]


def test_several_registers_stand_side_by_side(now):
    it, hr = (as_register(id_, register([clean()])) for id_ in ("it", "hr"))
    board = board_of([it, hr], now)
    assert [card["id"] for card in board.cards] == ["it/2024-015", "hr/2024-015"]
    assert board.data["registers"] == [
        {"name": "it", "file": "it.xlsx"},
        {"name": "hr", "file": "hr.xlsx"},
    ]


def test_a_register_that_could_not_be_read_is_told(now):
    page = board_page([on_board(register([]), now)], "en", now, {"hr": "it is <gone>"}).decode()
    assert "Register hr is missing here, since it could not be read: it is &lt;gone&gt;" in page


def test_a_blocked_record_tells_where_it_came_from_and_since_when(now):
    before, since = now - timedelta(days=5), now - timedelta(days=2)
    spells = (Spell("developing", before, since), Spell("blocked", since))
    held = register([clean("blocked", number="2024-001", blocked_reason="x")])
    told = on_board(held, now, memory=Memory(spells={"2024-001": spells}))
    board = Page(board_page([told], "en", now))
    assert (board.cards[0]["from"], board.cards[0]["since"]) == ("developing", "2026-03-16")
    assert board.pages[0]["spells"] == [
        ["developing", "2026-03-13 10:00", "2026-03-16 10:00"],
        ["blocked", "2026-03-16 10:00", ""],
    ]


def test_the_timeline_tells_the_newest_first_and_what_came_before(now):
    def moment(hours: int, *events: Event) -> Moment:
        at = now - timedelta(hours=hours)
        told = tuple(Happening(event, "register", "2024-015") for event in events)
        return Moment("run", at, None, None, None, told)

    changed = Event(1, "changed", "goal", "old", "new " * 200)
    moments = (moment(9, Event(1, "appeared", after={"title": "t"})), moment(1, changed))
    told = on_board(
        register([clean()]), now, moments={"2024-015": moments}, earlier={"2024-015": 7}
    )
    page = Page(board_page([told], "en", now)).pages[0]
    newest, oldest = page["moments"]
    assert newest["told"][0].startswith("Goal: old → new new")
    assert len(newest["told"][0]) < 230
    assert oldest["told"] == ["First seen in the register"]
    assert page["earlier"] == 7


def test_records_of_the_archive_count_by_week_unless_they_stand_here_too(now):
    gone = [
        clean("closed", number="2024-001", submitted_on=date(2026, 3, 2), live_on=date(2026, 3, 9)),
        clean("closed", number="2024-002"),
    ]
    archived = register(gone).requirements
    told = on_board(register([clean("closed", number="2024-002")]), now, archived=archived)
    (past,) = Page(board_page([told], "en", now)).data["past"]
    assert (past["status"], past["live"], past["cycle"]) == ("closed", "2026-03-09", 5)


def test_an_empty_register_has_an_empty_board(now):
    board = board_of([register([])], now)
    assert board.cards == board.pages == []


def test_cells_that_hold_no_text_are_shown_as_people_read_them(now):
    held = register([clean("designing", estimate=5.0, core_days=2.5, background=True)])
    fields = board_of([held], now).pages[0]["fields"]
    assert (fields["estimate"], fields["core_days"]) == ("5", "2.5")
    assert (fields["submitted_on"], fields["background"]) == ("2024-03-01", "TRUE")


def test_a_companys_own_fields_and_choices_are_on_the_board(now):
    row = clean("developing") | own_fields.FILLED | {"type": "报表", "priority": "P1"}
    held = register([row], schema=own_fields.SCHEMA)
    board = board_of([held], now, "zh-Hans")
    (card,), (page,) = board.cards, board.pages
    assert (card["type"], card["priority"]) == ("report", "high")
    assert board.data["labels"]["type"]["report"] == "报表"
    assert board.data["labels"]["priority"]["high"] == "高"
    assert "J. *" in card["people"]
    assert (
        page["fields"]
        | {
            "cost_centre": "4711",
            "plant": "苏州",
            "budget": "120",
            "audit_on": "2024-03-20",
        }
        == page["fields"]
    )
    told = {field["key"]: field["label"] for it in board.data["modules"] for field in it["fields"]}
    assert told["plant"] == "工厂"
    assert set(page["fields"]) <= set(told)
