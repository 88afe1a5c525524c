"""The tables as they are now; `migrations` holds the steps that led here, and a test compares."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class UtcText(TypeDecorator[datetime]):
    """A moment as text that sorts as the moments do: "2024-03-15T09:30:00.000000+00:00"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database. A moment without a zone is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


class JsonText(TypeDecorator[Any]):
    """A value as JSON text; the same value is always the same text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        """To the database."""
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """From the database."""
        return None if value is None else json.loads(value)


# Registers that a run has seen.
registers = Table(
    "registers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("first_seen_at", UtcText, nullable=False),
    Column("last_seen_at", UtcText, nullable=False),
)

# The highest serial of a year that was ever given or seen.
sequences = Table(
    "sequences",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

# state: "reserved" for an open intent, "given" for good, "free" to be used next.
numbers = Table(
    "numbers",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("intent", Text),
)

# outcome: None while the run is at work, or if it was killed.
runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("started_at", UtcText, nullable=False),
    Column("ended_at", UtcText),
    Column("outcome", Text),
    Column("counts", JsonText, nullable=False),
)

# The journal of commits. state: "open", "done", "undone".
intents = Table(
    "intents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("run", Text),
    Column("target", Text, nullable=False),
    Column("temporary", Text, nullable=False),
    Column("aside", Text, nullable=False),
    Column("sha_before", Text, nullable=False),
    Column("sha_after", Text, nullable=False),
    Column("cells", JsonText, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", UtcText, nullable=False),
    Column("settled_at", UtcText),
)

# The outbox. state: "pending", "failed" (will be tried again), "sent", "dead".
deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("recipients", JsonText, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("created_at", UtcText, nullable=False),
    Column("next_try_at", UtcText, nullable=False),
    Column("settled_at", UtcText),
    Column("last_error", Text),
)

# What the last run over a register found; it says itself how long it stands.
standing = Table(
    "standing",
    metadata,
    Column("register", Text, primary_key=True),
    Column("found", JsonText, nullable=False),
    Column("noted_at", UtcText, nullable=False),
)

# What xlflow last wrote into its own cells of a record; `content` tells the record without number.
written = Table(
    "written",
    metadata,
    Column("register", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("cells", JsonText, nullable=False),
    Column("written_at", UtcText, nullable=False),
)

# Records that moved to an archive ("archived") or back ("taken-back"), in the order of `place`; one
# with an intent counts when that is done.
archived = Table(
    "archived",
    metadata,
    Column("register", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("number", Text, nullable=False),
    Column("move", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("run", Text),
    Column("intent", Text),
    Column("at", UtcText, nullable=False),
)
