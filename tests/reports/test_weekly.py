"""What the weekly mail says: both bodies the same, and each figure that of the register."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from registers import clean, register
from reports.histories import History, lived
from samples import CALENDAR, SETTINGS, as_register, sample, sample_view, view_of, written_of

from xlflow.history.past import Past
from xlflow.jobs.reporting.status import view_of as inspected_view
from xlflow.languages import LANGUAGES, Language, say
from xlflow.ledger import Ledger
from xlflow.record.choices import CHOICES
from xlflow.record.memory import NO_MEMORY
from xlflow.reports.figures.movement import Movement, movement, together
from xlflow.reports.figures.overview import Overview
from xlflow.reports.figures.totals import Totals, totals
from xlflow.reports.mails.weekly import WeeklySummary, weekly_summary
from xlflow.reports.mails.weekly_lists import MOST_DUE, MOST_OVERDUE, SHEETS

VOID = {"meta", "br", "img", "hr", "link", "input"}


class Reader(HTMLParser):
    """What a mail shows, and of what it is made; refuses elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._of: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)
            self._of.setdefault(self.open[-1] if self.open else "", []).append(data)

    def texts_in(self, tag: str) -> list[str]:
        """The texts of these elements, in order."""
        return self._of.get(tag, [])

    @property
    def shown(self) -> str:
        return " ".join(" ".join(self.texts).split())


def summary_of(*views: Overview, language: Language = "en", **options) -> WeeklySummary:
    """The summary of registers over which no run has looked yet."""
    told = [movement(view, NO_MEMORY, Past(), SETTINGS, CALENDAR) for view in views]
    return weekly_summary(totals(views), together(told), language, **options)


@pytest.fixture
def mail(view, language) -> WeeklySummary:
    return summary_of(view, language=language)


@pytest.fixture(scope="module", params=range(3))
def lively(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Totals, Movement]]:
    """A register that runs have looked at for some weeks, with what moved in it."""
    now = datetime(2026, 3, 23, 8, tzinfo=SETTINGS.calendar.zone)
    with Ledger.open("sqlite:///ledger.db", beside=tmp_path_factory.mktemp("office")) as ledger:
        history = lived(ledger, now, request.param, days=30)
        view = inspected_view(history.inspection(), SETTINGS)
        yield totals([view]), history.movement()


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_subject_tells_week_overdue_due_and_finished(now):
    view = sample_view(60, "en", now)
    told = movement(view, NO_MEMORY, Past(), SETTINGS, CALENDAR)
    assert told.this_week.finished > 0
    assert summary_of(view).subject == (
        f"Requirements, week 12 of 2026: {view.overdue_records} overdue, "
        f"{len(view.due_this_week)} due this week, {told.this_week.finished} finished"
    )


def test_the_attachment_is_named_after_the_week(mail):
    assert mail.attachment == "requirements-2026-W12.xlsx"
    assert mail.attachment in mail.html
    assert mail.attachment in mail.text


