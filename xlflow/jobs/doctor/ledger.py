"""The ledger: a fit place with room, usable, and all runs settled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from xlflow.jobs.doctor.lines import Line, NotLooked, readable_size, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.keeping import LedgerOnShare, lock_at_work
from xlflow.ledger import ledger_file
from xlflow.workbook.share import is_network_path, sync_folder

_LEAST_BYTES = 100_000_000
# How the ledger calls the ends of runs, as far as there are words for them.
_ENDINGS = (
    *("done", "deferred", "open", "undo", "repair"),
    *("restore", "archive", "unarchive", "intake", "upgrade"),
)


def file(surroundings: Surroundings) -> Iterator[Line]:
    """The database is on this machine, whole, of a schema that xlflow knows, and writable."""
    settings = surroundings.settings
    path = ledger_file(settings.ledger.url, settings.folder)
    if path and is_network_path(path.parent):
        yield Line("ledger.file", "bad", LedgerOnShare("jobs.ledger-on-share", path=path))
        return
    if path and (synced := sync_folder(path)):
        yield Line("ledger.file", "bad", text("ledger.sync-folder", path=path, folder=synced))
    found = surroundings.ledger.ask()
    facts = {"where": found.where, "schema": found.schema, "known": found.known}
    if found.schema is None:
        yield Line(
            "ledger.file", "good", text("ledger.absent" if path else "ledger.empty", **facts)
        )
    elif found.schema < found.known:
        yield Line("ledger.file", "note", text("ledger.older", **facts))
    else:
        yield Line("ledger.file", "good", text("ledger.good", **facts))


def space(surroundings: Surroundings) -> Iterator[Line]:
    """There is room for the database."""
    settings = surroundings.settings
    path = ledger_file(settings.ledger.url, settings.folder)
    if path is None:
        raise NotLooked(text("skipped.server"))
    folder = _present(path.parent)
    free_bytes = shutil.disk_usage(folder).free
    facts = {"folder": folder, "free": readable_size(free_bytes)}
    if free_bytes < _LEAST_BYTES:
        yield Line("ledger.space", "bad", text("ledger.little-space", **facts))
    else:
        yield Line("ledger.space", "good", text("ledger.space", **facts))


def runs(surroundings: Surroundings) -> Iterator[Line]:
    """Whether a run is at work, how the last one ended, and what was left open."""
    settings = surroundings.settings
    ledger = surroundings.ledger.needed()
    at_work = lock_at_work(settings)
    if at_work:
        yield Line("ledger.runs", "note", text("ledger.at-work", path=at_work))
    if ledger.schema not in (None, ledger.known):
        raise NotLooked(text("skipped.older"))
    if ledger.open_intents and not at_work:
        since = surroundings.local(ledger.open_intents[0].opened_at)
        told = text("ledger.left-open", count=len(ledger.open_intents), since=since)
        yield Line("ledger.runs", "bad", told)
    last = ledger.last_run
    if last is None:
        yield Line("ledger.runs", "good", text("ledger.no-run"))
    elif last.outcome == "failed":
        told = text("ledger.failed", at=surroundings.local(last.started_at))
        yield Line("ledger.runs", "bad", told)
    else:
        ending = last.outcome or "open"
        ended = text(f"ledger.ended.{ending if ending in _ENDINGS else 'other'}", outcome=ending)
        told = text("ledger.last-run", at=surroundings.local(last.started_at), ended=ended)
        yield Line("ledger.runs", "good", told)


def _present(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())
