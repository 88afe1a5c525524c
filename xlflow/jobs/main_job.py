"""The main job as a command or a schedule calls it: wait, run, report, note what stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from xlflow.errors import XlflowError
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.outcome import RunOutcome
from xlflow.jobs.progress import Progress, quiet
from xlflow.jobs.second_run import note_what_stands, run_again, world_of
from xlflow.jobs.waiting import Clock, run_when_free
from xlflow.settings import Settings


def run_and_report(
    settings: Settings,
    clock: Clock,
    wait: timedelta = timedelta(0),
    progress: Progress = quiet,
) -> RunOutcome:
    """Run once nobody is in the way, for `wait` at most, and write the status workbook.

    What the last run found is not looked for again while it stands. If the status workbook cannot
    be made, the outcome tells why in `unreported`: what the run did to the register is done.

    Raises:
        WorkbookOpen, AnotherRun: Somebody was at work all the time; nothing was written.
        XlflowError: The register cannot be read, or not be written.
    """
    world = world_of(settings)

    def attempt(now: datetime) -> RunOutcome:
        progress("waiting")
        with one_run_at_a_time(settings), open_ledger(settings) as ledger:
            try:
                if again := run_again(settings, ledger, now, world):
                    return again
                from xlflow.jobs.run import run  # with pandas, which a second run does without

                return run(settings, ledger, now, progress=progress)
            finally:
                progress("waiting")

    outcome = run_when_free(attempt, wait, clock)
    if outcome.report is not None:
        return outcome
    try:
        report = _write_report(outcome, settings, progress)
    except XlflowError as err:
        return replace(outcome, unreported=err)
    with open_ledger(settings) as ledger:
        note_what_stands(settings, ledger, outcome, report, world)
    return replace(outcome, report=report)


def _write_report(outcome: RunOutcome, settings: Settings, progress: Progress) -> Path:
    from xlflow.jobs.reporting.status import write_status_workbook

    assert outcome.inspection is not None  # noqa: S101 - there is one where there is no report
    return write_status_workbook([(settings, outcome.inspection)], progress=progress)
