"""Whatever people type anywhere, every report is made: none falls over what nobody foresaw."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from warnings import catch_warnings

import openpyxl
import pytest
from lived import lived_company

from xlflow.jobs.exporting.job import TABLES, Wish, export_files, usual_paths
from xlflow.jobs.forecasting.job import Scenario, forecast
from xlflow.jobs.inspection import inspect_register
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.mailing.digest import prepare_digests
from xlflow.jobs.mailing.weekly import prepare_weekly
from xlflow.jobs.reporting.board import write_board
from xlflow.jobs.reporting.status import write_status_workbook
from xlflow.jobs.run import run
from xlflow.languages import LANGUAGES
from xlflow.settings import SETTINGS_FILE, Settings, load_settings

TODAY = date(2026, 3, 18)
FIRST_ROW, RECORDS = 4, 24
SHEETS = (1, 2, 3, 4)  # register, progress, issues, changes: after the guide
NASTY: tuple[Any, ...] = (
    *("", " ", "?", "搞定了", "=1+1", "'=1+1", "@SUM(A1)", "#N/A", "<img src=x onerror=alert(1)>"),
    *(
        "2024/13/45",
        "三月初",
        "31.02.2026",
        "2026-03-18 25:00",
        "a\nb\r\nc",
        "\u202etxt",
        "😀" * 40,
    ),
    *(0, -1, 1e15, 0.1, True, "x" * 5_000, "2026-001", "2026-015-C1", "张 *", "*"),
    *(date(1900, 3, 1), date(9999, 12, 31), datetime.combine(TODAY, time(23, 59)), time(8, 30)),
    timedelta(hours=30),
)


MORE = [pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 60)]


@pytest.mark.parametrize("seed", [*range(6), *MORE])
def test_every_report_is_made_of_whatever_stands_there(tmp_path: Path, seed: int):
    rng, language = Random(seed), LANGUAGES[seed % 3]
    lived_company(tmp_path, language, RECORDS, TODAY, days_ago=(21, 9, 2))
    file = tmp_path / SETTINGS_FILE
    text = file.read_text(encoding="utf-8")
    sender = '[mail]\nsender = "xlflow@example.com"\n'
    file.write_text(text.replace("[mail]\n", sender), encoding="utf-8")
    settings = load_settings(file)
    for day in range(2):
        damage(Path(settings.register_location), rng)
        zone = settings.calendar.zone
        now = datetime.combine(TODAY + timedelta(days=day), time(9), tzinfo=zone)
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            run(settings, ledger, now)
        reports(settings, now)


def damage(file: Path, rng: Random) -> None:
    """Type anything anywhere, sort rows, delete some, and empty others."""
    with catch_warnings(action="ignore"):  # of what was typed the last time
        book = openpyxl.load_workbook(BytesIO(file.read_bytes()))
    for number in SHEETS:
        sheet = book.worksheets[number]
        last = max(sheet.max_row, FIRST_ROW)
        rows = [
            [cell.value for cell in row]
            for row in sheet.iter_rows(min_row=FIRST_ROW, max_row=last)
            if any(cell.value is not None for cell in row)
        ]
        if number == SHEETS[0] or rng.random() < 0.5:
            rng.shuffle(rows)
        rows += [list(row) for row in rng.sample(rows, min(2, len(rows)))]  # pasted twice
        for row in rows:
            for at in range(len(row)):
                if rng.random() < 0.05:
                    row[at] = rng.choice(NASTY)
        for at, row in enumerate(rows[: len(rows) - 1]):  # one is deleted
            for column, value in enumerate(row, 1):
                sheet.cell(FIRST_ROW + at, column).value = value
        for column in range(1, sheet.max_column + 1):
            sheet.cell(FIRST_ROW + len(rows) - 1, column).value = None
    book.save(file)


def reports(settings: Settings, now: datetime) -> None:
    inspection = inspect_register(settings, now)
    registers = (settings,)
    inspected = [(settings, inspection)]
    assert write_status_workbook(inspected).stat().st_size
    assert write_board(inspected).stat().st_size
    found = forecast(registers, now, Scenario())
    assert len(found.real.outlook.records) <= len(inspection.register.requirements)
    assert prepare_weekly(registers, now, to=["boss@example.com"]).mails
    with open_ledger(settings) as ledger:
        digests = prepare_digests(registers, ledger, now)
    assert digests.digests or digests.lost
    for form in ("csv", "json", "parquet"):
        wish = Wish(TABLES, form)
        paths = usual_paths(settings, wish, now)
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        assert export_files(registers, wish, now, paths, overwrite=True)
