"""A digest as people read it: the same facts in HTML and in plain text, in three languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from registers import clean, register

from xlflow.languages import LANGUAGES, Language
from xlflow.record.fields import SHEETS
from xlflow.record.memory import Memory, Spell
from xlflow.record.register import Register
from xlflow.reports.links import mail_link
from xlflow.reports.mails.digest import Book, Content, Known, Section, Silent, digest_mail
from xlflow.reports.mails.digest_items import Item, Items
from xlflow.settings import default_settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.timing.clocks import CLOCKS
from xlflow.timing.deadlines import Deadline, deadlines
from xlflow.timing.next_steps import next_steps

NOW = datetime(2024, 3, 22, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
SHARE = r"\\files\team\My register.xlsx"
NOTHING = Known({}, 0, 0, 0, None)
ITEM = Item(
    record="2024-015",
    title="Order <status>",
    what="Confirmation",
    due="2024-03-20",
    stands="2 working days late",
    action="Fill in 【Confirmed on】",
    place="Register!N7",
    label="Confirmed on",
    link=mail_link(SHARE, "Register!N7"),
    who="* Manager",
)


class _Words(HTMLParser):
    """The words of a page, its style and its preview left out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = "display:none" in (dict(attrs).get("style") or "")
        self._skipped = tag in ("style", "title") or hidden

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words += data.split()


def words_of(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    return " ".join(parser.words)


def content(**changes: object) -> Content:
    items: dict[Section, list[tuple[str, Item]]] = {
        "overdue": [("main", ITEM)],
        "people": [("main", replace(ITEM, record="2024-016", who="Zhang *"))],
    }
    book = Book("main", "My register.xlsx", SHARE, mail_link(SHARE))
    held = Content(items=items, silent=(), known=NOTHING, books=[book], now=NOW)
    return replace(held, **changes)  # type: ignore[arg-type]


def test_the_subject_and_the_first_line_say_what_to_do():
    mail = digest_mail(content(), "en")
    assert mail.subject == "Requirements, 2024-03-22: 1 overdue, 1 late with your people"
    assert mail.first == "2024-015 Order <status>: Fill in 【Confirmed on】"
    read = words_of(mail.html)
    assert "Start with this Fill in 【Confirmed on】 2024-015 Order <status> Register!N7" in read


def test_whose_it_is_is_said_of_others_and_where_the_reader_has_several_names():
    text = digest_mail(content(), "en").text
    assert "-> Fill in" in text
    assert "-> Zhang *: Fill in" in text
    two = [("main", ITEM), ("main", replace(ITEM, who="Li *"))]
    text = digest_mail(content(items={"overdue": two}), "en").text
    assert "-> * Manager: Fill in" in text
    assert "-> Li *: Fill in" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_plain_text_tell_the_same(language: Language):
    silent = [Silent("张*", "", "ambiguous", 2, ["2024-001", "2024-002"])]
    known = Known({"overdue": 3, "sent-back": 1}, 12, 4, 7, date(2024, 3, 1))
    book = Book("main", "a.xlsx", SHARE, mail_link(SHARE), ["Li Na <li.na@example.com>"])
    board = r"\\files\team\board.html"
    mail = digest_mail(content(silent=silent, known=known, books=[book], board=board), language)
    read = words_of(mail.html).replace(" ", "")
    for line in mail.text.splitlines():
        said = re.sub(r"^== | ==$|^- |^-- $|^  -> ", "", line).replace(" ", "")
        stands, _, due = said.partition(".Confirmation" if language == "en" else "。Confirmation")
        parts = [stands, f"Confirmation{due}"] if due else [said]
        assert all(part in read for part in parts), line
    assert 'href="file://files/team/board.html"' in mail.html
    for part in ("12", "7", "4", "2024-03-01", "2024-001", "li.na@example.com", board):
        assert part in mail.text


def test_the_registers_are_told_apart_only_where_there_are_several():
    one, other = content().books[0], Book("hr", "HR.xlsx", "/srv/HR.xlsx", "file:///srv/HR.xlsx")
    items: dict[Section, list[tuple[str, Item]]] = {"overdue": [("main", ITEM), ("hr", ITEM)]}
    text = digest_mail(content(items=items, books=[one, other]), "en").text
    assert text.index("[My register.xlsx]") < text.index("[HR.xlsx]")
    assert "[My register.xlsx]" not in digest_mail(content(), "en").text


def test_what_people_typed_is_text_and_nothing_is_loaded_from_elsewhere():
    html = digest_mail(content(), "en").html
    assert "Order &lt;status&gt;" in html
    assert not re.search(r"<(img|script|link|iframe)|url\(|src=", html)
    assert {*re.findall(r'href="([^"]*)"', html)} == {
        "file://files/team/My%20register.xlsx",
        "file://files/team/My%20register.xlsx#Register!N7",
    }


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (SHARE, "file://files/team/My%20register.xlsx#Register!N7"),
        (r"R:\team\a#1.xlsx", "file:///R:/team/a%231.xlsx#Register!N7"),
        ("/srv/需求.xlsx", "file:///srv/%E9%9C%80%E6%B1%82.xlsx#Register!N7"),
        ("https://example.com/register", "https://example.com/register"),
        ("drive/register.xlsx", ""),
    ],
)
def test_a_cell_is_led_to_where_the_place_allows_it(address: str, link: str):
    assert mail_link(address, "Register!N7") == link


