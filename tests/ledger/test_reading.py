from __future__ import annotations

import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ledger.test_history import ONE, see
from workbook.children import without_rights

from xlflow.ledger import Ledger, LedgerDamaged
from xlflow.ledger.reading import reading


def test_where_there_is_no_ledger_none_is_made(tmp_path: Path) -> None:
    with reading("sqlite:///xlflow.db", beside=tmp_path) as ledger:
        assert ledger is None
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_has_noted_is_read(url: str, now: datetime) -> None:
    with Ledger.open(url) as ledger:
        see(ledger, now, ONE)
    with reading(url) as read:
        assert read is not None
        assert [entry.number for entry in read.history.entries("R1")] == ["2024-001"]


def test_a_reader_beside_runs_always_sees_whole_ones(url: str, now: datetime) -> None:
    """Each run changes the goal and notes one event; a reader never sees one without the other."""
    Ledger.open(url).close()
    stop = threading.Event()

    def runs() -> None:
        with Ledger.open(url) as ledger:
            for n in range(1, 1000):
                if stop.is_set():
                    return
                see(ledger, now + timedelta(minutes=n), {**ONE, "goal": f"{n} clicks fewer"})

    people = threading.Thread(target=runs)
    people.start()
    try:
        for _ in range(20):
            with reading(url) as read:
                assert read is not None
                looks = read.history.sightings("R1")
                changed = [e for e in read.history.events("R1") if e.event.field == "goal"]
                assert len(changed) >= len(looks) - 1
    finally:
        stop.set()
        people.join()


def _reads(folder: Path) -> None:
    with reading("sqlite:///xlflow.db", beside=folder) as ledger:
        assert ledger is not None
        assert len(ledger.history.entries("R1")) == 1


def test_who_may_only_read_it_reads_it(now: datetime) -> None:
    # pytest's own folders are closed to other accounts
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Ledger.open("sqlite:///xlflow.db", beside=folder) as ledger:
            see(ledger, now, ONE)
        folder.chmod(0o755)
        (folder / "xlflow.db").chmod(0o644)
        before = sorted(folder.iterdir())
        without_rights(_reads, folder)
        assert sorted(folder.iterdir()) == before


def test_a_damaged_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xlflow.db").write_bytes(b"no database at all, not even nearly one")
    with pytest.raises(LedgerDamaged), reading("sqlite:///xlflow.db", beside=tmp_path):
        pass
