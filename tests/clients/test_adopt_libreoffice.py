"""An adopted register in a real LibreOffice: what people find in it, and may do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from adoption import later_trackers, trackers
from adoption.books import Tracker
from clients.libreoffice import Office

from xlflow.jobs.adoption.job import adopt, new_register
from xlflow.languages import Language, say

TODAY = date(2024, 12, 2)


@pytest.mark.parametrize(
    ("make", "language", "title", "status", "kept", "department"),
    [
        (trackers.zh_text_dates, "zh-Hans", "订单拆分发货", "开发中", "REQ-101", "电商部"),
        (
            later_trackers.hant_hospital,
            "zh-Hant",
            "重複用藥警示",
            "已閉環",
            "HIS-113-021",
            "藥劑部",
        ),
        (trackers.en_british, "en", "Self-service password reset", "Developing", "D001", "HR"),
    ],
)
def test_an_adopted_register_opens_as_people_need_it(
    soffice: Office,
    tmp_path: Path,
    make: Callable[[], Tracker],
    language: Language,
    title: str,
    status: str,
    kept: str,
    department: str,
) -> None:
    tracker = make()
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(tracker.data)
    new.write_bytes(new_register(adopt(old, None, TODAY)))
    register = say(language, "record.sheet.register")
    progress = say(language, "record.sheet.progress")
    kept_tab = say(language, "adoption.tab.kept")
    report = say(language, "adoption.tab.report")
    with soffice.open(new) as book:
        assert book.sheets()[-2:] == [kept_tab, report]
        assert (book.text(register, "B4"), book.text(register, "C4")) == (title, status)
        assert status in book.dropdown(register, "C4")
        listed = book.data(say(language, "record.sheet.lists"), "A4:Z20")
        assert department in [value for row in listed for value in row]
        assert book.text(progress, "A4") == book.text(register, "A4") != ""
        assert book.text(progress, "B4").startswith("2024-")
        assert book.text(kept_tab, "B3") == title
        assert kept in [book.text(kept_tab, f"{column}3") for column in "EFGH"]
        assert book.text(report, "A3") == say(language, "adoption.what.mapped")
        # what was kept is the people's own: not locked
        book.set_data(kept_tab, "E3:E3", [["mine"]])
        assert book.text(kept_tab, "E3") == "mine"
        assert book.to_pdf(tmp_path / "new.pdf").stat().st_size > 20_000
