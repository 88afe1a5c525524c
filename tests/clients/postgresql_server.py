"""A real PostgreSQL on loopback: its databases and log in a folder of their own.

    with PostgresqlServer.start() as server, server.new_database() as url:
        Ledger.open(url)

The server refuses to be root, so that root starts it as Debian's own account for it. A server that
the machine runs otherwise is neither used nor touched.
Tests take the fixture `postgresql` (a server that lives as long as the pytest process), or `url`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg

OWNER = "postgres"  # who owns the server where root starts it
ADMINISTRATOR = "administrator"
PASSWORD = "geheim-geheim"

_DEBIAN = Path("/usr/lib/postgresql")
_SECONDS = 30
# The tests kill programs, never this machine: nothing need reach its disk.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "lc_messages": "C",
}


class PostgresqlAbsentError(Exception):
    """PostgreSQL cannot run here; the text says why."""


@dataclass
class PostgresqlServer:
    """A server; all that it writes lies in `home`."""

    programs: Path
    home: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls) -> Self:
        """Make a new server and start it.

        Raises:
            PostgresqlAbsentError
        """
        server = cls(_programs(), _home(), _free_port())
        try:
            server._make()
            server.listen()
        except BaseException:
            server.close()
            raise
        return server

    def _make(self) -> None:
        secret = self.home / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(secret, OWNER)
        done = subprocess.run(
            [
                self.programs / "initdb",
                f"--pgdata={self.home / 'data'}",
                f"--username={ADMINISTRATOR}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
            **_as_owner(self.home),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresqlAbsentError(f"initdb failed: {done.stderr.strip()}")

    def listen(self) -> None:
        """Start it, again after `stop`."""
        settings = _SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.home)}
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self.programs / "postgres",
                    *("-D", self.home / "data"),
                    *(
                        word
                        for name, value in settings.items()
                        for word in ("-c", f"{name}={value}")
                    ),
                ],
                **_as_owner(self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        give_up_at = time.monotonic() + _SECONDS
        while time.monotonic() < give_up_at and self._process.poll() is None:
            with suppress(psycopg.OperationalError), self._connection():
                return
            time.sleep(0.02)
        self.stop()
        raise AssertionError(f"no PostgreSQL: {(self.home / 'log').read_text()}")

    def stop(self) -> None:
        """End it and all that it does for its clients, at once."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_SECONDS)
            self._process = None

    def close(self) -> None:
        """Stop it and remove all that it wrote."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str, user: str = ADMINISTRATOR, password: str = PASSWORD) -> str:
        """The address of a database, as the settings would name it."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """The address of a new, empty database, as long as the context lasts."""
        name = f"ledger_{secrets.token_hex(4)}"
        self.does(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.does(f"DROP DATABASE {name} WITH (FORCE)")

    def does(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What the administrator does; the rows that it gives."""
        with self._connection(database) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def _connection(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _programs() -> Path:
    """The folder of the newest server on this machine.

    Raises:
        PostgresqlAbsentError
    """
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = sorted(
        _DEBIAN.glob("*/bin/postgres"),
        key=lambda path: [int(part) for part in path.parts[-3].split(".")],
    )
    if not found:
        raise PostgresqlAbsentError("no PostgreSQL here: apt-get install postgresql")
    return found[-1].parent


def _home() -> Path:
    """A new folder of the server's owner."""
    home = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if os.geteuid() == 0:
        try:
            shutil.chown(home, OWNER, OWNER)
        except LookupError as err:
            home.rmdir()
            raise PostgresqlAbsentError(f"root cannot start PostgreSQL without {OWNER}") from err
    return home


def _as_owner(home: Path) -> dict[str, Any]:
    """How a program of the server is started: never as root, and with nothing of our own."""
    environment = {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(home)}
    owner = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": home, "env": environment, **owner}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