def test_the_same_input_gives_the_same_mail(view, language, mail):
    assert summary_of(view, language=language) == mail


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_bodies_tell_the_figures_of_the_register_and_of_its_movement(lively, language):
    view, told = lively
    mail = weekly_summary(view, told, language)
    shown = Reader(mail.html).shown
    now, before = told.this_week, told.week_before

    def text(name: str, /, **facts: object) -> str:
        return say(language, f"weekly.{name}", **facts)

    def in_words(words: str, figure: int, then: int) -> str:
        if figure == then:
            return text(f"{words}.same")
        return text(f"{words}.{'more' if figure > then else 'fewer'}", count=abs(figure - then))

    tiles = [
        ("open", view.open, before.open, "than-a-week-ago"),
        ("late", view.overdue_records, before.late, "than-a-week-ago"),
        ("stuck", now.stuck, before.stuck, "than-a-week-ago"),
        ("finished", now.finished, before.finished, "than-the-week-before"),
    ]
    for name, figure, then, words in tiles:
        change = in_words(words, figure, then)
        title = text(f"tile.{name}")
        assert f"{title} {figure} {change} " in shown
        assert re.search(
            f"^{re.escape(text('figure', name=title, figure=figure))}.*{change}", mail.text, re.M
        )
    for name in ("new", "moved", "live", "closed", "cancelled", "changed"):
        row = (getattr(now, name), getattr(before, name))
        title = text(f"row.{name}")
        change = in_words("change", *row)
        assert f" {title} {row[0]} {row[1]} {change} " in shown
        line = text("figure", name=title, figure=row[0])
        assert re.search(f"^{re.escape(line)}\\D.*\\D{row[1]}\\D.*{change}", mail.text, re.M)
    for name in ("open", "late", "stuck", "blocked", "due"):
        row = (getattr(now, name), getattr(before, name))
        assert f" {text(f'row.{name}')} {row[0]} {row[1]} {in_words('change', *row)} " in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_and_no_day_stands_in_one_body_only(lively, language):
    mail = weekly_summary(*lively, language)
    reader = Reader(mail.html)
    # the title and the preview are not part of what is read, and heads are said once a table
    html = reader.shown.replace(mail.subject, "", 1)
    html = html.replace(reader.texts_in("div")[0], "", 1)
    heads = [say(language, f"weekly.head.{name}") for name in ("week", "week-before", "today")]
    plain = mail.text
    for head in [*heads, say(language, "weekly.head.week-ago")]:
        html, plain = html.replace(head, ""), plain.replace(head, "")
    tile = say(language, "weekly.tile.finished")
    html, plain = html.replace(tile, ""), plain.replace(tile, "")
    figures = re.compile(r"\d[\d:.-]*\d|\d")
    assert Counter(figures.findall(html)) == Counter(figures.findall(plain))


def test_both_bodies_list_the_longest_overdue(view, language, mail):
    reader, text = Reader(mail.html), squeezed(mail.text)
    for line in view.longest_overdue[:MOST_OVERDUE]:
        assert f"{line.deadline.number} {line.title}" in reader.shown
        assert f"{line.deadline.number} {line.title}" in text
        assert squeezed(line.next_step) in reader.shown
        assert squeezed(line.next_step) in text


def test_what_is_left_out_is_counted(view, language, mail):
    left = len(view.due_this_week) - MOST_DUE
    assert left > 0
    more = say(language, "weekly.more.due", count=left)
    assert more in Reader(mail.html).shown
    assert more in mail.text


def test_the_sheets_that_the_mail_names_are_in_the_workbook(view, language, mail):
    book = CalamineWorkbook.from_filelike(io.BytesIO(written_of(view, language)))
    facts = {"count": view.severities["error"], "records": view.faulty_records}
    sheet = say(language, "reports.page.findings")
    assert say(language, "weekly.task.errors", **facts, sheet=sheet) in mail.text
    named = {*SHEETS.values(), "findings"}
    assert {say(language, f"reports.page.{name}") for name in named} <= {*book.sheet_names}


def test_good_news_name_the_record_and_how_long_it_took(lively):
    view, told = lively
    mail = weekly_summary(view, told, "en")
    assert told.finished
    for case in told.finished:
        line = f"{case.number} {case.title} {case.on}, {case.department}"
        if case.days is not None:
            line += f", live {case.days} working day"
        assert line in Reader(mail.html).shown
        status = CHOICES["status"].label(case.status, "en")
        facts = line.removeprefix(f"{case.number} {case.title} ")
        assert f"{case.number} {case.title} {status}. {facts}" in squeezed(mail.text)


def test_what_stands_still_is_told_with_since_when(lively):
    view, told = lively
    mail = weekly_summary(view, told, "en")
    still = [case for case in told.stuck if case.status != "blocked"]
    for case in still[:6]:
        since = f"No step and no progress line since {case.on}"
        assert since in mail.text
        assert f"{case.number} {case.title}" in Reader(mail.html).shown


def test_bars_show_the_open_records_of_each_status(view, language, mail):
    for group in view.statuses:
        if group.open and group.name:
            name = CHOICES["status"].label(group.name, language)
            assert f"{name} {group.open}" in Reader(mail.html).shown
            assert say(language, "weekly.figure", name=name, figure=group.open) in mail.text


