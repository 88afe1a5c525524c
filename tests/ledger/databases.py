"""New, empty databases for tests.

With XLFLOW_TEST_POSTGRESQL=postgresql://... the same tests run on that server too.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

SERVER = os.environ.get("XLFLOW_TEST_POSTGRESQL")
KINDS = ["sqlite", "postgresql"] if SERVER else ["sqlite"]


@contextmanager
def new_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new, empty database, as long as the context lasts."""
    if kind == "sqlite":
        # in memory where there is such a folder: thousands of commits, each flushed to disk
        memory = Path("/dev/shm")
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else folder) as place:
            yield f"sqlite:///{place}/ledger.db"
        return
    assert SERVER is not None
    server = make_url(SERVER).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"xlflow_test_{secrets.token_hex(4)}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
