"""The status workbook's lists of what is let pass, what changed, and of a company's own fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

from registers import clean, register
from samples import (
    as_register,
    sample_view,
    sample_views,
    standing_of,
    view_of,
    written_of,
)
from workbooks import FIRST, body, opened, page, table

from xlflow.checks.waivers import Waived
from xlflow.languages import Language, say
from xlflow.record.memory import Baseline, Memory
from xlflow.record.schema import STANDARD
from xlflow.reports.status.named_styles import with_names
from xlflow.reports.status.workbook import status_workbook
from xlflow.settings import Settings

UNTIL = date(2026, 4, 30)


def column(language: Language, name: str) -> str:
    return say(language, f"reports.column.{name}")


def test_what_is_let_pass_is_listed_with_its_reason_and_end(language, now):
    view = sample_view(60, language, now)
    one, other = view.findings[:2]
    held = (Waived(one, "Agreed", UNTIL + timedelta(days=1)), Waived(other, "Old data", UNTIL))
    content = status_workbook([standing_of(view, waived=held)], language)
    listed = table(page(content, "waived", language))
    names = ("until", "cell", "mend", "why")
    assert [[row[column(language, name)] for name in names] for row in listed] == [
        [datetime.combine(end, datetime.min.time()), it.cell, it.message(language), why]
        for it, why, end in (
            (other, "Old data", UNTIL),
            (one, "Agreed", UNTIL + timedelta(days=1)),
        )
    ]
    note = page(content, "findings", language).cell(2, 1).value
    assert note.endswith(say(language, "reports.note.also-waived", count=2))


def test_without_waivers_there_is_no_such_page(language, now):
    content = written_of(sample_view(60, language, now), language)
    assert say(language, "reports.page.waived") not in opened(content).sheetnames


def signed(number: str, **values: object) -> Baseline:
    days = (date(2026, 3, 2), date(2026, 3, 3))
    at = datetime.fromisoformat("2026-03-03T10:00:00+08:00")
    return Baseline(number, 1, at, days, values)


def scope_view(language: Language, now: datetime):
    rows = [
        clean(number="2026-001", title="Kept", goal="In sync within 5 s", estimate=5),
        clean(number="2026-002", title="Changed", goal="In sync within 9 s", estimate=5),
    ]
    changes = [
        {
            "number": "2026-001",
            "change_number": f"2026-001-C{n}",
            "date": date(2026, 3, 3 + n),
            "change": f"change {n}",
            "business_approved_on": business,
            "technical_approved_on": technical,
        }
        for n, (business, technical) in enumerate(
            [(date(2026, 3, 5), date(2026, 3, 6)), (None, None), (date(2026, 3, 6), None)], 1
        )
    ]
    return view_of(register(rows, changes=changes, language=language), now)


def test_what_changed_after_the_signatures_with_no_request_comes_first(language, now):
    known = {"2026-002": signed("2026-002", goal="In sync within 5 s", estimate=5)}
    standing = standing_of(
        scope_view(language, now), link="register.xlsx", memory=Memory(changed_scopes=known)
    )
    sheet = page(status_workbook([standing], language), "changes", language)
    listed = table(sheet)
    label = STANDARD.label("number", language)
    stands = column(language, "approval")
    assert [(row[stands], row[label]) for row in listed] == [
        (say(language, f"reports.approval.{kind}"), number)
        for kind, number in (
            ("without", "2026-002"),
            ("waits-technical", "2026-001"),
            ("waits-both", "2026-001"),
            ("approved", "2026-001"),
        )
    ]
    told = listed[0][STANDARD.label("change", language, "changes")]
    for part in (STANDARD.label("goal", language), "within 5 s", "within 9 s", "2026-03-03"):
        assert part in told
    table_of_records = standing.view.register.requirements
    assert sheet.cell(FIRST, 2).hyperlink.location == table_of_records.cell(5, "goal")
    note = say(language, "reports.note.changes", without=1, waiting=2, approved=1)
    assert sheet.cell(2, 1).value == note


OWN = [
    {"key": f"own_{n}", "label": {"en": f"Own {n}", "zh-Hans": f"自定{n}", "zh-Hant": f"自訂{n}"}}
    for n in range(12)
]


def test_own_fields_stand_beyond_what_is_printed(now):
    schema = Settings.model_validate({"register": {"path": "a.xlsx"}, "fields": OWN}).schema
    rows = [clean(number="2026-001") | {f"own_{n}": f"value {n}" for n in range(12)}]
    view = view_of(register(rows, schema=schema), now)
    sheet = page(written_of(view, "en"), "records")
    headers = [cell.value for cell in sheet[4]]
    assert headers[-12:] == [f"Own {n}" for n in range(12)]
    assert body(sheet)[0][-12:] == [f"value {n}" for n in range(12)]
    printed = sheet.print_area.rpartition("!")[2].replace("$", "")
    assert [cell.value for cell in sheet[printed][3]] == headers[:-12]
    assert sheet.auto_filter.ref == f"A4:{sheet.cell(FIRST, len(headers)).coordinate}"


def test_finished_records_are_greyed_by_a_conditional_format(language, now):
    view = sample_view(60, language, now)
    sheet = page(written_of(view, language), "records", language)
    rules = [rule for held in sheet.conditional_formatting for rule in held.rules]
    (formula,) = (rule.formula[0] for rule in rules if rule.type == "expression")
    status = sheet.cell(4, 3).value
    assert status == STANDARD.label("status", language)
    for code in ("closed", "cancelled"):
        assert f'$C5="{STANDARD.choices["status"].label(code, language)}"' in formula


def test_the_summary_has_a_line_for_each_register(now):
    views = sample_views((("it", 60), ("hr", 35)), now)
    standings = [standing_of(view) for view in views]
    sheet = page(status_workbook(standings, "en"), "summary")
    (corner,) = (cell for cell in sheet["A"] if cell.value == "By register")
    heads = {cell.value: cell.column for cell in sheet[corner.row + 1] if cell.value is not None}
    for row, standing in enumerate(standings, corner.row + 2):
        assert sheet.cell(row, 1).value == standing.view.name
        figures = standing.movement.this_week
        for name in ("open", "new", "finished", "late", "stuck", "due"):
            shown = sheet.cell(row, heads[say("en", f"reports.tile.{name}")]).value
            assert shown == getattr(figures, name)
        moved = sheet.cell(row, heads[say("en", "reports.tile.moved")]).value
        assert moved == say("en", "reports.not-known")  # no run has looked yet
        errors = sheet.cell(row, heads[say("en", "reports.tile.errors")]).value
        assert errors == standing.view.severities["error"]
    tiles = {cell.value: sheet.cell(6, cell.column).value for cell in sheet[5] if cell.value}
    assert tiles["Open"] == sum(view.open for view in views)


def test_more_registers_than_the_page_holds_are_counted(now):
    views = sample_views(tuple((f"r{n:02d}", 2) for n in range(15)), now)
    content = status_workbook([standing_of(view) for view in views], "en")
    shown = [cell.value for cell in page(content, "summary")["A"]]
    assert "r11" in shown
    assert "r12" not in shown
    assert say("en", "reports.others", count=3) in shown


def test_records_of_one_number_in_two_registers_are_told_apart(now):
    row = clean(number="2026-001", title="T", status="developing", development_due=date(2026, 3, 2))
    views = [view_of(as_register(id_, register([row])), now) for id_ in ("it", "hr")]
    content = status_workbook([standing_of(view) for view in views], "en")
    for name in ("summary", "board"):
        shown = {cell.value for held in page(content, name).iter_rows() for cell in held}
        assert {"it 2026-001", "hr 2026-001"} <= shown


def test_a_week_that_xlflow_saw_only_in_part_is_told(language, now):
    standing = standing_of(sample_view(60, language, now))
    partly = replace(standing.movement, known_since=now - timedelta(days=2))
    content = status_workbook([replace(standing, movement=partly)], language)
    told = say(language, "reports.tiles.week-since", day=now.date() - timedelta(days=2))
    assert page(content, "summary", language).cell(4, 1).value == told


def test_two_looks_of_one_format_have_one_style():
    with_both = (
        '<styleSheet><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" xfId="0" applyFont="1"/>'
        '<xf numFmtId="0" fontId="2" xfId="0" applyFont="1"><alignment vertical="top"/></xf>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"/></cellStyles>'
    )
    assert with_names(with_both, {2: 'a "b" & \\1'}) == (
        '<styleSheet><cellStyleXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="0" fontId="2" applyFont="1"><alignment vertical="top"/></xf></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" xfId="0" applyFont="1"/>'
        '<xf numFmtId="0" fontId="2" xfId="1"><alignment vertical="top"/></xf>'
        '</cellXfs><cellStyles count="2">'
        '<cellStyle name=\'a "b" &amp; \\1\' xfId="1"/>'
        '<cellStyle name="Normal" xfId="0"/></cellStyles>'
    )


def test_counts_in_the_styles_are_true(language, now):
    content = written_of(sample_view(60, language, now), language)
    styles = ZipFile(BytesIO(content)).read("xl/styles.xml").decode()
    elements = {"cellXfs": "<xf ", "cellStyleXfs": "<xf ", "cellStyles": "<cellStyle "}
    for tag, element in elements.items():
        held = styles.partition(f"<{tag} ")[2].partition(f"</{tag}>")[0]
        count = int(held.partition('count="')[2].partition('"')[0])
        assert held.count(element) == count > 1