def test_bars_are_as_long_as_their_figures(view, language, mail):
    row = re.compile(r'<td class="(late-bar|bar)" width="(\d+)%"')
    longest = max(group.open for group in view.departments)
    tables = re.findall(r"table-layout:fixed;\">(.*?)</table>", mail.html, re.DOTALL)
    widths = [sum(int(width) for _, width in row.findall(table)) for table in tables]
    shown = [group for group in view.departments if group.open][:8]
    assert widths[-len(shown) :] == [max(round(it.open * 100 / longest), 2) for it in shown]


def test_departments_beyond_the_last_bar_are_added_up(now):
    rows = [
        clean("developing", number=f"2026-{n:03d}", title=f"t{n}", department=f"D{n:02d}")
        for n in range(1, 31)
    ]
    text = summary_of(view_of(register(rows), now)).text
    listed = re.findall(r"^(D\d\d|\d+ others): (\d+)", text, re.MULTILINE)
    assert listed[-1] == ("23 others", "23")
    assert sum(int(count) for _, count in listed) == 30


def test_both_bodies_tell_what_to_do(view, language, mail):
    task = say(language, "weekly.task.overdue", count=view.overdue_records)
    assert task in Reader(mail.html).shown
    assert task in mail.text


def test_a_blocked_record_a_late_promise_and_an_open_change_wait_for_a_decision(now):
    rows = [
        clean(
            "blocked",
            number="2026-001",
            title="Held up",
            submitted_on=date(2026, 3, 2),
            blocked_reason="No test account",
            **dict.fromkeys(("confirmed_on", "assessed_on", "live_on")),
            **dict.fromkeys(("business_signed_on", "technical_signed_on")),
            expected_on=date(2026, 5, 1),
            golive_due=date(2026, 4, 1),
        ),
        clean(
            "designing",
            number="2026-002",
            title="Promised late",
            expected_on=date(2026, 4, 1),
            golive_due=date(2026, 4, 20),
        ),
        clean("closed", number="2026-003", title="Over", expected_on=date(2026, 1, 1)),
    ]
    change = {"date": date(2026, 3, 16), "change": "3 fields more", "by": "L. *"}
    signed = {"business_approved_on": date(2026, 3, 17)}
    lines = [
        {"number": "2026-002", "change_number": "2026-002-C1", **change, **signed},
        {"number": "2026-002", **change, **signed, "technical_approved_on": date(2026, 3, 17)},
        {"number": "2026-003", "change_number": "2026-003-C1", **change},
        {"number": "2026-999", **change},
    ]
    text = summary_of(view_of(register(rows, changes=lines), now)).text
    part = text.partition("== What needs a decision ==")[2].partition("\n==")[0]
    assert squeezed(part) == (
        "2026-001 Held up Blocked, Z. *: No test account "
        "Next: decide who removes the obstacle, or end the requirement. "
        "2026-002 Promised late Z. *: go-live is planned for 2026-04-20, "
        "business expects it on 2026-04-01 Next: agree on one date with business. "
        "2026-002 Promised late Change 2026-002-C1 of 2026-03-16, not yet approved by technology: "
        "3 fields more Next: approve the change, or refuse it."
    )


def test_registers_are_told_apart_and_the_latest_of_each_is_listed(now):
    it = view_of(as_register("it", sample(60, "en", now)), now)
    hr = view_of(as_register("hr", sample(37, "en", now)), now)
    mail = summary_of(
        it,
        hr,
        responsible={"hr": ("Li Na <li.na@example.com>",)},
        left_out={"ops": "the file is gone"},
    )
    shown = Reader(mail.html).shown
    for told in (shown, squeezed(mail.text)):
        assert "2 registers: it, hr" in told
        assert "The register ops could not be read and is not in this summary: the file" in told
        assert "Questions about the register hr: Li Na <li.na@example.com>" in told
    part = mail.text.partition("== Overdue, the latest first ==")[2].partition("\n==")[0]
    for view in (it, hr):
        own = part.partition(f"[{view.name}]")[2].partition("[")[0]
        listed = re.findall(r"^(\S+|row \d+)  ", own, re.MULTILINE)
        first = view.longest_overdue[: len(listed)]
        assert listed == [it.deadline.number or f"row {it.deadline.row}" for it in first]
        assert len(listed) >= 4
    assert " it · " in shown
    assert "hr · " in mail.text


