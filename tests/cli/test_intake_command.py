from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from company import Company, new
from forms import answers, blank, filled

from xlflow.workbook.template import build_register


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company in whose inbox lie a good form and a bad one, and a picture."""
    company = Company(tmp_path / "company")
    company.has(new("Known"))
    inbox = company.file.parent / "inbox"
    inbox.mkdir()
    (inbox / "good.xlsx").write_bytes(filled(answers("Good")))
    (inbox / "bad.xlsx").write_bytes(filled(answers("Bad", goal=None)))
    (inbox / "shot.png").write_bytes(b"a picture")
    monkeypatch.chdir(company.settings.folder)
    return company


def test_an_intake_tells_what_became_of_each_form(xlflow, company: Company):
    code, out, err = xlflow("intake", "--date", "2024-03-22")
    assert (code, err) == (1, "")
    assert "2024-001  Good: good.xlsx was taken in, row 5." in out
    assert "bad.xlsx: 1 thing to mend" in out
    assert "  B15 【Goal】" in out
    assert "No forms, left alone (1): shot.png" in out
    assert "`xlflow run` writes check result" in out
    assert company.column("number") == [None, "2024-001"]


def test_a_dry_run_writes_nothing(xlflow, company: Company):
    before = company.sha()
    code, out, _ = xlflow("intake", "--date", "2024-03-22", "--dry-run")
    assert code == 1
    assert "good.xlsx would be taken in." in out
    assert company.sha() == before
    assert len(list((company.file.parent / "inbox").iterdir())) == 3


def test_an_intake_speaks_json(xlflow, company: Company):
    told = json.loads(xlflow("intake", "--date", "2024-03-22", "--json")[1])
    taken = company.file.parent / "inbox" / "taken"
    assert told["taken"] == [
        {
            "file": "good.xlsx",
            "number": "2024-001",
            "row": 5,
            "receipt": str(taken / "good 2024-001.txt"),
        }
    ]
    (faulty,) = told["faulty"]
    assert (faulty["file"], faulty["faults"][0]["cell"]) == ("bad.xlsx", "B15")
    assert told["others"] == ["shot.png"]
    assert told["deferred"] is None


def test_an_empty_inbox_is_fine(xlflow, company: Company):
    for path in (company.file.parent / "inbox").iterdir():
        path.unlink()
    code, out, err = xlflow("intake")
    assert (code, err) == (0, "")
    assert "No new form to take in" in out


def test_an_open_register_is_told(xlflow, company: Company):
    (company.file.parent / "inbox" / "bad.xlsx").unlink()
    lock = company.file.with_name(f".~lock.{company.file.name}#")
    lock.write_text(",Li,PC-07,,;", encoding="utf-8")
    os.utime(lock, (time.time(), time.time()))
    code, _, err = xlflow("intake")
    assert code == 3
    assert "1 form waits for the next intake" in err
    assert "Li (PC-07)" in err


def test_registers_of_one_folder_share_its_inbox(xlflow, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    registers = "".join(
        f'[[registers]]\nid = "{one}"\npath = "{one}.xlsx"\nprefix = "{one.upper()}"\n'
        for one in ("it", "hr")
    )
    Path("xlflow.toml").write_text(registers, encoding="utf-8")
    for one in ("it", "hr"):
        Path(f"{one}.xlsx").write_bytes(build_register("en", departments=["Marketing"]))
    inbox = Path("inbox")
    inbox.mkdir()
    for one in ("it", "hr"):
        form = blank(register_id=one)
        (inbox / f"for {one}.xlsx").write_bytes(filled(answers(f"Wish of {one}"), form))
    (inbox / "for sales.xlsx").write_bytes(filled(answers("Wish"), blank(register_id="sales")))
    code, out, _ = xlflow("intake", "--date", "2024-03-22", "--json")
    told = json.loads(out)
    assert [one["number"] for one in told["it"]["taken"]] == ["IT-2024-001"]
    assert [one["number"] for one in told["hr"]["taken"]] == ["HR-2024-001"]
    assert code == 1
    assert "“sales”" in told["hr"]["unusable"][0]["reason"]
    assert sorted(path.name for path in inbox.iterdir()) == [
        *("for sales.xlsx", "for sales.xlsx - please mend.txt", "taken")
    ]
