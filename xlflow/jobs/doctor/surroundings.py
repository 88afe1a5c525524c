"""What the checks look at: the settings, the clock, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from xlflow.jobs.doctor.lines import text
from xlflow.jobs.doctor.once import Once
from xlflow.jobs.drive import drive_of
from xlflow.jobs.inspection import read, take_snapshot
from xlflow.jobs.repair import differences
from xlflow.ledger.condition import Condition, condition
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.share import Snapshot

Clock = Callable[[], datetime]
"""Tells the moment, with a time zone."""


@dataclass(frozen=True)
class Surroundings:
    """What there is to look at."""

    settings: Settings
    environment: Mapping[str, str]
    clock: Clock
    snapshot: Once[Snapshot]
    register: Once[Register]
    differences: Once[tuple[Difference, ...]]
    ledger: Once[Condition]

    @classmethod
    def of(cls, settings: Settings, environment: Mapping[str, str], clock: Clock) -> Surroundings:
        """The surroundings of a run with these settings."""
        snapshot = Once(lambda: _snapshot(settings, clock()), text("skipped.snapshot"))
        return cls(
            settings=settings,
            environment=environment,
            clock=clock,
            snapshot=snapshot,
            register=Once(lambda: read(snapshot.needed(), settings), text("skipped.register")),
            differences=Once(
                lambda: differences(settings, snapshot.needed()), text("skipped.register")
            ),
            ledger=Once(lambda: _ledger(settings), text("skipped.ledger")),
        )

    def local(self, moment: datetime) -> datetime:
        """The moment in the time zone of the settings."""
        return moment.astimezone(self.settings.calendar.zone)


def _snapshot(settings: Settings, now: datetime) -> Snapshot:
    with drive_of(settings) as drive:
        return take_snapshot(settings, now, drive)


def _ledger(settings: Settings) -> Condition:
    return condition(settings.ledger.url, settings.workbook.id, beside=settings.folder)
