"""The steps from an empty database to today's tables, each with its number.

A step that was released never changes; what is new becomes the next step. The SQL is what
SQLite and PostgreSQL have in common.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from xlflow.ledger.errors import LedgerForeign, LedgerNewer
from xlflow.ledger.tables import metadata
from xlflow.ledger.transactions import Transactions

# Any number, the same in every xlflow: two that begin at once build the tables one after the other.
_POSTGRESQL_LOCK = 7_295_001

_FIRST_TABLES = """
CREATE TABLE registers (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
);
CREATE TABLE sequences (
    scope TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (scope, year)
);
CREATE TABLE numbers (
    scope TEXT NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'given', 'free')),
    intent TEXT,
    PRIMARY KEY (scope, year, serial)
);
CREATE INDEX numbers_of_intent ON numbers (intent);
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    register TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT,
    counts TEXT NOT NULL
);
CREATE INDEX runs_of_register ON runs (register, started_at);
CREATE TABLE intents (
    id TEXT PRIMARY KEY,
    register TEXT NOT NULL,
    run TEXT,
    target TEXT NOT NULL,
    temporary TEXT NOT NULL,
    aside TEXT NOT NULL,
    sha_before TEXT NOT NULL,
    sha_after TEXT NOT NULL,
    cells TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'undone')),
    opened_at TEXT NOT NULL,
    settled_at TEXT
);
CREATE INDEX intents_of_register ON intents (register, state);
CREATE TABLE deliveries (
    key TEXT PRIMARY KEY,
    message_id TEXT NOT NULL,
    recipients TEXT NOT NULL,
    content {bytes} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'failed', 'sent', 'dead')),
    tries INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    next_try_at TEXT NOT NULL,
    settled_at TEXT,
    last_error TEXT
);
CREATE INDEX deliveries_due ON deliveries (state, next_try_at)
"""

_WHAT_STANDS = """
CREATE TABLE standing (
    register TEXT PRIMARY KEY,
    found TEXT NOT NULL,
    noted_at TEXT NOT NULL
)
"""

_ARCHIVED = """
CREATE TABLE archived (
    register TEXT NOT NULL,
    place INTEGER NOT NULL,
    number TEXT NOT NULL,
    move TEXT NOT NULL CHECK (move IN ('archived', 'taken-back')),
    file TEXT NOT NULL,
    content TEXT NOT NULL,
    intent TEXT,
    at TEXT NOT NULL,
    PRIMARY KEY (register, place)
);
CREATE INDEX archived_number ON archived (register, number)
"""

_HISTORY = """
CREATE TABLE sightings (
    run TEXT PRIMARY KEY,
    register TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    saved_by TEXT,
    saved_at TEXT
);
CREATE INDEX sightings_of_register ON sightings (register, seen_at);
CREATE TABLE entries (
    register TEXT NOT NULL,
    id INTEGER NOT NULL,
    sheet TEXT NOT NULL,
    number TEXT NOT NULL,
    change_number TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('present', 'gone')),
    cells TEXT NOT NULL,
    PRIMARY KEY (register, id)
);
CREATE INDEX entries_of_number ON entries (register, number);
CREATE TABLE events (
    register TEXT NOT NULL,
    position INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    run TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('appeared', 'changed', 'vanished', 'returned')),
    field TEXT NOT NULL,
    before TEXT,
    after TEXT,
    cells TEXT,
    PRIMARY KEY (register, position)
);
CREATE INDEX events_of_entry ON events (register, entry, position);
CREATE INDEX events_of_field ON events (register, field, position);
CREATE INDEX events_of_run ON events (run);
CREATE TABLE baselines (
    register TEXT NOT NULL,
    number TEXT NOT NULL,
    version INTEGER NOT NULL,
    run TEXT NOT NULL,
    made_at TEXT NOT NULL,
    business_signed_on TEXT NOT NULL,
    technical_signed_on TEXT NOT NULL,
    digest TEXT NOT NULL,
    cells TEXT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (register, number, version)
)
"""

_INTAKES = """
CREATE TABLE intakes (
    intent TEXT NOT NULL,
    position INTEGER NOT NULL,
    register TEXT NOT NULL,
    digest TEXT NOT NULL,
    form TEXT,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    number TEXT NOT NULL,
    row INTEGER NOT NULL,
    answers TEXT NOT NULL,
    receipt TEXT NOT NULL,
    moved_to TEXT,
    taken_at TEXT NOT NULL,
    PRIMARY KEY (intent, position)
);
CREATE INDEX intakes_of_register ON intakes (register, digest);
CREATE TABLE inbox_told (
    register TEXT NOT NULL,
    file TEXT NOT NULL,
    state TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (register, file)
)
"""

_UNATTENDED = """
CREATE TABLE timetables (
    job TEXT NOT NULL,
    register TEXT NOT NULL,
    timetable TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (job, register)
);
CREATE TABLE slots (
    job TEXT NOT NULL,
    register TEXT NOT NULL,
    slot_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'done', 'deferred', 'failed')),
    tries INTEGER NOT NULL,
    holder TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    claimed_until TEXT NOT NULL,
    ended_at TEXT,
    next_try_at TEXT,
    run TEXT,
    figures TEXT NOT NULL,
    error TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (job, register, slot_at)
);
CREATE TABLE heartbeats (
    kind TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    started_at TEXT NOT NULL,
    beat_at TEXT NOT NULL
)
"""

_HELD_MAILS = """
ALTER TABLE deliveries ADD COLUMN held_until TEXT
"""

_TOLD = """
CREATE TABLE told (
    recipient TEXT NOT NULL,
    register TEXT NOT NULL,
    entry INTEGER NOT NULL,
    about TEXT NOT NULL,
    version TEXT NOT NULL,
    level TEXT NOT NULL,
    mail TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (recipient, register, entry, about, version, level)
)
"""

MIGRATIONS: tuple[tuple[int, str], ...] = (
    (1, _FIRST_TABLES),
    (2, _WHAT_STANDS),
    (3, _ARCHIVED),
    (4, _HISTORY),
    (5, _INTAKES),
    (6, _UNATTENDED),
    (7, _HELD_MAILS),
    (8, _TOLD),
)
KNOWN = MIGRATIONS[-1][0]


def migrate(transactions: Transactions) -> None:
    """Bring the database to the newest schema; many may begin at once.

    Raises:
        LedgerForeign: It is the database of another program.
        LedgerNewer: A later xlflow has been here.
    """
    with transactions.read() as connection:
        if usable_version(connection, transactions.where) == KNOWN:
            return
    with transactions.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _POSTGRESQL_LOCK})
        found = usable_version(connection, transactions.where)
        if found is None:
            connection.execute(text("CREATE TABLE ledger_schema (version INTEGER NOT NULL)"))
            connection.execute(text("INSERT INTO ledger_schema VALUES (0)"))
            found = 0
        for number, statements in MIGRATIONS:
            if number > found:
                _apply(connection, number, statements)


def usable_version(connection: Connection, where: str) -> int | None:
    """The schema's number; None where there is no ledger yet.

    Raises:
        LedgerForeign: It is the database of another program.
        LedgerNewer: A later xlflow has been here.
    """
    held = inspect(connection)
    if not held.has_table("ledger_schema"):
        others = set(held.get_table_names())
        # A server's database may hold tables of others, a file of ours does not.
        if others & {*metadata.tables} or (others and connection.dialect.name == "sqlite"):
            raise LedgerForeign(where)
        return None
    found = int(connection.execute(text("SELECT version FROM ledger_schema")).scalar_one())
    if found > KNOWN:
        raise LedgerNewer(where, found, KNOWN)
    return found


def _apply(connection: Connection, number: int, statements: str) -> None:
    kind = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    for statement in statements.format(bytes=kind).split(";"):
        connection.execute(text(statement))
    connection.execute(text("UPDATE ledger_schema SET version = :number"), {"number": number})
