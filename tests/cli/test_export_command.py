"""`xlflow export`, as a person types it."""

from __future__ import annotations

import builtins
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from company import Company, new
from several import Several

from xlflow.jobs.exporting.job import TABLES


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    company = Company(tmp_path / "company")
    company.has(new("=1+1", goal="3 orders late at most"), new("Two"))
    company.runs()
    monkeypatch.chdir(company.settings.folder)
    return company


def test_the_table_goes_into_the_folder_of_the_reports_every_day_anew(xlflow, company: Company):
    for _ in range(2):
        said = xlflow("export", "--date", "2024-03-22")
        assert said.code == 0, said.err
        assert said.out == f"2 rows: {company.settings.folder}/reports/register-2024-03-22.csv\n"
    text = Path("reports/register-2024-03-22.csv").read_bytes().decode("utf-8-sig")
    assert "'=1+1" in text
    assert text.count("\r\n") == 3


def test_raw_leaves_texts_as_they_are(xlflow, company: Company):
    said = xlflow("export", "register", "--raw", "--out", "-")
    assert said.code == 0
    assert ",=1+1," in said.out
    assert not said.out.startswith("\ufeff")


def test_the_name_tells_the_format(xlflow, company: Company):
    assert xlflow("export", "register", "--out", "held/all.parquet").code == 0
    assert pq.read_table("held/all.parquet").column("title").to_pylist() == ["=1+1", "Two"]
    assert xlflow("export", "findings", "--out", "found.json").code == 0
    assert json.loads(Path("found.json").read_text("utf-8"))["table"] == "findings"


def test_a_file_that_exists_stays_unless_forced(xlflow, company: Company):
    Path("mine.csv").write_text("mine", encoding="utf-8")
    said = xlflow("export", "--out", "mine.csv")
    assert said.code == 2
    assert "mine.csv exists" in said.err
    assert Path("mine.csv").read_text("utf-8") == "mine"
    assert xlflow("export", "--out", "mine.csv", "--force").code == 0
    said = xlflow("export", "--out", "xlflow.toml", "--force")
    assert said.code == 2
    assert "lives on" in said.err


def test_the_register_of_others_stays_too(xlflow, tmp_path: Path, monkeypatch):
    several = Several(tmp_path / "several")
    for office in several.registers:
        office.has(new("One"))
    monkeypatch.chdir(several.folder)
    before = several.it.sha()
    said = xlflow("export", "--register", "hr", "--out", "drive/it.xlsx", "--force")
    assert said.code == 2
    assert "lives on" in said.err
    assert several.it.sha() == before


def test_all_tables_need_a_folder(xlflow, company: Company):
    said = xlflow("export", "all", "--out", "tables", "--format", "json")
    assert said.code == 0, said.err
    assert sorted(path.name for path in Path("tables").iterdir()) == sorted(
        f"{name}.json" for name in TABLES
    )
    assert xlflow("export", "all", "--out", "-").code == 2
    assert xlflow("export", "all", "--out", "xlflow.toml").code == 2
    as_of = xlflow("export", "all", "--out", "then", "--as-of", "2024-03-22")
    assert as_of.code == 0, as_of.err
    assert not Path("then/findings.csv").exists()


def test_without_pyarrow_it_says_what_to_install(xlflow, company: Company, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    taken = builtins.__import__

    def without(name: str, *more: object) -> object:
        if name.split(".")[0] == "pyarrow":
            raise ImportError(name)
        return taken(name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    said = xlflow("export", "--format", "parquet", "--out", "held.parquet")
    assert said.code == 2
    assert 'pip install "xlflow[parquet]"' in said.err
    assert not Path("held.parquet").exists()
