"""The tables as they are now; `migrations` holds the steps that led here, and a test compares."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
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

from xlflow.history.cells import as_text, from_text

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


class CellText(TypeDecorator[Any]):
    """A cell's value, or the cells of a row, typed. Source: `xlflow.history.cells`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else as_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """From the database."""
        return None if value is None else from_text(value)


class DayText(TypeDecorator[date]):
    """A day as text: "2024-03-15"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else date.fromisoformat(value)


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
    Column("held_until", UtcText),  # a sender has it at work until then, unless it was killed
)

# What the last run over a register found; it says itself how long it stands.
standing = Table(
    "standing",
    metadata,
    Column("register", Text, primary_key=True),
    Column("found", JsonText, nullable=False),
    Column("noted_at", UtcText, nullable=False),
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
    Column("intent", Text),
    Column("at", UtcText, nullable=False),
)

# Each time that a run looked at a register: which bytes, and who had saved them.
sightings = Table(
    "sightings",
    metadata,
    Column("run", Text, primary_key=True),
    Column("register", Text, nullable=False),
    Column("seen_at", UtcText, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("saved_by", Text),
    Column("saved_at", UtcText),
)

# Every record and line as it was last seen. state: "present", "gone".
entries = Table(
    "entries",
    metadata,
    Column("register", Text, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("change_number", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("cells", CellText, nullable=False),
)

# What happened to each of them, in the order of `position`. kind: "appeared" (with its `cells`; as
# a change of the field "status", if it has one), "changed", "vanished", "returned".
events = Table(
    "events",
    metadata,
    Column("register", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("entry", Integer, nullable=False),
    Column("run", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", CellText),
    Column("after", CellText),
    Column("cells", CellText),
)

# The scope that both sides signed; changes: the entries of the Changes lines that made it.
baselines = Table(
    "baselines",
    metadata,
    Column("register", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("run", Text, nullable=False),
    Column("made_at", UtcText, nullable=False),
    Column("business_signed_on", DayText, nullable=False),
    Column("technical_signed_on", DayText, nullable=False),
    Column("digest", Text, nullable=False),
    Column("cells", CellText, nullable=False),
    Column("changes", JsonText, nullable=False),
)

# Forms that were taken in: a line of a commit each; it holds if the commit does.
# moved_to: None while the form and its receipt are not in their place yet.
intakes = Table(
    "intakes",
    metadata,
    Column("intent", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("register", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("form", Text),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("answers", JsonText, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("moved_to", Text),
    Column("taken_at", UtcText, nullable=False),
)

# Files in the inbox that are no forms, and were told to be none; `state` tells a file's versions.
inbox_told = Table(
    "inbox_told",
    metadata,
    Column("register", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("told_at", UtcText, nullable=False),
)

# Since when a job of a register ("" = all) has the timetable that it has.
timetables = Table(
    "timetables",
    metadata,
    Column("job", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("timetable", Text, nullable=False),
    Column("since", UtcText, nullable=False),
)

# The moments at which jobs were to run by themselves. state: "claimed" (at work), "done",
# "deferred" (somebody was in the way), "failed". reason: why, by language.
slots = Table(
    "slots",
    metadata,
    Column("job", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("slot_at", UtcText, primary_key=True),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("claimed_at", UtcText, nullable=False),
    Column("claimed_until", UtcText, nullable=False),
    Column("ended_at", UtcText),
    Column("next_try_at", UtcText),
    Column("run", Text),
    Column("figures", JsonText, nullable=False),
    Column("error", Text),
    Column("reason", JsonText, nullable=False),
)

# The last sign of life of each way to run by itself: "run", "tick".
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("started_at", UtcText, nullable=False),
    Column("beat_at", UtcText, nullable=False),
)

# What each person was told of a record or line, and by which mail of the outbox. `version` tells a
# due date, or what a cell held; `level` how late it was.
told = Table(
    "told",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("register", Text, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("mail", Text, nullable=False),
    Column("told_at", UtcText, nullable=False),
)
