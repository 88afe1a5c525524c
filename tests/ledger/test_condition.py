from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from ledger.journal import facts

from xlflow.ledger import (
    Ledger,
    LedgerAddressWrong,
    LedgerDamaged,
    LedgerFolderMissing,
    LedgerForeign,
    ledger_file,
)
from xlflow.ledger.condition import condition
from xlflow.ledger.migrations import KNOWN


def test_a_ledger_that_nobody_has_made_is_not_made(url: str):
    assert condition(url, "main").schema is None
    file = ledger_file(url)
    assert file is None or list(file.parent.iterdir()) == []


def test_it_tells_the_last_run_and_what_is_open_of_one_register(url: str, now: datetime):
    with Ledger.open(url) as ledger:
        ledger.runs.end(ledger.runs.start("main", now), "done", {}, now)
        ledger.runs.start("other", now)
        ledger.intents.store(facts("one"), "main", now)
        ledger.intents.store(facts("two"), "other", now)
        while_open = condition(url, "main")
    found = condition(url, "main")
    assert while_open == found
    assert found.schema == KNOWN
    assert found.last_run is not None
    assert found.last_run.outcome == "done"
    assert [entry.id for entry in found.open_intents] == ["one"]


def test_an_older_schema_is_told_and_not_brought_up(tmp_path: Path):
    file = tmp_path / "xlflow.db"
    with closing(sqlite3.connect(file)) as older:
        older.execute("CREATE TABLE ledger_schema (version INTEGER NOT NULL)")
        older.execute("INSERT INTO ledger_schema VALUES (0)")
        older.commit()
    before = file.read_bytes()
    assert condition("sqlite:///xlflow.db", "main", beside=tmp_path).schema == 0
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"not at all a database, not even nearly", LedgerDamaged), (None, LedgerForeign)],
)
def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path, content, refusal):
    file = tmp_path / "xlflow.db"
    if content is None:
        with closing(sqlite3.connect(file)) as foreign:
            foreign.execute("CREATE TABLE songs (title TEXT)")
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    with pytest.raises(refusal):
        condition("sqlite:///xlflow.db", "main", beside=tmp_path)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_an_address_that_leads_nowhere_is_refused(tmp_path: Path):
    with pytest.raises(LedgerFolderMissing):
        condition("sqlite:///nowhere/xlflow.db", "main", beside=tmp_path)
    with pytest.raises(LedgerAddressWrong):
        condition("mysql://localhost/xlflow", "main")
