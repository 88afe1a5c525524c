from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from registers import clean, register
from samples import sample, sample_view, sample_views, standing_of, view_of, written_of
from workbooks import FIRST, HEADER, body, opened, page, table

from xlflow.languages import Language, say
from xlflow.record.choices import CHOICES
from xlflow.record.schema import STANDARD
from xlflow.reports.figures.overview import next_first
from xlflow.reports.figures.totals import totals
from xlflow.reports.status import book as report_book
from xlflow.reports.status.looks import GREEN, QUIET, RED
from xlflow.reports.status.report import Standing
from xlflow.reports.status.workbook import status_workbook

LISTS = (
    *("this-week", "overdue", "due-soon", "stuck", "issues", "changes"),
    *("people", "findings", "records"),
)
PAGES = (
    *("summary", "this-week", "overdue", "due-soon", "stuck", "board", "issues", "changes"),
    *("people", "breakdown", "findings", "records", "figures"),
)


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def content(language, now) -> bytes:
    return written(language, now)


@cache
def written(language: Language, now: datetime) -> bytes:
    view = sample_view(60, language, now)
    return written_of(view, language, "../register.xlsx")


def test_it_has_a_summary_and_the_lists_behind_it(content, language):
    expected = [say(language, f"reports.page.{name}") for name in PAGES]
    assert opened(content).sheetnames == expected


def test_the_same_input_gives_the_same_bytes(view, language, content):
    assert written_of(view, language, "../register.xlsx") == content


def test_every_part_is_well_formed_and_none_is_a_macro(content):
    for name, part in parts(content).items():
        ET.fromstring(part)
        assert not name.endswith(".bin"), name


def test_no_cell_holds_a_formula(content):
    for name, part in parts(content).items():
        assert b"<f>" not in part or "worksheets" not in name


TILES = ("new", "moved", "finished", "changed", "open", "late", "stuck", "due")


def tiles(content: bytes, language: Language = "en") -> dict[str, tuple[object, str]]:
    """Each tile's figure and what stands below it."""
    sheet = page(content, "summary", language)
    named = {say(language, f"reports.tile.{name}"): name for name in TILES}
    return {
        named[cell.value]: (sheet.cell(6, cell.column).value, sheet.cell(7, cell.column).value)
        for cell in sheet[5]
        if cell.value in named
    }


def test_the_tiles_show_the_week_and_the_moment(content, view, language):
    figures = standing_of(view).movement.this_week
    shown = {name: figure for name, (figure, _) in tiles(content, language).items()}
    assert list(shown) == [*TILES]
    for name, figure in shown.items():
        expected = getattr(figures, name)
        assert figure == (say(language, "reports.not-known") if expected is None else expected)


def test_what_no_ledger_tells_is_not_made_up(content, language):
    for name in ("moved", "changed", "late"):
        assert tiles(content, language)[name][1] == say(language, "reports.before.unknown")
    assert tiles(content, language)["moved"][0] == say(language, "reports.not-known")
    told = say(language, "reports.tiles.week-unseen")
    assert page(content, "summary", language).cell(4, 1).value == told


def with_weeks(view, this: dict[str, int], before: dict[str, int]) -> Standing:
    standing = standing_of(view)
    moved = replace(
        standing.movement,
        this_week=replace(standing.movement.this_week, **this),
        week_before=replace(standing.movement.week_before, **before),
    )
    return replace(standing, movement=moved)


def test_each_figure_stands_beside_the_week_before(view, language):
    this = {"new": 5, "late": 3, "stuck": 7, "finished": 4}
    before = {"new": 5, "late": 8, "stuck": 2, "finished": 1}
    content = status_workbook([with_weeks(view, this, before)], language)
    notes = {name: note for name, (_, note) in tiles(content, language).items()}
    assert notes["new"] == say(language, "reports.before.same", before=5)
    assert notes["late"] == say(language, "reports.before.less", before=8, by=5)
    assert notes["stuck"] == say(language, "reports.before.more", before=2, by=5)
    colours = {
        name: cell.font.color.rgb[2:]
        for name in ("late", "stuck", "finished", "new")
        for cell in page(content, "summary", language)[7]
        if cell.value == notes[name]
    }
    assert colours == {
        "late": GREEN[1:],
        "stuck": RED[1:],
        "finished": GREEN[1:],
        "new": QUIET[1:],
    }


