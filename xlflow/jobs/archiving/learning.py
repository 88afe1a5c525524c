"""What a new ledger learns from the archives: which numbers are given, and where records lie.

Nothing else keeps a number from being given again whose record has left the register.
"""

from __future__ import annotations

from datetime import datetime

from xlflow.jobs.archiving.archives import Archives
from xlflow.ledger import Archived, Ledger
from xlflow.settings import Settings
from xlflow.workbook.share import Host


def learn_archived(settings: Settings, ledger: Ledger, drive: Host, now: datetime) -> None:
    """Let a ledger that has seen no run over this register know what its archives hold.

    Raises:
        XlflowError: An archive cannot be read, so that nobody knows its numbers.
    """
    register = settings.workbook.id
    if ledger.runs.latest(register) or ledger.archived.of(register):
        return
    archives = Archives(settings, drive, now).all()
    found = [
        Archived(number, "archived", archive.name, record.content, now)
        for archive in archives
        for number, record in archive.contents.records.items()
    ]
    if not found:
        return
    parsed = (settings.schema.numbers.parsed(move.number) for move in found)
    serials: dict[int, set[int]] = {}
    for year, serial in filter(None, parsed):
        serials.setdefault(year, set()).add(serial)
    with ledger.transaction():
        ledger.numbers.observe(settings.workbook.scope, serials)
        ledger.archived.note(register, found)
