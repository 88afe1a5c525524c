"""With the ledger on PostgreSQL: a job is killed at each step, and the server goes away at each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clients.postgresql_server import PostgresqlServer
from jobs.crash_company import SCENES, CrashCompany
from jobs.test_crash import begin, killed_at_each_step
from workbook.children import Step

from xlflow.ledger import LedgerUnreachable


class ServedCompany(CrashCompany):
    """A company whose ledger lies in a database of a server."""

    def __init__(
        self, folder: Path, server: PostgresqlServer, database: str, **sections: Any
    ) -> None:
        self.server = server
        self.database = database
        super().__init__(folder, ledger={"url": server.url(database)}, **sections)

    def remember(self, name: str = "beginning") -> None:
        super().remember(name)
        self._copy(self.database, self._copy_of(name))

    def go_back(self, name: str = "beginning") -> None:
        super().go_back(name)
        self._copy(self._copy_of(name), self.database)

    def commits(self) -> list[tuple[str, str]]:
        newest_last = "ORDER BY state = 'done', xmin::text::bigint"
        query = f"SELECT sha_after, aside FROM intents {newest_last}"
        return [(sha, aside) for sha, aside in self.server.does(query, self.database)]

    def _copy_of(self, name: str) -> str:
        return f"{self.database}_{name}"

    def _copy(self, source: str, target: str) -> None:
        # A connection of a killed process lives on for a moment.
        others = f"FROM pg_stat_activity WHERE datname = '{source}'"
        self.server.does(f"SELECT pg_terminate_backend(pid, 5000) {others}")
        self.server.does(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self.server.does(f"CREATE DATABASE {target} TEMPLATE {source}")


@contextmanager
def company_of(server: PostgresqlServer, folder: Path, **sections: Any) -> Iterator[ServedCompany]:
    with server.new_database() as url:
        company = ServedCompany(folder / "company", server, url.rpartition("/")[2], **sections)
        yield company
        server.does(f"DROP DATABASE {company.database}_beginning")


@pytest.fixture
def company(postgresql: PostgresqlServer, tmp_path: Path) -> Iterator[ServedCompany]:
    with company_of(postgresql, tmp_path) as made:
        yield made


@pytest.mark.parametrize("name", ["new records", "an undo"])
def test_whatever_is_killed_at_any_step_is_settled_by_the_next_run(parent, company, name):
    scene = SCENES[name]
    typed = begin(company, scene)
    for _ in killed_at_each_step(parent, company, scene):
        company.expect_settled(typed, scene.now)


@pytest.fixture
def own_server(postgresql: PostgresqlServer) -> Iterator[PostgresqlServer]:
    """A server that may be stopped; the one of all tests goes on meanwhile."""
    assert postgresql.port
    with PostgresqlServer.start() as server:
        yield server


def stopped_at(count: int, server: PostgresqlServer) -> Step:
    """A step that stops the server when it comes for the `count`th time."""
    told: list[str] = []

    def step(name: str) -> None:
        told.append(name)
        if len(told) == count:
            server.stop()

    return step


@pytest.mark.parametrize("name", ["new records", "an undo"])
def test_a_server_that_goes_away_at_any_step_is_told_and_the_next_run_settles_it(
    own_server, tmp_path, name
):
    scene, told = SCENES[name], 0
    with company_of(own_server, tmp_path) as company:
        typed = begin(company, scene)
        for count in range(1, 1000):
            try:
                scene.job(company.settings_file, scene.now, stopped_at(count, own_server))
            except LedgerUnreachable:
                told += 1
            else:
                break
            own_server.listen()
            company.expect_settled(typed, scene.now)
            company.go_back()
    assert told > 10