@pytest.mark.parametrize(
    ("kind", "groups", "figures"),
    [
        ("status", "statuses", ("records", "overdue", "due_soon")),
        ("department", "departments", ("open", "overdue", "records")),
        ("priority", "priorities", ("open", "overdue", "records")),
        ("type", "types", ("open", "overdue", "records")),
    ],
)
def test_the_small_tables_show_each_group(content, view, language, kind, groups, figures):
    sheet = page(content, "breakdown", language)
    title = say(language, f"reports.by.{kind}")
    (corner,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == title)
    for row, group in enumerate(getattr(view, groups), corner.row + 2):
        name = sheet.cell(row, corner.column).value
        if kind == "department":
            assert name == group.name
        elif group.name:
            assert name == CHOICES[kind].label(group.name, language)
        shown = [sheet.cell(row, corner.column + n).value for n in (5, 6, 7)]
        assert shown == [getattr(group, figure) for figure in figures]


def charts_of(content: bytes) -> list[str]:
    held = parts(content)
    return [held[name].decode() for name in sorted(held) if name.startswith("xl/charts/")]


def test_ten_native_charts_point_at_tables_that_people_can_read(content, language):
    charts = charts_of(content)
    assert len(charts) == 10
    places = Counter()
    for chart in charts:
        references = re.findall(r"<c:f>(.*?)</c:f>", chart)
        assert references
        for reference in references:
            tab, area = reference.split("!")
            sheet = opened(content)[tab.strip("'")]
            assert sheet.sheet_state == "visible"
            cells = [cell.value for (cell,) in sheet[area.replace("$", "")]]
            assert any(value is not None for value in cells)
            places[sheet.title] += 1
    assert set(places) == {
        say(language, "reports.page.figures"),
        say(language, "reports.page.breakdown"),
    }


def test_each_chart_of_the_summary_has_a_title_of_its_own(content, language):
    charts = "statuses", "weeks", "cycle", "ages", "people", "departments"
    titles = {say(language, f"reports.chart.{name}") for name in charts}
    shown = [title for title in titles for chart in charts_of(content) if f">{title}<" in chart]
    assert sorted(shown) == sorted(titles)


def test_the_cells_have_named_styles(content, language):
    book = opened(content)
    sheet = page(content, "overdue", language)
    shown = {
        name: sheet[cell].style
        for name, cell in (("title", "A1"), ("header", "B4"), ("late", "E5"))
    }
    assert shown == {name: say(language, f"reports.look.{name}") for name in shown}
    assert len(set(book.named_styles)) == len(book.named_styles)
    for tab in book.worksheets:
        for row in tab.iter_rows(max_row=30):
            assert all(cell.style != "Normal" for cell in row if cell.value is not None), tab.title


def test_the_overdue_page_lists_every_overdue_deadline(content, view, language):
    listed = [(row[0], row[4]) for row in body(page(content, "overdue", language))]
    expected = [(line.deadline.number, line.deadline.days_late) for line in view.overdue]
    assert listed == expected
    assert listed


def test_the_due_soon_page_lists_what_is_due_soon_and_what_is_due_by_sunday(
    content, view, language
):
    listed = body(page(content, "due-soon", language))
    lines = sorted({*view.due_soon, *view.due_this_week}, key=next_first)
    assert len(lines) > max(len(view.due_soon), 1)
    for row, line in zip(listed, lines, strict=True):
        due = line.deadline.due
        shown = row[3] if isinstance(due, datetime) else row[3].date()
        assert shown == (due.replace(tzinfo=None) if isinstance(due, datetime) else due)
        assert row[1] == (line.title or None)
    marked = [row for row in listed if row[-1] == say(language, "reports.yes")]
    assert len(marked) == tiles(content, language)["due"][0] == len(view.due_this_week)


def test_what_is_missing_leads_to_the_cell_that_meets_the_deadline(content, view, language):
    sheet = page(content, "overdue", language)
    for row, line in enumerate(view.overdue, FIRST):
        cell = sheet.cell(row, 8)
        assert cell.hyperlink.location == line.deadline.cell
        assert cell.value


def test_what_is_missing_is_a_field_or_the_status_to_be_reached(language, now):
    held = register(
        [
            clean(
                number="2026-001",
                status="submitted",
                submitted_on=date(2026, 3, 2),
                confirmed_on=None,
            ),
            clean(
                number="2026-002",
                status="developing",
                development_due=date(2026, 3, 10),
                business_signed_on=date(2026, 3, 2),
                technical_signed_on=date(2026, 3, 2),
            ),
        ],
        language=language,
    )
    listed = table(page(written_of(view_of(held, now), language), "overdue", language))
    deadline, missing = (say(language, f"reports.column.{it}") for it in ("deadline", "missing"))
    told = {row[deadline]: row[missing] for row in listed}
    assert told[say(language, "deadlines.name.confirm")] == STANDARD.label("confirmed_on", language)
    testing = CHOICES["status"].label("testing", language)
    status = say(language, "reports.missing.status", status=testing)
    assert told[say(language, "deadlines.name.development")] == status


