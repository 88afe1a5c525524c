from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from registers import clean, register
from samples import sample, sample_view, view_of

from xlflow.languages import say
from xlflow.record.choices import CHOICES
from xlflow.reports.week import Week
from xlflow.reports.weekly import MOST_LINES, WeeklySummary, weekly_summary

VOID = {"meta", "br", "img", "hr", "link", "input"}


class Reader(HTMLParser):
    """What a mail shows, and of what it is made; refuses elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
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

    @property
    def shown(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def mail(view, language) -> WeeklySummary:
    return weekly_summary(view, language)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_subject_tells_week_overdue_and_due(now):
    view = sample_view(60, "en", now)
    assert weekly_summary(view, "en").subject == (
        f"Requirements, week 12 of 2026: {view.overdue_records} overdue, "
        f"{len(view.due_this_week)} deadlines due this week"
    )


def test_the_attachment_is_named_after_the_week(mail):
    assert mail.attachment == "requirements-2026-W12.xlsx"
    assert mail.attachment in mail.html
    assert mail.attachment in mail.text


def test_the_week_may_be_another_than_that_of_the_day(view, language):
    assert weekly_summary(view, language, Week(2026, 11)).attachment == "requirements-2026-W11.xlsx"


def test_the_same_input_gives_the_same_mail(view, language, mail):
    assert weekly_summary(view, language) == mail


def test_both_bodies_tell_the_headline_figures(view, language, mail):
    reader = Reader(mail.html)
    for name, figure in (
        ("open", view.open),
        ("overdue", view.overdue_records),
        ("due", len(view.due_this_week)),
        ("blocked", view.in_status("blocked")),
    ):
        title = say(language, f"weekly.tile.{name}")
        assert f"{title} {figure} " in reader.shown
        assert say(language, "weekly.figure", name=title, figure=figure) in mail.text


def test_both_bodies_list_the_longest_overdue(view, language, mail):
    reader, text = Reader(mail.html), squeezed(mail.text)
    for line in view.longest_overdue[:MOST_LINES]:
        assert f"{line.deadline.number} {line.title}" in reader.shown
        assert f"{line.deadline.number} {line.title}" in text
        assert squeezed(line.next_step) in reader.shown
        assert squeezed(line.next_step) in text


def test_what_is_left_out_is_counted(view, language, mail):
    left = len(view.due_this_week) - MOST_LINES
    assert left > 0
    more = say(language, "weekly.more.due", count=left)
    assert more in Reader(mail.html).shown
    assert more in mail.text


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
    text = weekly_summary(view_of(register(rows), now), "en").text
    listed = re.findall(r"^(D\d\d|\d+ others): (\d+)", text, re.MULTILINE)
    assert listed[-1] == ("23 others", "23")
    assert sum(int(count) for _, count in listed) == 30


def test_both_bodies_tell_what_to_do(view, language, mail):
    task = say(language, "weekly.task.overdue", count=view.overdue_records)
    assert task in Reader(mail.html).shown
    assert task in mail.text


def test_nothing_is_loaded_or_run(mail):
    reader = Reader(mail.html)
    forbidden = {"script", "link", "img", "iframe", "object", "form", "svg", "base"}
    assert not forbidden & {tag for tag, _ in reader.elements}
    for _, attributes in reader.elements:
        assert not {name for name in attributes if name.startswith("on")}
        assert not {"src", "href", "background"} & attributes.keys()
    assert "url(" not in mail.html
    assert "@import" not in mail.html


def test_styles_that_outlook_needs_are_inline(mail):
    reader = Reader(mail.html)
    cells = [attributes for tag, attributes in reader.elements if tag == "td"]
    assert all("style" in attributes for attributes in cells)
    tables = [attributes for tag, attributes in reader.elements if tag == "table"]
    assert all(attributes["role"] == "presentation" for attributes in tables)
    assert '<table role="presentation" width="680"' in mail.html


def test_the_language_is_told_to_screen_readers(language, mail):
    assert ("html", language) in [(tag, a.get("lang")) for tag, a in Reader(mail.html).elements]


def test_what_people_type_shows_as_text(now):
    title = "<img src=x onerror=alert(1)> {{ 7*7 }} & \u202eevil\r\nBcc: you@example.com"
    rows = [clean("developing", number="2026-001", title=title, department="<b>D</b>")]
    mail = weekly_summary(view_of(register(rows), now), "en")
    shown = "<img src=x onerror=alert(1)> {{ 7*7 }} & evil Bcc: you@example.com"
    reader = Reader(mail.html)
    assert shown in reader.shown
    assert "<b>D</b>" in reader.shown
    assert "img" not in {tag for tag, _ in reader.elements}
    assert shown in mail.text
    assert "\nBcc" not in mail.text


def test_a_good_week_is_told_kindly(language, now):
    mail = weekly_summary(view_of(replace(sample(0, language, now)), now), language)
    for key in ("kindly.overdue", "kindly.due", "task.none"):
        text = say(language, f"weekly.{key}")
        assert text in Reader(mail.html).shown
        assert text in mail.text


def test_a_record_without_title_is_named_by_its_row(now):
    row = clean("developing", number=None, title=None)
    shown = Reader(weekly_summary(view_of(register([row]), now), "en").html).shown
    assert "row 4 (no title)" in shown


def test_the_plain_body_has_no_markup_and_no_gaps(mail):
    assert not re.search(r"&(amp|lt|gt|#\d+);|<\w+", mail.text)
    assert "\n\n\n\n" not in mail.text
    assert "{" not in mail.text.replace("{{", "")


def test_plural_and_singular_are_told_apart(now):
    row = clean("developing", number="2026-001", title="Alone")
    text = weekly_summary(view_of(register([row]), now), "en").text
    assert "1 requirement is overdue." in text
