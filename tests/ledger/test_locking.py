from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from workbook.children import KILLED, in_child

from xlflow.ledger import (
    LedgerBusy,
    LedgerFolderMissing,
    held_lock,
    register_lock,
    schedule_lock,
)


def hold_until_killed(url: str) -> None:
    with register_lock(url, "R1", 1):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_register_is_held_by_one_at_a_time(url: str) -> None:
    with register_lock(url, "R1", 0):
        with pytest.raises(LedgerBusy), register_lock(url, "R1", 0.05):
            pass
        with register_lock(url, "R2", 0):
            pass
    with register_lock(url, "R1", 0):
        pass


def test_whoever_is_killed_lets_go_at_once(url: str) -> None:
    assert in_child(hold_until_killed, url) == KILLED
    with register_lock(url, "R1", 5):
        pass


def test_a_lock_is_told_only_while_it_is_held(url: str) -> None:
    assert held_lock(url, "R1") is None
    with register_lock(url, "R1", 0):
        assert held_lock(url, "R1") is not None
        assert held_lock(url, "R2") is None
    assert held_lock(url, "R1") is None


def test_the_lock_lies_beside_a_relative_ledger_too(tmp_path: Path) -> None:
    with (
        register_lock("sqlite:///xlflow.db", "R1", 0, beside=tmp_path),
        pytest.raises(LedgerBusy),
        register_lock(f"sqlite:///{tmp_path}/other.db", "R1", 0),
    ):
        pass


def test_no_folder_is_made_for_a_lock(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(LedgerFolderMissing), register_lock(f"sqlite:///{missing}/x.db", "R1", 0):
        pass
    assert not missing.exists()


def test_a_folder_that_is_reached_by_a_link_has_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with (
        register_lock(f"sqlite:///{tmp_path}/folder/x.db", "R1", 0),
        pytest.raises(LedgerBusy),
        register_lock(f"sqlite:///{tmp_path}/link/x.db", "R1", 0),
    ):
        pass
    with schedule_lock(f"sqlite:///{tmp_path}/folder/x.db"):
        assert held_lock(f"sqlite:///{tmp_path}/link/x.db", "R1") is None
        with pytest.raises(LedgerBusy), schedule_lock(f"sqlite:///{tmp_path}/link/x.db"):
            pass