def test_the_people_page_shows_each_load(content, view, language):
    listed = body(page(content, "people", language))
    assert [[figure or 0 for figure in row[2:]] for row in listed] == [
        [load.open, load.overdue, load.days_late, load.due_soon, load.errors]
        for load in view.people
    ]


def test_the_findings_page_lists_every_finding_errors_first(content, view, language):
    listed = body(page(content, "findings", language))
    assert Counter(row[1] for row in listed) == Counter(it.cell for it in view.findings)
    kinds = [row[0] for row in listed]
    names = [say(language, f"findings.severity.{name}") for name in ("error", "warning", "info")]
    assert kinds == sorted(kinds, key=names.index)
    messages = {(it.cell, it.message(language)) for it in view.findings}
    assert {(row[1], row[5]) for row in listed} == messages


def test_the_records_page_lists_every_record(content, view, language):
    listed = body(page(content, "records", language))
    assert len(listed) == view.records
    assert [row[1] for row in listed] == view.register.requirements.frame["title"].tolist()


def test_links_lead_to_the_cells_of_the_register(content, view, language):
    sheet = page(content, "findings", language)
    for row in range(FIRST, FIRST + len(view.findings)):
        cell = sheet.cell(row, 2)
        assert cell.hyperlink.target == "..\\register.xlsx"
        assert cell.hyperlink.location == cell.value


def test_without_a_link_the_cells_are_only_named(view, language):
    sheet = page(written_of(view, language), "findings", language)
    assert sheet.cell(FIRST, 2).value
    assert sheet.cell(FIRST, 2).hyperlink is None


def test_lists_are_frozen_filtered_and_ready_to_print(content, language):
    for name in LISTS:
        sheet = page(content, name, language)
        assert sheet.freeze_panes in ("C5", "B5")
        if sheet.max_row > FIRST or body(sheet)[0][1]:
            assert sheet.auto_filter.ref.startswith("A4:")
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.oddFooter.right.text == "&P / &N"


def test_each_page_prints_on_a4_landscape_with_its_number(content, language):
    for sheet in opened(content).worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area
        assert sheet.oddFooter.right.text == "&P / &N"
    summary = page(content, "summary", language).page_setup
    assert (summary.fitToWidth or 1, summary.fitToHeight or 1) == (1, 1)


def test_the_properties_tell_title_and_moment(content, view, language):
    properties = opened(content).properties
    assert properties.title == say(language, "reports.title")
    assert properties.created.isoformat() == "2026-03-18T02:00:00"


def hostile(now) -> bytes:
    rows = [
        clean(number="2026-001", title=title, department=title, status="developing")
        for title in HOSTILE
    ]
    held = register(rows, departments=tuple(HOSTILE))
    return written_of(view_of(held, now), "en", "a & b [1] #2.xlsx")


HALF_PAST_NINE = datetime.fromisoformat("2026-04-01T09:30")

HOSTILE = (
    "=1+1",
    "+SUM(A1)",
    "@cmd",
    "-2+3",
    "{=A1}",
    "http://example.com/",
    "internal:Sheet1!A1",
    "<r><t>x</t></r>",
    "<img src=x onerror=alert(1)>",
    "nul \x00 bell \x07 half \ud83d",
    "_x0041_ & <b>",
    "1e400",
    "2024-03-01",
)


def test_whatever_people_type_stays_a_text(now):
    content = hostile(now)
    for part in parts(content).values():
        ET.fromstring(part)
    titles = [row[1] for row in body(page(content, "records"))]
    expected = [*HOSTILE]
    expected[expected.index("<r><t>x</t></r>")] += " "
    expected[expected.index("nul \x00 bell \x07 half \ud83d")] = "nul  bell  half "
    assert titles == expected
    kinds = {cell.data_type for cell in page(content, "records")["B"][FIRST - 1 :]}
    assert kinds == {"s"}


def test_an_odd_file_name_is_escaped_once(now):
    targets = {
        target
        for name, part in parts(hostile(now)).items()
        if name.startswith("xl/worksheets/_rels")
        for target in re.findall(r'Target="(.*?)" TargetMode="External"', part.decode())
    }
    assert targets == {"a%20&amp;%20b%20[1]%20%232.xlsx"}


