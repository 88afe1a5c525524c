"""The log of what runs by itself: a line of JSON an event, in files that take turns.

It holds no text from the registers, only numbers: errors stand there by their names, faults of the
program with the lines of the program, and without the message, which might quote a cell.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from xlflow.errors import XlflowError
from xlflow.files import explained
from xlflow.scheduler.round import Ended
from xlflow.settings import Settings
from xlflow.settings.unattended import LOG_FILE

_LOCK_SECONDS = 5.0
_MEGABYTE = 1_000_000
# Facts of errors that name no person and quote no cell.
_TOLD_FACTS = ("path", "where", "folder", "host", "port", "code", "driver")
_LEVELS = {"done": logging.INFO, "deferred": logging.INFO, "failed": logging.ERROR}


class Log:
    """The log of a company; several processes may write into it at the same time."""

    def __init__(self, settings: Settings) -> None:
        held = settings.log
        self.path = settings.locate(held.folder) / LOG_FILE
        with explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()
        self._handler = _SharedFile(self.path, held.size_mb * _MEGABYTE, held.keep)
        self._handler.setFormatter(_Json())
        self._level = logging.getLevelNamesMapping()[held.level.upper()]

    def note(self, event: str, *, level: int = logging.INFO, **facts: Any) -> None:
        """Write down an event."""
        if level >= self._level:
            named = {"levelno": level, "levelname": logging.getLevelName(level)}
            record = logging.makeLogRecord({**named, "msg": event, "facts": facts})
            self._handler.handle(record)

    def note_ended(self, ended: Ended) -> None:
        """Write down what became of a task; a fault of the program with its traceback."""
        task, ending = ended.task, ended.ending
        facts: dict[str, Any] = {
            "job": task.job,
            "register": task.register or None,
            "slot": _moment(ended.at),
            "try": ended.tries,
            "run": ending.run,
            "outcome": ending.state,
            "seconds": round((ended.ended_at - ended.began_at).total_seconds(), 3),
            "figures": dict(ending.figures),
            "error": ending.error,
            "next_try": ending.next_try_at and _moment(ending.next_try_at),
            **_facts_of(ended.failure),
        }
        self.note("job", level=_LEVELS[ending.state], **facts)

    def note_failure(self, event: str, err: Exception) -> None:
        """Write down an error that is not a task's."""
        key = err.key if isinstance(err, XlflowError) else None
        self.note(event, level=logging.ERROR, error=key, **_facts_of(err))

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _facts_of(failure: Exception | None) -> Mapping[str, Any]:
    if failure is None:
        return {}
    if isinstance(failure, XlflowError):
        held = {name: failure.facts[name] for name in _TOLD_FACTS if name in failure.facts}
        plain = {name: fact if isinstance(fact, int) else str(fact) for name, fact in held.items()}
        return {"facts": plain} if plain else {}
    return {"kind": type(failure).__name__, "traceback": _where(failure)}


def _where(failure: BaseException) -> list[str]:
    """The lines of the program that led there, and to what caused it; without any message."""
    lines = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(failure.__traceback__)
    ]
    cause = failure.__cause__ or failure.__context__
    if cause is not None:
        lines += [f"caused by {type(cause).__name__}", *_where(cause)]
    return lines


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


class _Json(logging.Formatter):
    """A record as a line of JSON; what is not known is left out."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: Mapping[str, Any] = record.__dict__.get("facts", {})
        known = {name: fact for name, fact in facts.items() if fact not in (None, {}, [])}
        line = {
            "ts": at,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "pid": os.getpid(),
            **known,
        }
        return json.dumps(line, ensure_ascii=False)


class _SharedFile(RotatingFileHandler):
    """A file that is opened for each line only, so that another process may set it aside.

    That, and setting it aside, happens under a lock; Windows renames no file that is open.
    """

    def __init__(self, path: Path, size_bytes: int, keep: int) -> None:
        super().__init__(path, maxBytes=size_bytes, backupCount=keep, encoding="utf-8", delay=True)
        self._alone = FileLock(path.with_name(f".{path.name}.lock"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; one that cannot be written is lost, and stops no job."""
        with suppress(OSError, Timeout), self._alone.acquire(timeout=_LOCK_SECONDS):
            try:
                super().emit(record)
            finally:
                if self.stream is not None:
                    self.stream.close()
                    self.stream = None

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in logging
        """A full drive must not fill the terminal with tracebacks."""
