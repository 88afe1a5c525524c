from __future__ import annotations

from datetime import date, datetime

import pytest
import word
from registers import register

from xlflow.record.register import CellError


def shown(expression: str, language="en", **changes) -> str:
    """What `{{ expression }}` becomes for the worked example."""
    filled = word.fill(
        word.template("<" + "{{ " + expression + " }}" + ">"),
        word.example(language, **changes),
        language,
    )
    (text,) = [text for text in word.texts(filled.data) if text.startswith("<")]
    return text[1:-1]


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "1 March 2024", "1 March 2024, 14:05"),
        ("zh-Hans", "2024年3月1日", "2024年3月1日 14:05"),
        ("zh-Hant", "2024年3月1日", "2024年3月1日 14:05"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(language, day, moment):
    assert shown("record.submitted_on", language) == day
    issue = {"number": "2024-015", "raised_at": datetime.fromisoformat("2024-03-01T14:05")}
    assert shown("issues[0].raised_at", language, issues=[issue]) == moment


def test_a_date_that_excel_gave_a_time_is_shown_as_a_date():
    assert (
        shown("record.submitted_on", submitted_on=datetime.fromisoformat("2024-03-01"))
        == "1 March 2024"
    )


def test_whole_numbers_have_no_point_and_days_have_their_unit():
    assert shown("record.estimate", estimate=5.0) == "5"
    assert shown("record.estimate", estimate=2.5) == "2.5"
    assert shown("record.estimate|days", estimate=5.0) == "5 working days"
    assert shown("record.estimate|days", estimate=1.0) == "1 working day"
    assert shown("record.estimate|days", "zh-Hant", estimate=2.5) == "2.5 個工作天"
    assert shown("record.estimate|days", estimate="about a week") == "about a week"


def test_choices_are_shown_in_the_language_of_the_document():
    assert shown("record.type", "zh-Hans", type="Fix") == "修复"
    assert shown("record.status", type="Fix", status="開發中") == "Developing"


def test_a_choice_is_compared_by_its_code_or_any_label():
    for spelling in ("fix", "Fix", "修复", "修復"):
        assert shown(f"'yes' if record.type == '{spelling}' else 'no'", type="修复") == "yes"
        assert shown(f"'yes' if record.type != '{spelling}' else 'no'", type="修复") == "no"
    assert shown("'yes' if record.type == 'urgent' else 'no'", type="修复") == "no"


def test_what_is_no_choice_and_no_date_is_shown_as_typed():
    assert shown("record.status", status="halfway") == "halfway"
    assert shown("record.expected_on", expected_on="next Friday") == "next Friday"


@pytest.mark.parametrize("blank", [None, "", "  \n", CellError("#N/A")])
def test_a_blank_field_shows_its_label_and_is_noted_with_its_cell(blank):
    held = word.example("zh-Hans", goal=blank)
    filled = word.fill(word.template("{{ record.goal }}", "{{ record.goal }}"), held, "zh-Hans")
    assert word.text_of(filled.data).count("【目标描述】") == 2
    (gap,) = filled.gaps
    column = held.register.requirements.columns["goal"]
    assert (gap.field, gap.label, gap.needed_from) == ("goal", "目标描述", "submitted")
    assert gap.cell == f"需求登记!{column}4"


def test_a_blank_field_that_is_only_asked_about_is_not_noted():
    text = (
        "{% if record.failure %}{{ record.failure }}{% endif %}{{ record.failure|default('none') }}"
    )
    filled = word.fill(word.template(text))
    assert filled.gaps == ()
    assert "none" in word.text_of(filled.data)


def test_a_blank_date_compares_with_nothing():
    assert (
        shown("'late' if record.live_on > record.golive_due else 'in time'", live_on=None)
        == "in time"
    )
    assert shown("'late' if record.live_on > record.golive_due else 'in time'") == "in time"
    late = date(2024, 3, 18)
    assert (
        shown("'late' if record.live_on > record.golive_due else 'in time'", live_on=late) == "late"
    )
    assert shown("record.live_on - record.golive_due", live_on=late) == "3"


def test_a_line_shows_what_it_must_hold_as_missing_and_the_rest_as_nothing():
    issue = {"number": "2024-015", "issue": "No test data"}
    text = (
        "{% for one in issues %}<{{ one.issue }}|{{ one.owner }}|{{ one.solved_on }}>{% endfor %}"
    )
    filled = word.fill(word.template(text), word.example(issues=[issue]))
    assert "<No test data|【Owner】|>" in word.text_of(filled.data)
    (gap,) = filled.gaps
    assert (gap.field, gap.cell.partition("!")[0]) == ("owner", "Issues")


def test_only_the_record_s_own_lines_are_there_in_the_order_of_the_sheet():
    lines = [
        {"number": number, "text": text, "date": date(2024, 3, 6), "by": "L. *"}
        for number, text in (("2024-015", "b"), ("2024-016", "x"), (" 2024-015 ", "a"), (None, "y"))
    ]
    text = "{% for line in progress %}{{ loop.index }}{{ line.text }} {% endfor %}"
    filled = word.fill(word.template(text), word.example(progress=lines))
    assert "1b 2a " in word.texts(filled.data)


def test_labels_lines_and_surroundings_have_names():
    pairs = {
        "label.goal": "Goal",
        "issues_label.raised_at": "Raised at",
        "register.name": "register",
        "register.file": "register.xlsx",
        "document.name": "Solution document",
        "today": "22 March 2024",
        "deadlines.confirm|days": "1 working day",
        "deadlines.monitor|hours": "24 hours",
        "progress|length": "3",
        "progress|map(attribute='by')|join(' / ')": "C. * / C. * / C. *",
        "today|date('%Y/%m/%d')": "2024/03/22",
        "record.title|upper": "LIVE SYNCHRONISATION OF USER ORDER STATUS",
    }
    for expression, wanted in pairs.items():
        assert shown(expression) == wanted, expression


def test_a_record_is_found_by_its_row_wherever_the_column_stands():
    held = register([{"number": "2024-001", "goal": "one"}, {"number": "2024-002", "goal": "two"}])
    filled = word.fill(word.template("{{ record.goal }}"), word.source(held, 5, "2024-002"))
    assert "two" in word.texts(filled.data)
