from __future__ import annotations

import importlib.util
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from workbook.children import all_at_once, with_room_for, without_rights

from xlflow import ledger as room
from xlflow.errors import EXIT_USAGE, EXIT_WORLD, XlflowError
from xlflow.languages import LANGUAGES, Language
from xlflow.ledger import Ledger
from xlflow.ledger.migrations import KNOWN
from xlflow.ledger.tables import metadata


def open_and_close(url: str) -> None:
    Ledger.open(url).close()


def file_of(url: str) -> Path:
    file = room.ledger_file(url)
    if file is None:
        pytest.skip("is about SQLite's file")
    return file


def test_the_migrations_lead_to_the_tables_that_the_code_uses(url: str) -> None:
    open_and_close(url)
    engine = create_engine(url)
    try:
        built = inspect(engine)
        assert set(built.get_table_names()) == {*metadata.tables, "ledger_schema"}
        for table in metadata.tables.values():
            columns = {
                column["name"]: column["nullable"] for column in built.get_columns(table.name)
            }
            primary = built.get_pk_constraint(table.name)["constrained_columns"]
            assert list(columns) == [column.name for column in table.columns]
            assert primary == [column.name for column in table.primary_key.columns]
            for column in table.columns:
                if not column.primary_key:
                    assert columns[column.name] is column.nullable, f"{table.name}.{column.name}"
    finally:
        engine.dispose()


def test_a_ledger_is_opened_again_as_it_was(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.numbers.observe("R1", {2024: {1, 2}})
    with Ledger.open(url) as ledger:
        assert ledger.numbers.states("R1", 2024) == {1: "given", 2: "given"}


def test_eight_processes_may_open_a_new_ledger_at_once(url: str) -> None:
    all_at_once(open_and_close, [(url,)] * 8)

    with Ledger.open(url) as ledger:
        assert ledger.outbox.counts() == {}


def test_a_relative_file_lies_beside_the_settings(tmp_path: Path) -> None:
    Ledger.open("sqlite:///xlflow.db", beside=tmp_path).close()

    assert (tmp_path / "xlflow.db").exists()
    assert room.ledger_file("sqlite:///xlflow.db", tmp_path) == tmp_path / "xlflow.db"
    assert room.ledger_file("postgresql://host/database") is None


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(room.LedgerFolderMissing) as error:
        Ledger.open(f"sqlite:///{tmp_path}/none/xlflow.db")

    assert error.value.folder == str(tmp_path / "none")
    assert error.value.exit_code == EXIT_WORLD


@pytest.mark.parametrize(
    "content", [b"this is no database" * 100, b"SQLite format 3\0" + b"x" * 99]
)
def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "xlflow.db"
    file.write_bytes(content)

    with pytest.raises(room.LedgerDamaged) as error:
        Ledger.open(f"sqlite:///{file}")
    assert str(file) in error.value.message("zh-Hans")
    assert file.read_bytes() == content


def test_a_damaged_ledger_is_told(tmp_path: Path) -> None:
    file = tmp_path / "xlflow.db"
    with Ledger.open(f"sqlite:///{file}") as ledger:
        ledger.numbers.observe("R1", {2024: range(1, 5000)})
    data = bytearray(file.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    file.write_bytes(data)

    with pytest.raises(room.LedgerDamaged), Ledger.open(f"sqlite:///{file}") as ledger:
        ledger.numbers.states("R1", 2024)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE runs (id INTEGER)")

    with pytest.raises(room.LedgerForeign):
        Ledger.open(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("runs",)]


def test_a_ledger_of_a_newer_xlflow_is_not_touched(url: str) -> None:
    open_and_close(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_schema SET version = 99"))
    engine.dispose()

    with pytest.raises(room.LedgerNewer) as error:
        Ledger.open(url)
    assert (error.value.found, error.value.known) == (99, KNOWN)


def test_a_ledger_that_another_run_holds_too_long_is_told(url: str) -> None:
    with Ledger.open(url) as holder, holder.transaction():
        holder.numbers.observe("R1", {2024: {1}})
        with Ledger.open(url, wait_seconds=0.2) as ledger, pytest.raises(room.LedgerBusy):
            ledger.numbers.observe("R1", {2024: {1}})


def test_reading_goes_on_while_another_run_writes(url: str) -> None:
    with Ledger.open(url) as holder, holder.transaction():
        holder.numbers.observe("R1", {2024: {1}})
        with Ledger.open(url, wait_seconds=0.2) as ledger:
            assert ledger.numbers.states("R1", 2024) == {}


@pytest.fixture
def public_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def expect_denied(url: str) -> None:
    with pytest.raises(room.LedgerDenied), Ledger.open(url) as ledger:
        ledger.numbers.observe("R1", {2024: {1}})


def test_a_ledger_that_may_not_be_written_is_told(public_folder: Path) -> None:
    url = f"sqlite:///{public_folder / 'xlflow.db'}"
    open_and_close(url)
    public_folder.joinpath("xlflow.db").chmod(0o444)
    public_folder.chmod(0o555)

    without_rights(expect_denied, url)


def expect_full(url: str) -> None:
    with pytest.raises(room.LedgerError) as error, Ledger.open(url) as ledger:
        ledger.numbers.observe("R1", {2024: range(1, 50_000)})
    assert isinstance(error.value, room.LedgerFull | room.LedgerUnreachable)
    with Ledger.open(url) as ledger:
        assert ledger.numbers.states("R1", 2024) == {}


def test_a_full_disk_records_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'xlflow.db'}"
    open_and_close(url)

    with_room_for(200_000, expect_full, url)


@pytest.mark.parametrize(
    "url",
    ["", "xlflow.db", "mysql://host/database", "sqlite://", "sqlite:///:memory:", "nonsense://x"],
)
def test_what_is_no_address_of_a_ledger_is_a_fault_of_the_settings(url: str) -> None:
    with pytest.raises(room.LedgerAddressWrong) as error:
        Ledger.open(url)
    assert error.value.exit_code == EXIT_USAGE


def test_a_password_in_the_address_is_never_told() -> None:
    with pytest.raises(XlflowError) as error:
        Ledger.open("mysql://user:secret@host/database")
    assert "secret" not in error.value.message("en")


def test_a_server_that_cannot_be_spoken_to_is_told() -> None:
    has_driver = importlib.util.find_spec("psycopg") is not None
    expected = room.LedgerUnreachable if has_driver else room.LedgerDriverMissing

    with pytest.raises(expected) as error:
        Ledger.open("postgresql://xlflow:secret@127.0.0.1:1/none")

    assert "127.0.0.1:1/none" in error.value.message("en")
    assert "secret" not in error.value.message("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ledger_error_says_where(language: Language) -> None:
    errors = [
        room.LedgerBusy("L.db"),
        room.LedgerDamaged("L.db"),
        room.LedgerForeign("L.db"),
        room.LedgerNewer("L.db", found=9, known=1),
        room.LedgerFolderMissing("L.db", folder="none"),
        room.LedgerDenied("L.db"),
        room.LedgerFull("L.db"),
        room.LedgerUnreachable("L.db", "connection refused"),
        room.LedgerAddressWrong("L.db"),
        room.LedgerDriverMissing("L.db", driver="psycopg"),
    ]
    texts = [error.message(language) for error in errors]

    assert all("L.db" in text for text in texts)
    assert len(set(texts)) == len(texts)