# --- items


def register_of_all(language: Language) -> Register:
    """A register in which each kind of deadline is late or near for somebody."""
    people = {"requester": "R *", "contact": "C *", "owner": "O *"}
    early = {"submitted_on": date(2024, 3, 4), "expected_on": date(2024, 3, 8)}
    base = {**people, **early, "language": language}
    number = (f"2024-{n:03}" for n in range(1, 20))
    rows = [
        clean("submitted", number=next(number), confirmed_on=None, **base),
        clean("assessing", number=next(number), assessed_on=None, feasible=None, **base),
        *(
            clean(status, number=next(number), result=None, monitoring=None, **base)
            for status in ("designing", "developing", "testing", "live", "blocked")
        ),
        clean("testing", number=next(number), result="fail", rectify_by=date(2024, 3, 8), **base),
    ]
    at = NOW.replace(day=8, tzinfo=None)
    asked = {"number": "2024-004", "raised_at": at, "issue": "Why?"}
    words = {"en": "Yes", "zh-Hans": "是", "zh-Hant": "是"}
    issues = [{**asked, "needs_answer": words[language]}]
    progress = [{"number": "2024-004", "date": date(2024, 3, 8), "text": "Half of it"}]
    return register(rows, issues=issues, progress=progress, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_deadline_names_a_cell_that_people_may_type_into(language: Language):
    settings = default_settings()
    held = register_of_all(language)
    calendar = WorkingCalendar.from_settings(settings)
    spells = {"2024-007": (Spell("blocked", NOW.replace(day=8)),)}
    found = deadlines(held, settings, calendar, NOW, Memory(spells=spells), open_only=True)
    guidance = next_steps(held, settings, found, NOW)
    items = Items(held, guidance, NOW.date(), SHARE)
    typed = {
        (table.title, table.columns[key.key])
        for table in held.tables
        for key in SHEETS[table.sheet]
        if not key.is_own
    }
    for deadline in found:
        item = items.of_deadline(deadline, deadline.responsible)
        assert item.action[0] == item.action[0].upper()
        if deadline.id == "progress":
            assert item.place == held.progress.title
            assert item.link.endswith("!A5")
            continue
        tab, _, address = item.place.rpartition("!")
        assert (tab, re.sub(r"\d", "", address)) in typed
        assert f"【{item.label}】" in item.action
    assert {deadline.id for deadline in found} == {clock.id for clock in CLOCKS}


def test_the_records_own_next_step_is_told_to_whom_it_asks():
    settings = default_settings()
    held = register([clean("submitted", number="2024-001", confirmed_on=None, contact=None)])
    calendar = WorkingCalendar.from_settings(settings)
    found = deadlines(held, settings, calendar, NOW, open_only=True)
    items = Items(held, next_steps(held, settings, found, NOW), NOW.date(), SHARE)
    (confirm,) = [one for one in found if one.id == "confirm"]
    item = items.of_deadline(confirm, confirm.responsible)
    assert item.action == "Fill in 【Technical contact】 now; it was due 2024-03-04"
    assert item.place == held.requirements.cell(4, "contact")
    other: Deadline = replace(confirm, responsible="Somebody *")
    item = items.of_deadline(other, "Somebody *")
    assert item.action == "Say whether it is clear, and fill in 【Confirmed on】"
    assert item.place == held.requirements.cell(4, "confirmed_on")


def test_of_several_deadlines_of_a_record_the_nearest_has_its_next_step():
    settings = default_settings()
    dates = {"test_due": date(2024, 3, 12), "golive_due": date(2024, 3, 15), "checked_on": TODAY}
    row = clean("testing", number="2024-001", result=None, accepted_by=None, **dates)
    line = {"number": "2024-001", "date": TODAY, "text": "Half of it"}
    held = register([row | {"test_owner": "T *", "golive_owner": "T *"}], progress=[line])
    calendar = WorkingCalendar.from_settings(settings)
    found = deadlines(held, settings, calendar, NOW, open_only=True)
    items = Items(held, next_steps(held, settings, found, NOW), NOW.date(), SHARE)
    said = {one.id: items.of_deadline(one, "T *").action for one in found}
    assert said["test"].startswith("Fill in 【Acceptance result】")
    assert said["golive"] == 'Put it live, and set 【Status】 to "Live"'
