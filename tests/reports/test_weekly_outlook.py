"""The weekly mail is made of what Outlook draws: it shows mails with Word, not with a browser.

Sources: Microsoft, "Word 2007 HTML and CSS Rendering Capabilities in Outlook 2007", whose limits
still hold for the Outlook of Windows; the lists below are what of it the mail needs.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from registers import clean, register
from reports.test_weekly import Reader, summary_of
from samples import as_register, sample, view_of

from xlflow.languages import LANGUAGES
from xlflow.reports.mails.weekly import WeeklySummary

TAGS = {
    "html": {"lang", "xmlns", "xmlns:o"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": {"class", "style"},
    "table": {"class", "role", "width", "cellpadding", "cellspacing", "border", "bgcolor", "style"},
    "tr": set(),
    "td": {"class", "width", "height", "align", "valign", "bgcolor", "style"},
    "div": {"class", "style"},
    "p": {"class", "style"},
    "span": {"class", "style"},
    "a": {"class", "href", "style"},
    "b": set(),
    "br": set(),
}
PROPERTIES = {
    *("background-color", "border-collapse", "border-top", "color", "margin"),
    *("font-family", "font-size", "font-weight", "line-height"),
    *("padding", "padding-top", "table-layout", "text-align", "white-space"),
    "mso-line-height-rule",
    # for others than Outlook, which leaves them out and does no harm without
    *("max-width", "display", "max-height", "overflow", "mso-hide", "word-break"),
}
GMAIL_CUTS_AT = 102 * 1024  # bytes


@pytest.fixture(params=LANGUAGES)
def mails(request: pytest.FixtureRequest, now: datetime) -> list[WeeklySummary]:
    """A sample register; two of a company, with one that could not be read; an empty one."""
    language = request.param
    one = view_of(sample(60, language, now), now)
    it, hr = (
        view_of(as_register(id_, sample(n, language, now)), now)
        for id_, n in (("it", 90), ("hr", 37))
    )
    asked = {"hr": ("Li Na <li.na@example.com>",)}
    return [
        summary_of(one, language=language),
        summary_of(
            *(it, hr),
            language=language,
            responsible=asked,
            left_out={"ops": "gone"},
            board=r"\\files\team\board.html",
        ),
        summary_of(view_of(sample(0, language, now), now), language=language),
    ]


def styles(attributes: dict[str, str | None]) -> dict[str, str]:
    declared = (attributes.get("style") or "").rstrip("; ")
    pairs = (one.split(":", 1) for one in declared.split(";") if one)
    return {name.strip(): value.strip() for name, value in pairs}


def test_only_what_outlook_draws_is_used(mails):
    for mail in mails:
        for tag, attributes in Reader(mail.html).elements:
            assert tag in TAGS
            assert attributes.keys() <= TAGS[tag], tag
            assert styles(attributes).keys() <= PROPERTIES, tag


def test_nothing_is_loaded_or_run(mails):
    for mail in mails:
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/)|javascript|src=", mail.html)


def test_each_cell_has_its_style_inline_and_each_text_its_size_and_colour(mails):
    for mail in mails:
        for tag, attributes in Reader(mail.html).elements:
            if tag == "td":
                assert styles(attributes)
            if tag in ("p", "div") and "display" not in styles(attributes):
                assert {"font-size", "line-height", "color"} <= styles(attributes).keys()
            if tag == "table":
                assert attributes["role"] == "presentation"
                assert attributes["border"] == attributes["cellpadding"] == "0"


def test_a_coloured_ground_is_told_by_an_attribute_too(mails):
    for mail in mails:
        for tag, attributes in Reader(mail.html).elements:
            ground = styles(attributes).get("background-color")
            if tag in ("td", "table"):
                assert attributes.get("bgcolor") == ground


def test_word_gets_a_fixed_width_and_the_others_a_greatest(mails):
    for mail in mails:
        widths = re.findall(r'<!--\[if mso\]><table[^>]* width="(\d+)"', mail.html)
        assert widths == ["680"]
        assert "max-width:680px" in mail.html
        assert mail.html.count("<!--[if mso]>") == mail.html.count("<![endif]-->") == 3


def test_colours_are_told_for_dark_mode_as_well(mails):
    for mail in mails:
        dark = mail.html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
        adapted = set(re.findall(r"\.([\w-]+) \{", dark))
        for tag, attributes in Reader(mail.html).elements:
            held = styles(attributes)
            # white on the blue of the head stays as it is in both
            if tag in ("p", "span", "td", "div") and held.get("color", "#fff")[:4] not in (
                *("#fff", "#dce"),
            ):
                assert set((attributes.get("class") or "").split()) & adapted, attributes


def test_a_change_is_told_in_words_and_not_by_colour_alone(now):
    words = re.compile(r"▲ \d+ more|▼ \d+ fewer|the same|as many|overdue|late|^\d+$|^$")
    mail = summary_of(view_of(sample(60, "en", now), now))
    for tone in ("alarm", "good"):
        for text in re.findall(rf'class="[^"]*\b{tone}"[^>]*>([^<]*)<', mail.html):
            assert words.search(text.replace("&nbsp;", "").strip()), text


def test_no_client_cuts_the_end_off(now):
    long = {
        "title": "Requirement " * 40,
        "department": "Department " * 9,
        "blocked_reason": "x" * 900,
    }
    rows = [
        clean(status, number=f"2026-{n:03d}", **long)
        for n, status in enumerate(["developing", "blocked", "live", "submitted"] * 60, 1)
    ]
    views = [view_of(as_register(id_, register(rows)), now) for id_ in ("it", "hr", "ops", "law")]
    assert len(summary_of(*views).html.encode()) < GMAIL_CUTS_AT