def test_typed_values_that_are_no_dates_are_shown_as_they_are(now):
    held = register(
        [
            clean(number="2026-001", submitted_on="3.15", expected_on=date(1899, 5, 1), title=12),
            clean(number="2026-002", submitted_on=20240315, expected_on=HALF_PAST_NINE),
        ]
    )
    first, second = body(page(written_of(view_of(held, now), "en"), "records"))
    assert (first[1], first[8], first[9]) == ("12", "3.15", "1899-05-01")
    assert (second[8], second[9]) == ("20240315", HALF_PAST_NINE)


def test_an_empty_register_is_told_kindly(language, now):
    held = replace(sample(0, language, now), departments=())
    content = written_of(view_of(held, now), language)
    for name in (*LISTS, "board"):
        assert page(content, name, language).cell(FIRST, 1).value == say(
            language, f"reports.kindly.{name}"
        )
    shown = {cell.value for row in page(content, "summary", language).iter_rows() for cell in row}
    assert say(language, "reports.kindly.overdue") in shown


def test_many_departments_are_added_up_in_the_last_row(now):
    rows = [
        clean(number=f"2026-{n:03d}", title=f"t{n}", department=f"D{n:02d}", status="developing")
        for n in range(1, 31)
    ]
    sheet = page(written_of(view_of(register(rows), now), "en"), "breakdown")
    (corner,) = (c for row in sheet.iter_rows() for c in row if c.value == "By department")
    shown = [
        (sheet.cell(row, corner.column).value, sheet.cell(row, corner.column + 7).value)
        for row in range(corner.row + 2, corner.row + 16)
    ]
    assert shown[-1] == ("17 others", 17)
    assert sum(records for _, records in shown) == 30


def test_links_end_where_excel_takes_no_more(view, language, monkeypatch):
    monkeypatch.setattr(report_book, "_MOST_LINKS", 3)
    content = written_of(view, language, "register.xlsx")
    sheet = page(content, "records", language)
    linked = [cell.hyperlink is not None for cell in sheet["A"][FIRST - 1 :]]
    assert linked == [True] * 3 + [False] * (len(linked) - 3)
    assert all(cell.value for cell in sheet["A"][FIRST - 1 :])


def test_rows_that_a_sheet_cannot_hold_are_counted(now, monkeypatch):
    monkeypatch.setattr("xlflow.reports.status.listing._MOST", 10)
    view = sample_view(60, "en", now)
    listed = body(page(written_of(view, "en"), "records"))
    assert len(listed) == 11
    assert listed[-1][0] == "50 more are not shown: a sheet holds no more rows."


def test_a_link_that_excel_would_refuse_is_left_out(now):
    view = sample_view(60, "en", now)
    sheet = page(written_of(view, "en", "a" * 3000), "findings")
    assert sheet.cell(FIRST, 2).value
    assert sheet.cell(FIRST, 2).hyperlink is None


def test_what_the_writer_would_drop_is_an_error(now, monkeypatch):
    monkeypatch.setattr(report_book, "_LONGEST_LINK", 9999)
    view = sample_view(60, "en", now)
    with pytest.raises(report_book.ReportRefused) as caught:
        written_of(view, "en", "a" * 3000)
    assert "report this" in caught.value.message("en")


def test_of_several_registers_each_row_names_its_register(now):
    views = sample_views((("it", 60), ("hr", 35)), now)
    standings = [standing_of(view, f"../{view.name}.xlsx") for view in views]
    content = status_workbook(standings, "en")
    expected = {
        "overdue": ([line.register for line in totals(views).overdue], 1),
        "records": ([view.name for view in views for _ in range(view.records)], 1),
    }
    for name, (registers, column) in expected.items():
        sheet = page(content, name)
        assert sheet.cell(HEADER, column).value == "Register"
        assert [row[column - 1] for row in body(sheet)] == registers
        linked = [sheet.cell(row, column + 1) for row in range(FIRST, FIRST + len(registers))]
        files = [cell.hyperlink.target for cell in linked]
        assert files == [f"..\\{register}.xlsx" for register in registers]
    found = [(row[1], row[2]) for row in body(page(content, "findings"))]
    assert Counter(found) == Counter((it.name, one.cell) for it in views for one in it.findings)


def test_with_one_register_nothing_tells_of_registers(content, view, language):
    label = say(language, "reports.column.register")
    for sheet in opened(content).worksheets:
        values = [value for row in sheet.iter_rows(values_only=True) for value in row]
        assert label not in values
        assert view.name not in values


def test_a_register_that_could_not_be_read_is_told_on_the_summary(view, language):
    content = status_workbook([standing_of(view)], language, left_out={"hr": "It is not there."})
    told = say(language, "reports.left-out", register="hr", reason="It is not there.")
    assert page(content, "summary", language).cell(3, 1).value == told