def test_a_part_of_the_company_is_named_in_subject_and_attachment(now):
    view = view_of(as_register("hr", sample(37, "en", now)), now)
    mail = summary_of(view, part="hr")
    assert mail.subject.startswith("hr: Requirements, week 12")
    assert mail.attachment == "requirements-hr-2026-W12.xlsx"


def test_what_no_run_saw_is_told_as_unknown(view, language, mail):
    remark = say(language, "weekly.no-memory")
    assert remark in Reader(mail.html).shown
    assert remark in mail.text
    row = say(language, "weekly.figure", name=say(language, "weekly.row.moved"), figure="–")
    assert row in mail.text
    for words in ("than-a-week-ago.same", "than-a-week-ago.fewer"):
        assert say(language, f"weekly.{words}", count=1) not in mail.text


def test_a_ledger_of_some_days_says_since_when_it_knows(tmp_path: Path, now: datetime):
    with Ledger.open("sqlite:///ledger.db", beside=tmp_path) as ledger:
        history: History = lived(ledger, now, 5, days=3)
        view, told = inspected_view(history.inspection(), SETTINGS), history.movement()
    mail = weekly_summary(totals([view]), told, "en")
    since = f"xlflow has looked only since {(now - timedelta(days=3)).date()}"
    assert since in mail.text
    assert since in Reader(mail.html).shown


def test_the_language_is_told_to_screen_readers(language, mail):
    assert ("html", language) in [(tag, a.get("lang")) for tag, a in Reader(mail.html).elements]


def test_what_people_type_shows_as_text(now):
    title = "<img src=x onerror=alert(1)> {{ 7*7 }} & \u202eevil\r\nBcc: you@example.com"
    rows = [clean("developing", number="2026-001", title=title, department="<b>D</b>")]
    mail = summary_of(view_of(register(rows), now))
    shown = "<img src=x onerror=alert(1)> {{ 7*7 }} & evil Bcc: you@example.com"
    reader = Reader(mail.html)
    assert shown in reader.shown
    assert "<b>D</b>" in reader.shown
    assert "img" not in {tag for tag, _ in reader.elements}
    assert shown in mail.text
    assert "\nBcc" not in mail.text


def test_a_good_week_is_told_kindly(language, now):
    mail = summary_of(view_of(replace(sample(0, language, now)), now), language=language)
    for key in ("kindly.overdue", "kindly.due", "kindly.decisions", "kindly.finished", "task.none"):
        text = say(language, f"weekly.{key}")
        assert text in Reader(mail.html).shown
        assert text in mail.text


def test_a_record_without_title_is_named_by_its_row(now):
    row = clean("developing", number=None, title=None)
    shown = Reader(summary_of(view_of(register([row]), now)).html).shown
    assert "row 4 (no title)" in shown


def test_the_plain_body_has_no_markup_and_no_gaps(mail):
    assert not re.search(r"&(amp|lt|gt|#\d+);|<\w+", mail.text)
    assert "\n\n\n\n" not in mail.text
    assert "{" not in mail.text.replace("{{", "")


def test_plural_and_singular_are_told_apart(now):
    row = clean("developing", number="2026-001", title="Alone")
    text = summary_of(view_of(register([row]), now)).text
    assert "1 requirement is overdue." in text


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (r"\\files\team\board.html", "file://files/team/board.html"),
        ("https://intranet.example.com/board.html", "https://intranet.example.com/board.html"),
    ],
)
def test_the_board_is_led_to_where_the_settings_tell_its_place(view, language, address, link):
    mail = summary_of(view, language=language, board=address)
    assert address in mail.text
    assert f'href="{link}"' in mail.html
    assert say(language, "weekly.board") in mail.text
    assert say(language, "weekly.board") not in summary_of(view, language=language).text
