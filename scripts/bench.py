"""Measure xlflow beside what a user would pick instead.

A figure is a ratio: the time (and peak memory) of one task over that of another, on the same file
in the same run, medians of some repeats. Each repeat is a process of its own, which imports what
it needs before its clock starts. To add a figure, write its task and a line in `FIGURES`.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

NOW = datetime(2026, 3, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

Task = Callable[[Path], Callable[[], object]]
"""Given the workbook, prepares (imports, settings) and returns what is to be timed."""


def read_with_calamine(workbook: Path) -> Callable[[], object]:
    """Every sheet's cells as Python values, with python-calamine alone."""
    from python_calamine import CalamineWorkbook

    def read() -> object:
        book = CalamineWorkbook.from_path(str(workbook))
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

    return read


def read(workbook: Path) -> Callable[[], object]:
    """The register as xlflow reads it."""
    from xlflow.workbook.reader import read_register

    return lambda: read_register(workbook.read_bytes(), workbook.name)


def check(workbook: Path) -> Callable[[], object]:
    """Read the register and check it by all rules, as `xlflow check` does."""
    from xlflow.jobs.inspection import check_register
    from xlflow.settings import default_settings

    settings = default_settings(workbook)
    return lambda: check_register(settings, NOW)


def inspect(workbook: Path) -> Callable[[], object]:
    """Read the register, check it, and find what is due and what comes next."""
    from xlflow.jobs.inspection import inspect_register
    from xlflow.settings import default_settings

    settings = default_settings(workbook)
    return lambda: inspect_register(settings, NOW)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared with what."""

    name: str
    task: Task
    over: Task


FIGURES = (
    Figure("read", read, over=read_with_calamine),
    Figure("check", check, over=read_with_calamine),
    Figure("inspect", inspect, over=read_with_calamine),
)
TASKS = {task.__name__: task for figure in FIGURES for task in (figure.task, figure.over)}


@dataclass(frozen=True, slots=True)
class Measurement:
    """Medians over the repeats."""

    seconds: float
    peak_mb: float

    @classmethod
    def median(cls, repeats: list[Measurement]) -> Measurement:
        """The middle of each value."""
        return cls(
            statistics.median(one.seconds for one in repeats),
            statistics.median(one.peak_mb for one in repeats),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """A figure, measured."""

    name: str
    records: int
    task: str
    measured: Measurement
    over: str
    compared: Measurement
    time_ratio: float
    memory_ratio: float


def build(path: Path, records: int) -> None:
    """A register of so many records in all statuses, mistakes included."""
    from xlflow.jobs.sample import sample_register
    from xlflow.settings import default_settings
    from xlflow.timing.calendar import WorkingCalendar
    from xlflow.workbook.template import build_register

    sample = sample_register(
        records, "zh-Hans", NOW.date(), WorkingCalendar.from_settings(default_settings())
    )
    path.write_bytes(
        build_register(
            "zh-Hans",
            rows=sample.requirements,
            progress=sample.progress,
            issues=sample.issues,
            changes=sample.changes,
            people=sample.people,
            departments=sample.departments,
        )
    )


def run_once(task: str, workbook: Path) -> Measurement:
    """Run a task in a process of its own."""
    command = [sys.executable, __file__, "--task", task, str(workbook)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Measurement(**json.loads(done.stdout))


def time_here(task: str, workbook: Path) -> Measurement:
    """Run a task in this process."""
    work = TASKS[task](workbook)
    begun = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - begun
    del kept
    return Measurement(seconds, peak_mb())


def peak_mb() -> float:
    """The most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts what the parent held, too, in getrusage
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def measure(figure: Figure, workbook: Path, records: int, repeats: int) -> Result:
    """Both tasks by turns, so that a slow moment of the machine meets both."""
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(run_once(figure.task.__name__, workbook))
        theirs.append(run_once(figure.over.__name__, workbook))
    measured, compared = Measurement.median(ours), Measurement.median(theirs)
    return Result(
        name=figure.name,
        records=records,
        task=figure.task.__name__,
        measured=measured,
        over=figure.over.__name__,
        compared=compared,
        time_ratio=measured.seconds / compared.seconds,
        memory_ratio=measured.peak_mb / compared.peak_mb,
    )


def show(results: list[Result], repeats: int) -> None:
    """The table."""
    table = Table(title=f"Medians of {repeats}")
    for heading in ("figure", "records", "seconds", "over", "seconds", "time", "memory"):
        table.add_column(heading, justify="left" if heading in ("figure", "over") else "right")
    for one in results:
        table.add_row(
            one.name,
            f"{one.records:,}",
            f"{one.measured.seconds:.3f}",
            one.over,
            f"{one.compared.seconds:.3f}",
            f"{one.time_ratio:.2f} x",
            f"{one.memory_ratio:.2f} x",
        )
    Console().print(table)


def main() -> None:
    """The command line."""
    names = [figure.name for figure in FIGURES]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(names))
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--task", nargs=2, metavar=("TASK", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        name, file = asked.task
        print(json.dumps(asdict(time_here(name, Path(file)))))
        return
    if unknown := set(asked.figures) - set(names):
        parser.error(f"no figure {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "register.xlsx"
        build(workbook, asked.records)
        results = [
            measure(figure, workbook, asked.records, asked.repeats)
            for figure in FIGURES
            if not asked.figures or figure.name in asked.figures
        ]
    if asked.json:
        print(json.dumps([asdict(one) for one in results], indent=2))
    else:
        show(results, asked.repeats)


if __name__ == "__main__":
    main()
