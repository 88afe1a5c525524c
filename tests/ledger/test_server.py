"""What may be wrong with a database server, before a run and in the middle of one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from clients.postgresql_server import PostgresqlServer
from ledger.journal import reserve

from xlflow import ledger as room
from xlflow.errors import EXIT_USAGE, EXIT_WORLD, XlflowError
from xlflow.languages import LANGUAGES, Language
from xlflow.ledger import Ledger
from xlflow.ledger.condition import condition

PASSWORD = "geheim"


@pytest.fixture
def server(postgresql: PostgresqlServer) -> Iterator[PostgresqlServer]:
    """A server of its own, for a test that stops it; the one of all tests goes on meanwhile."""
    assert postgresql.port
    with PostgresqlServer.start() as own:
        yield own


def refused(url: str, kind: type[XlflowError], *words: str) -> None:
    """Neither opening it nor the doctor's look gets in; it tells the words, and no password."""
    for attempt in (Ledger.open, lambda address: condition(address, "main")):
        with pytest.raises(kind) as error:
            attempt(url)
        for language in LANGUAGES:
            told = error.value.message(language)
            assert all(word in told for word in words), told
            assert PASSWORD not in told
            assert "psycopg" not in told
        assert error.value.exit_code == EXIT_WORLD


def test_a_wrong_password_or_user_is_told(postgresql: PostgresqlServer) -> None:
    wrong = postgresql.url("postgres", password=f"{PASSWORD}?")
    refused(wrong, room.LedgerLoginRefused, "administrator:***@", "url", "PGPASSWORD")
    refused(postgresql.url("postgres", user="nobody"), room.LedgerLoginRefused, "nobody")
    without = postgresql.url("postgres").replace(f":{PASSWORD}-{PASSWORD}", "")
    refused(without, room.LedgerLoginRefused, "administrator@")


def test_a_database_that_is_not_there_is_told(postgresql: PostgresqlServer) -> None:
    refused(postgresql.url("nowhere"), room.LedgerDatabaseMissing, "nowhere", "CREATE DATABASE")


def test_a_database_of_the_users_own_name_that_is_not_there_is_told(
    postgresql: PostgresqlServer,
) -> None:
    refused(postgresql.url("administrator"), room.LedgerDatabaseMissing, "administrator")


@pytest.mark.parametrize("port", [1, 9])
def test_a_server_that_is_not_there_is_told(port: int) -> None:
    url = f"postgresql://xlflow:{PASSWORD}@127.0.0.1:{port}/xlflow"
    refused(url, room.LedgerUnreachable, f"127.0.0.1:{port}")


def test_a_host_that_is_not_there_is_told() -> None:
    url = f"postgresql://xlflow:{PASSWORD}@no-such-host.invalid/xlflow"
    refused(url, room.LedgerUnreachable, "no-such-host.invalid")


@pytest.fixture
def reader(postgresql: PostgresqlServer) -> Iterator[tuple[str, str]]:
    """The address of a database for its owner, and for a user who may only look at it."""
    with postgresql.new_database() as url:
        name = url.rpartition("/")[2]
        postgresql.does(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
        yield url, postgresql.url(name, user=name, password=PASSWORD)
    postgresql.does(f"DROP ROLE {name}")


def test_a_user_without_rights_is_told_which_to_ask_for(reader: tuple[str, str]) -> None:
    owner, user = reader
    refused(user, room.LedgerDenied, "GRANT")
    Ledger.open(owner).close()
    with pytest.raises(room.LedgerDenied), Ledger.open(user) as ledger:
        ledger.numbers.observe("R1", {2024: {1}})


def test_tables_of_another_program_are_left_alone(postgresql: PostgresqlServer) -> None:
    with postgresql.new_database() as url:
        name = url.rpartition("/")[2]
        postgresql.does("CREATE TABLE runs (id INTEGER)", name)
        with pytest.raises(room.LedgerForeign):
            Ledger.open(url)
        postgresql.does("ALTER TABLE runs RENAME TO songs", name)
        with Ledger.open(url) as ledger:
            ledger.numbers.observe("R1", {2024: {1}})
        assert postgresql.does("SELECT * FROM songs", name) == []


def test_a_standby_takes_no_changes_and_is_told(postgresql: PostgresqlServer) -> None:
    with postgresql.new_database() as url:
        name = url.rpartition("/")[2]
        Ledger.open(url).close()
        postgresql.does(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(room.LedgerDenied), Ledger.open(url) as ledger:
            ledger.numbers.observe("R1", {2024: {1}})


def test_a_server_that_went_away_is_told_and_taken_up_again_when_it_is_back(
    server: PostgresqlServer, now
) -> None:
    with server.new_database() as url, Ledger.open(url) as ledger:
        reserve(ledger, "i1", 2, now)
        server.stop()
        with pytest.raises(room.LedgerUnreachable) as error:
            ledger.settle("i1", now)
        assert error.value.exit_code == EXIT_WORLD
        server.listen()
        ledger.settle("i1", now)
        assert ledger.numbers.states("R1", 2024) == {1: "given", 2: "given"}


@pytest.mark.parametrize("moment", ["between two changes", "before the commit"])
def test_a_server_that_goes_in_the_middle_has_recorded_nothing(
    server: PostgresqlServer, moment: str
) -> None:
    with server.new_database() as url, Ledger.open(url) as ledger:

        def change() -> None:
            with ledger.transaction():
                ledger.numbers.observe("R1", {2024: {1}})
                server.stop()
                if moment == "between two changes":
                    ledger.numbers.observe("R1", {2024: {2}})

        with pytest.raises(room.LedgerUnreachable):
            change()
        server.listen()
        assert ledger.numbers.states("R1", 2024) == {}
        ledger.numbers.observe("R1", {2024: {1}})
        assert ledger.numbers.states("R1", 2024) == {1: "given"}


def test_a_connection_that_an_administrator_ends_is_told(postgresql: PostgresqlServer) -> None:
    with postgresql.new_database() as url, Ledger.open(url) as ledger:
        name = url.rpartition("/")[2]
        others = f"FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"

        def change() -> None:
            with ledger.transaction():
                ledger.numbers.observe("R1", {2024: {1}})
                postgresql.does(f"SELECT pg_terminate_backend(pid) {others}")
                ledger.numbers.observe("R1", {2024: {2}})

        with pytest.raises(room.LedgerUnreachable):
            change()
        assert ledger.numbers.states("R1", 2024) == {}


def test_without_its_driver_the_package_to_install_is_named() -> None:
    """In a process of its own, where Python finds no psycopg."""
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from xlflow.ledger import Ledger, LedgerDriverMissing\n"
        "try:\n    Ledger.open('postgresql://xlflow@localhost/xlflow')\n"
        "except LedgerDriverMissing as err:\n"
        "    print(err.exit_code, err.message('en'), err.message('zh-Hant'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{EXIT_USAGE} ")
    assert done.stdout.count('pip install "xlflow[postgresql]"') == len(("en", "zh-Hant"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_of_a_server_says_where_and_why(language: Language) -> None:
    where = "postgresql://xlflow:***@db/xlflow"
    errors = [
        room.LedgerUnreachable(where, "the reason"),
        room.LedgerLoginRefused(where, "the reason"),
        room.LedgerDatabaseMissing(where, "the reason"),
    ]
    texts = [error.message(language) for error in errors]
    assert all(where in text and "the reason" in text for text in texts)
    assert len({*texts, room.LedgerDenied(where).message(language)}) == len(texts) + 1
