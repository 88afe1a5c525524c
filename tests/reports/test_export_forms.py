"""Exported tables: whatever stands in a register comes back from CSV, JSON and Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from own_fields import FILLED, SCHEMA
from registers import clean, register

from xlflow.record.register import CellError, Register
from xlflow.reports.export.csv_form import CsvForm, harmless, original
from xlflow.reports.export.json_form import JsonForm
from xlflow.reports.export.layout import Column, Form, Layout, Row, Type
from xlflow.reports.export.parquet_form import ParquetForm
from xlflow.reports.export.records import Reader, record_rows, records_layout

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2024, 3, 22, 9, tzinfo=ZONE)
WENT_LIVE = datetime.fromisoformat("2024-03-15T21:30:00")
SIGNS = "=+-@＝＋－＠﹣﹢﹦﹫−'\"\t\r\n ,;\u200b\ufeff"

texts = st.text(max_size=12) | st.text(st.sampled_from(SIGNS + "a1"), min_size=1, max_size=5)
whole = texts.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text))


def formed(form: str, layout: Layout, rows: list[Row], *, raw: bool = False) -> bytes:
    file = io.BytesIO()
    made: Form = {
        "csv": lambda: CsvForm(file, layout, raw=raw, bom=True),
        "json": lambda: JsonForm(file, layout, AT),
        "parquet": lambda: ParquetForm(file, layout, "Asia/Shanghai"),
    }[form]()
    middle = len(rows) // 2
    assert made.add(iter(rows[:middle])) + made.add(iter(rows[middle:])) == len(rows)
    made.finish()
    return file.getvalue()


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


TEXTS = Layout("texts", (Column("n", Type.INTEGER), Column("text"), Column("list", Type.TEXTS)))


@given(st.lists(st.tuples(whole, st.lists(whole, max_size=3)), max_size=8))
@settings(max_examples=150, deadline=None)
@example([("=1+1", ["=1+1"]), ("'=1+1", []), ("''=1+1", ["'"]), ("\x00", ["a\x00b"])])
def test_whatever_people_type_comes_back_from_all_forms(held: list[tuple[str, list[str]]]):
    rows: list[Row] = [(n, text, tuple(more)) for n, (text, more) in enumerate(held)]
    from_csv = csv_rows(formed("csv", TEXTS, rows))
    assert [original(row["text"]) for row in from_csv] == [text for text, _ in held]
    assert [row["text"] for row in csv_rows(formed("csv", TEXTS, rows, raw=True))] == [
        text for text, _ in held
    ]
    from_json = json.loads(formed("json", TEXTS, rows))["rows"]
    assert [(row["text"], row["list"]) for row in from_json] == held
    from_parquet = pq.read_table(io.BytesIO(formed("parquet", TEXTS, rows))).to_pylist()
    assert [(row["text"], row["list"]) for row in from_parquet] == held


@given(st.text(st.sampled_from(SIGNS + "a1"), min_size=1, max_size=6))
def test_no_cell_begins_like_a_formula(text: str):
    row: Row = (1, text, (text,))
    cells = csv_rows(formed("csv", TEXTS, [row]))[0]
    for cell in (cells["text"], cells["list"]):
        seen = cell.lstrip("\u200b\ufeff \t\r\n")
        assert seen[:1] not in set("=+-@＝＋－＠﹣﹢﹦﹫−")
        assert cell[:1] not in set("\t\r\n")
    assert original(harmless(text)) == text


def test_half_a_character_breaks_no_file():
    row: Row = (1, "a\ud800b", ("\udfff",))
    assert csv_rows(formed("csv", TEXTS, [row]))[0]["text"] == "a\ufffdb"
    assert json.loads(formed("json", TEXTS, [row]))["rows"][0]["text"] == "a\ud800b"
    table = pq.read_table(io.BytesIO(formed("parquet", TEXTS, [row])))
    assert table.to_pylist() == [{"n": 1, "text": "a\ufffdb", "list": ["\ufffd"]}]


def rows_of(held: Register, sheet: str = "register") -> tuple[Layout, list[Row]]:
    table = next(table for table in held.tables if table.sheet == sheet)
    layout = records_layout(sheet, held.schema, "en")
    return layout, list(record_rows(table, "it", Reader("en", ZONE)))


def first(held: Register, sheet: str = "register") -> dict[str, Any]:
    layout, rows = rows_of(held, sheet)
    return dict(zip([column.name for column in layout.columns], rows[0], strict=True))


def test_a_record_has_all_its_fields_those_of_the_company_too():
    row = clean("closed", "en") | FILLED
    told = first(register([row], schema=SCHEMA))
    fields = {field.key for field in SCHEMA.register}
    labels = {f"{field.key}_label" for field in SCHEMA.register if field.choices}
    assert told.keys() == fields | labels | {"register", "row", "as_typed"}
    assert (told["register"], told["row"]) == ("it", 4)
    assert (told["status"], told["status_label"]) == ("closed", "Closed")
    assert (told["priority"], told["priority_label"]) == ("high", "P1")
    assert (told["plant"], told["plant_label"]) == ("sz", "Suzhou")
    assert (told["budget"], told["audit_on"]) == (120, date(2024, 3, 20))
    assert told["live_on"] == row["live_on"]
    assert told["as_typed"] is None


@pytest.mark.parametrize(
    ("key", "typed", "told", "as_typed"),
    [
        ("submitted_on", "2024/3/1", None, "2024/3/1"),
        ("submitted_on", CellError("#N/A"), None, "#N/A"),
        ("live_on", WENT_LIVE, date(2024, 3, 15), "2024-03-15T21:30:00"),
        ("live_on", WENT_LIVE.replace(hour=0, minute=0), date(2024, 3, 15), None),
        ("status", "nearly done", None, "nearly done"),
        ("estimate", "about 5", None, "about 5"),
        ("estimate", True, None, "TRUE"),
        ("estimate", 5.0, 5, None),
        ("estimate", math.inf, None, "inf"),
        ("title", 2024.0, "2024", None),
        ("title", True, "TRUE", None),
        ("title", CellError("#REF!"), None, "#REF!"),
        ("background", date(2024, 3, 1), "2024-03-01", None),
        ("background", "  ", "  ", None),
    ],
)
def test_what_does_not_fit_its_column_is_told_beside(
    key: str, typed: Any, told: Any, as_typed: str | None
):
    found = first(register([clean("submitted") | {key: typed}]))
    assert found[key] == told
    assert type(found[key]) is type(told)
    assert found["as_typed"] == (None if as_typed is None else {key: as_typed})


def test_moments_know_their_zone_and_a_mere_day_is_told():
    lines = [{"number": "2024-001", "raised_at": at} for at in (AT.replace(tzinfo=None), AT.date())]
    _, rows = rows_of(register(issues=lines), "issues")
    assert [row[3] for row in rows] == [AT, datetime(2024, 3, 22, tzinfo=ZONE)]
    assert [row[-1] for row in rows] == [None, {"raised_at": "2024-03-22"}]


def test_pandas_reads_the_same_values_from_csv_and_parquet():
    records = [clean("closed") | {"goal": goal} for goal in ("=2+3", 'Line 1\nline 2, "so"', "-5")]
    layout, rows = rows_of(register(records))
    names = [column.name for column in layout.columns]
    dates = [column.name for column in layout.columns if column.type is Type.DATE]
    frame = pd.read_csv(io.BytesIO(formed("csv", layout, rows)), parse_dates=dates)
    parquet = pd.read_parquet(io.BytesIO(formed("parquet", layout, rows)))
    assert list(frame) == list(parquet) == names
    assert frame["goal"].map(original).tolist() == [record["goal"] for record in records]
    assert parquet["goal"].tolist() == [record["goal"] for record in records]
    for read in (frame, parquet):
        assert read["estimate"].tolist() == [record["estimate"] for record in records]
        assert read["status"].tolist() == ["closed"] * 3
        assert pd.to_datetime(read["live_on"]).dt.date.tolist() == [date(2024, 3, 15)] * 3


def test_parquet_columns_have_types_and_labels():
    layout, rows = rows_of(register([clean("closed")]))
    schema = pq.read_schema(io.BytesIO(formed("parquet", layout, rows)))
    kinds = {name: str(schema.field(name).type) for name in ("row", "title", "live_on", "estimate")}
    assert kinds == {
        "row": "int64",
        "title": "string",
        "live_on": "date32[day]",
        "estimate": "double",
    }
    assert schema.field("live_on").metadata == {b"label": b"Went live on"}
    issues = records_layout("issues", SCHEMA, "en")
    kind = pq.read_schema(io.BytesIO(formed("parquet", issues, []))).field("raised_at").type
    assert str(kind) == "timestamp[us, tz=Asia/Shanghai]"


def test_json_describes_its_columns():
    layout, rows = rows_of(register([clean("closed")]))
    told = json.loads(formed("json", layout, rows))
    assert (told["table"], told["exported_at"]) == ("register", "2024-03-22T09:00:00+08:00")
    status = next(column for column in told["columns"] if column["name"] == "status")
    assert (status["type"], status["label"]) == ("text", "Status")
    assert "closed" in status["codes"]
    assert told["rows"][0]["live_on"] == "2024-03-15"
    assert json.loads(formed("json", layout, []))["rows"] == []


def test_an_own_field_may_be_called_like_a_column_of_xlflow():
    from own_fields import settings as company

    sections = """
[[fields]]
key = "row"
label = "Row of seats"
[[fields]]
key = "status_label"
label = "Sticker"
"""
    schema = company(sections=sections).schema
    told = first(
        register([clean("submitted") | {"row": "C", "status_label": "red"}], schema=schema)
    )
    assert (told["row"], told["row_"]) == ("C", 4)
    assert (told["status_label"], told["status_label_"]) == ("red", "Submitted")
