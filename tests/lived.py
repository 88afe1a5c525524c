"""A sample company whose registers xlflow has looked at for weeks: its ledger tells a story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.run import run
from xlflow.jobs.sample import Sample, sample_register
from xlflow.languages import Language
from xlflow.record.stages import MAIN_LINE, has_reached
from xlflow.settings import SETTINGS_FILE, Settings, load_company, settings_text
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.template import build_register

# The day on which a record enters a status, as its own cells tell it.
_ENTERED = {
    "assessing": "confirmed_on",
    "designing": "assessed_on",
    "developing": "business_signed_on",
    "testing": "development_due",
    "live": "live_on",
    "closed": "closed_on",
}


def lived_company(
    folder: Path,
    language: Language,
    count: int,
    today: date,
    ids: Sequence[str] = ("main",),
    days_ago: Sequence[int] = (63, 49, 35, 28, 21, 14, 7, 3, 0),
) -> tuple[Settings, ...]:
    """Settings of registers with `count` records each, after runs on these days before `today`."""
    named = [{"id": id_, "path": f"{id_}.xlsx", "language": language} for id_ in ids]
    held: Any = {"register": named[0]}
    text = settings_text(language, held)
    if len(ids) > 1:
        text = "\n".join(
            f'[[registers]]\nid = "{id_}"\npath = "{id_}.xlsx"\nlanguage = "{language}"\n'
            f'prefix = "{id_.upper()}"\n'
            for id_ in ids
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS_FILE).write_text(text, encoding="utf-8")
    registers = load_company(folder / SETTINGS_FILE).registers
    for turn, settings in enumerate(registers):
        calendar = WorkingCalendar.from_settings(settings)
        sample = sample_register(count + turn, language, today, calendar, settings.schema)
        for days in sorted(days_ago, reverse=True):
            day = today - timedelta(days=days)
            _write(settings, sample, day, is_last=days == min(days_ago))
            now = datetime.combine(day, time(9), tzinfo=settings.calendar.zone)
            with one_run_at_a_time(settings), open_ledger(settings) as ledger:
                run(settings, ledger, now)
    return registers


def _write(settings: Settings, sample: Sample, day: date, *, is_last: bool) -> None:
    """The register as people have it on a day; on the last one, as the sample has it."""
    rows = list(sample.requirements if is_last else _as_on(sample, settings, day))
    numbers = {row.get("number") for row in rows}
    lines = {
        sheet: [
            line
            for line in held
            if is_last or (line["number"] in numbers and _day(line, when) <= day)
        ]
        for sheet, held, when in (
            ("progress", sample.progress, "date"),
            ("issues", sample.issues, "raised_at"),
            ("changes", sample.changes, "date"),
        )
    }
    data = build_register(
        settings.workbook.language,
        settings=settings,
        register_id=settings.workbook.id,
        rows=rows,
        departments=sample.departments,
        people=sample.people,
        **lines,
    )
    Path(settings.register_location).write_bytes(data)


def _as_on(sample: Sample, settings: Settings, day: date) -> Iterator[dict[str, Any]]:
    schema = settings.schema
    statuses = schema.choices["status"]
    for row in sample.requirements:
        final = statuses.parse(row["status"]) or "developing"
        if not isinstance(row.get("submitted_on"), date) or row["submitted_on"] > day:
            continue
        status = _status_on(row, final, day)
        wanted = {
            field.key
            for field in schema.register
            if not field.required_from or has_reached(status, field.required_from)
        }
        kept = {key: row[key] for key in row if key in wanted and key != "mark"}
        yield kept | {"status": statuses.label(status, settings.workbook.language)}


def _status_on(row: dict[str, Any], final: str, day: date) -> str:
    passed = MAIN_LINE[: MAIN_LINE.index(final) + 1] if final in MAIN_LINE else MAIN_LINE[:4]
    entered = [
        status
        for status in passed
        if status in _ENTERED
        and isinstance(row.get(_ENTERED[status]), date)
        and row[_ENTERED[status]] <= day
    ]
    return entered[-1] if entered else "submitted"


def _day(line: dict[str, Any], key: str) -> date:
    when = line[key]
    return when.date() if isinstance(when, datetime) else when
