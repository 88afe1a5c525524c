from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from workbook.children import with_room_for, without_rights

from xlflow.files import FileNotWritten, write_new, write_whole, written_whole


def test_a_file_is_written_and_its_folder_made(tmp_path: Path):
    path = tmp_path / "报告" / "2024" / "status.xlsx"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_others_may_read_what_the_account_lets_them(tmp_path: Path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "status.xlsx", b"one")
    finally:
        os.umask(before)
    assert (tmp_path / "status.xlsx").stat().st_mode & 0o777 == 0o644


def test_a_new_file_is_not_written_over_an_old_one(tmp_path: Path):
    path = tmp_path / "deep" / "register.xlsx"
    assert write_new(path, b"one") is True
    assert write_new(path, b"two") is False
    assert path.read_bytes() == b"one"


def test_what_cannot_be_written_says_where_why_and_what_to_do(tmp_path: Path):
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    for write in (write_whole, write_new):
        with pytest.raises(FileNotWritten, match="cannot be written") as refused:
            write(tmp_path / "notes" / "status.xlsx", b"one")
        assert str(tmp_path / "notes" / "status.xlsx") in refused.value.message("zh-Hant")
        assert refused.value.exit_code == 3


def expect_denied(path: Path) -> None:
    for write in (write_whole, write_new):
        with pytest.raises(FileNotWritten, match="Permission denied"):
            write(path, b"one")


def test_a_folder_without_the_right_to_write_is_told_and_left_alone() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders nobody else may enter
        Path(name).chmod(0o555)
        without_rights(expect_denied, Path(name) / "status.xlsx")
        assert list(Path(name).iterdir()) == []


def expect_no_room(path: Path) -> None:
    for write in (write_whole, write_new):
        with pytest.raises(FileNotWritten):
            write(path, bytes(3 << 20))
        path = path.with_name("other.xlsx")


def test_without_room_the_earlier_file_stays_and_nothing_is_left_behind(tmp_path: Path):
    path = tmp_path / "status.xlsx"
    write_whole(path, b"one")
    with_room_for(1 << 20, expect_no_room, path)
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_where_a_folder_has_the_name_it_stays(tmp_path: Path):
    path = tmp_path / "status.xlsx"
    (path / "inner").mkdir(parents=True)
    with pytest.raises(FileNotWritten):
        write_whole(path, b"one")
    assert write_new(path, b"one") is False
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_grows_takes_its_name_once_all_is_there(tmp_path: Path):
    path = tmp_path / "tables" / "register.csv"
    write_whole(path, b"earlier")
    with written_whole(path) as file:
        file.write(b"one ")
        assert path.read_bytes() == b"earlier"
        file.write(b"two")
    assert path.read_bytes() == b"one two"
    assert list(path.parent.iterdir()) == [path]


def write_and_stop(path: Path) -> None:
    with written_whole(path) as file:
        file.write(b"half")
        raise ValueError("stop")


def test_what_stops_a_growing_file_leaves_the_earlier_one(tmp_path: Path):
    path = tmp_path / "register.csv"
    write_whole(path, b"earlier")
    with pytest.raises(ValueError, match="stop"):
        write_and_stop(path)
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def write_piece_by_piece(path: Path) -> None:
    with written_whole(path) as file:
        for _ in range(4):
            file.write(bytes(1 << 20))


def expect_no_room_to_grow(path: Path) -> None:
    with pytest.raises(FileNotWritten, match="File too large"):
        write_piece_by_piece(path)


def test_without_room_a_growing_file_leaves_nothing_behind(tmp_path: Path):
    with_room_for(2 << 20, expect_no_room_to_grow, tmp_path / "register.csv")
    assert list(tmp_path.iterdir()) == []
