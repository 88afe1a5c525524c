"""The doctor looks at a register on a real Samba, without mounting it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clients.samba_person import Person
from clients.samba_server import (
    PASSWORD,
    READ_ONLY,
    SHARE,
    STRANGER,
    XLFLOW,
    Place,
    SambaServer,
    id_of,
)
from company import Company
from registers import clean
from workbook.test_owner_files import excel_owner_file

from xlflow.jobs.doctor import Line, Report, State, examine
from xlflow.record.register import Person as Contact
from xlflow.settings import SETTINGS_FILE, settings_text

NAME = "登记 #1.xlsx"


def on_server(
    samba: SambaServer, folder: Path, monkeypatch, *, share: str = SHARE, user: str = XLFLOW
) -> tuple[Place, Path]:
    """A place on the server with a register in it, and the settings of a company that uses it."""
    monkeypatch.setenv("XLFLOW_SHARE_PASSWORD", PASSWORD)
    place = samba.place(share)
    company = Company(folder / "company")
    company.has(
        clean("closed", number="2024-001"),
        people=(Contact("L. *", "Marketing", "li@example.com"),),
    )
    place.path(NAME).write_bytes(company.file.read_bytes())
    place.path(NAME).chmod(0o666)
    os.chown(place.path(NAME), *id_of(XLFLOW))
    sections = {
        "register": {"path": place.location(NAME), "language": "en"},
        "share": {"user": user},
        "calendar": {"country": "none"},
    }
    file = company.settings.folder / SETTINGS_FILE
    file.write_text(settings_text("en", sections), encoding="utf-8")
    return place, file


def examined(file: Path) -> Report:
    return examine(file, lambda: datetime.now(UTC), os.environ)


def told(report: Report, check: str, state: State) -> str:
    (line,) = [line for line in report.lines if (line.check, line.state) == (check, state)]
    return line.message("en")


def of_drive(report: Report) -> list[Line]:
    return [line for line in report.lines if line.subject in ("register", "drive")]


def test_where_all_is_well_it_says_so_and_leaves_nothing(samba, tmp_path: Path, monkeypatch):
    place, file = on_server(samba, tmp_path, monkeypatch)
    before = place.path(NAME).read_bytes()
    report = examined(file)
    assert [line.message("en") for line in report.lines if line.state == "bad"] == []
    assert {line.state for line in of_drive(report)} == {"good"}
    assert report.exit_code == 0
    assert place.names() == {NAME}
    assert place.path(NAME).read_bytes() == before


def test_free_space_is_what_the_server_says(samba, tmp_path: Path, monkeypatch):
    place, _ = on_server(samba, tmp_path, monkeypatch)
    with place.host() as host:
        folder, _ = host.split(place.location(NAME))
        free_bytes = host.free_bytes(folder)
    here = os.statvfs(place.folder)
    assert free_bytes == pytest.approx(here.f_bavail * here.f_frsize, rel=0.02)


def test_a_share_that_cannot_be_written_is_told(samba, tmp_path: Path, monkeypatch):
    place, file = on_server(samba, tmp_path, monkeypatch, share=READ_ONLY)
    report = examined(file)
    assert "may not write" in told(report, "drive.access", "bad")
    assert report.to_do == 1
    assert place.names() == {NAME}


def test_who_has_it_open_in_excel_is_told(samba, tmp_path: Path, monkeypatch):
    place, file = on_server(samba, tmp_path, monkeypatch)
    with Person(place) as li, li.opens(NAME):
        assert "A program has it open" in told(examined(file), "register.open", "note")
        li.writes(f"~${NAME}", excel_owner_file("Li Na"))
        report = examined(file)
    assert "Li Na has it open" in told(report, "register.open", "note")
    assert report.exit_code == 0


def test_a_register_that_is_gone_is_told(samba, tmp_path: Path, monkeypatch):
    place, file = on_server(samba, tmp_path, monkeypatch)
    place.path(NAME).unlink()
    report = examined(file)
    assert "no workbook" in told(report, "register.file", "bad")
    assert report.to_do == 1


def test_a_server_that_does_not_let_us_in_is_told_once(samba, tmp_path: Path, monkeypatch):
    _, file = on_server(samba, tmp_path, monkeypatch)
    monkeypatch.setenv("XLFLOW_SHARE_PASSWORD", "wrong")
    report = examined(file)
    assert f"does not let {XLFLOW} in" in told(report, "register.file", "bad")
    assert "wrong" not in told(report, "register.file", "bad")
    assert report.to_do == 1


def test_an_account_that_may_not_use_the_share_is_told(samba, tmp_path: Path, monkeypatch):
    _, file = on_server(samba, tmp_path, monkeypatch, user=STRANGER)
    assert "may not use the share" in told(examined(file), "register.file", "bad")


def test_a_server_that_is_gone_is_told_once(samba, tmp_path: Path, monkeypatch):
    place, file = on_server(samba, tmp_path, monkeypatch)
    gone = place.location(NAME).replace(f":{place.port}/", ":1/")
    text = file.read_text(encoding="utf-8").replace(place.location(NAME), gone)
    file.write_text(text, encoding="utf-8")
    report = examined(file)
    assert "does not answer" in told(report, "register.file", "bad")
    assert report.to_do == 1
