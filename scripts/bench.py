"""Measure xlflow beside what a user would pick instead.

A figure is a ratio: the time (and peak memory) of one task over that of another, on the same file
in the same run, medians of some repeats. The two take turns, each in a process of its own; beside
the time on the clock stands that of the processor, which a busy machine disturbs less. To add a
figure, write its task in `bench_tasks` and a line in `FIGURES`.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import bench_tasks
from bench_tasks import DAY, EDITS, REGISTER
from rich.console import Console
from rich.table import Table

_ROWS_PATCHED = 100  # one in so many
_FIRST_ROW = 4
_LARGE = 100_000  # records, from which on the ratios have limits: below, starting takes the time
_STARTS = 11  # repeats of what takes no longer than a moment


@dataclass(frozen=True, slots=True)
class Figure:
    """What is compared with what, and how far the ratios may go in a large register.

    Both work in one folder: what comes `before`, unmeasured, then `over`, then `task`.
    """

    name: str
    task: str
    over: str
    most_time: float | None = None
    most_memory: float | None = None
    before: tuple[str, ...] = ()


FIGURES = (
    Figure("read", "read", "read_with_calamine"),
    Figure("check", "check", "read_with_calamine", 3, 3),
    Figure("check-with-memory", "check", "read_with_calamine", before=("run",)),
    Figure("patch", "patch", "read_with_calamine", 0.5),
    Figure("verify", "verify", "read_with_calamine"),
    Figure("patch-openpyxl", "patch", "change_with_openpyxl", 1 / 40, 0.3),
    Figure("run", "run", "read_with_calamine"),
    Figure("second-run", "run", "run", 0.15),
    Figure("second-run-of-few", "run", "run", before=("run", "change_a_few")),
    Figure("help", "help", "import_click", 1.5),
)
COMMANDS = {
    "help": "from xlflow.cli import main; main(['--help'])",
    "import_click": "import click",
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One repeat, or the medians of all."""

    seconds: float  # on the clock
    processor: float  # seconds
    peak_mb: float

    @classmethod
    def median(cls, repeats: list[Measurement]) -> Measurement:
        """The middle of each value."""
        columns = zip(*((one.seconds, one.processor, one.peak_mb) for one in repeats), strict=True)
        return cls(*map(statistics.median, columns))


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
    processor_ratio: float
    memory_ratio: float
    most_time: float | None
    most_memory: float | None

    @property
    def is_met(self) -> bool:
        """Whether the ratios are as low as they shall be, the time by the processor's."""
        return (self.most_time is None or self.processor_ratio <= self.most_time) and (
            self.most_memory is None or self.memory_ratio <= self.most_memory
        )


def prepare(folder: Path, records: int, register: Path | None) -> None:
    """Make the register and the edits; in a process of its own, since it takes much memory."""
    from bench_register import large_register

    from xlflow.languages import say
    from xlflow.record.fields import SHEETS
    from xlflow.settings import settings_text
    from xlflow.workbook.addresses import column_letters

    if register:
        shutil.copy(register, folder / REGISTER)
    else:
        data = large_register(records, "zh-Hans", date.fromisoformat(DAY))
        (folder / REGISTER).write_bytes(data)
    at = {field.key: column_letters(n) for n, field in enumerate(SHEETS["register"], 1)}
    sheet = say("zh-Hans", "record.sheet.register")
    edits = [
        (sheet, row, at[key], value)
        for row in range(_FIRST_ROW, _FIRST_ROW + records, _ROWS_PATCHED)
        for key, value in (("title", f"第 {row} 行改了名称"), ("estimate", 5))
    ]
    (folder / EDITS).write_text(json.dumps(edits), encoding="utf-8")
    settings = settings_text("zh-Hans", {"register": {"path": REGISTER, "language": "zh-Hans"}})
    (folder / "xlflow.toml").write_text(settings, encoding="utf-8")


def measure(figure: Figure, made: Path, records: int, repeats: int) -> Result:
    """Both tasks by turns, so that a slow moment of the machine meets both."""
    ours, theirs = [], []
    for _ in range(_STARTS if figure.task in COMMANDS else repeats):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for file in (REGISTER, EDITS, "xlflow.toml"):
                shutil.copy(made / file, folder)
            for task in figure.before:
                measured(task, folder)
            theirs.append(measured(figure.over, folder))
            ours.append(measured(figure.task, folder))
    one, other = Measurement.median(ours), Measurement.median(theirs)
    has_limits = records >= _LARGE or figure.task in COMMANDS
    return Result(
        name=figure.name,
        records=records,
        task=figure.task,
        measured=one,
        over=figure.over,
        compared=other,
        time_ratio=one.seconds / other.seconds,
        processor_ratio=one.processor / other.processor,
        memory_ratio=one.peak_mb / other.peak_mb,
        most_time=figure.most_time if has_limits else None,
        most_memory=figure.most_memory if has_limits else None,
    )


def measured(task: str, folder: Path) -> Measurement:
    """A task in a process of its own."""
    if task not in COMMANDS:
        command = [sys.executable, __file__, "--task", task, str(folder)]
        return Measurement(**json.loads(subprocess.check_output(command)))
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", COMMANDS[task]], stdout=subprocess.DEVNULL, check=True)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measurement(seconds, processor, after.ru_maxrss / 1024)


def measured_here(task: str, folder: Path) -> Measurement:
    """A task in this process."""
    work = getattr(bench_tasks, task)(folder)
    begun, processor = time.perf_counter(), time.process_time()
    kept = work()
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    del kept
    return Measurement(seconds, processor, peak_mb())


def peak_mb() -> float:
    """The most memory that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts what the parent held, too, in getrusage
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def show(results: Iterable[Result], repeats: int) -> None:
    """The table."""
    table = Table(title=f"Medians of {repeats} ({_STARTS} of starts); s = clock / processor")
    headings = ("figure", "records", "s", "over", "s", "time", "processor", "memory", "at most", "")
    for heading in headings:
        is_name = heading in ("figure", "over")
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=True)
    for one in results:
        limits = (one.most_time, one.most_memory)
        table.add_row(
            one.name,
            f"{one.records:,}",
            f"{one.measured.seconds:.2f} / {one.measured.processor:.2f}",
            one.over,
            f"{one.compared.seconds:.2f} / {one.compared.processor:.2f}",
            f"{one.time_ratio:.3f}",
            f"{one.processor_ratio:.3f}",
            f"{one.memory_ratio:.2f}",
            " / ".join(f"{limit:g}" for limit in limits if limit is not None),
            "" if limits == (None, None) else "met" if one.is_met else "MISSED",
        )
    Console(width=140).print(table)


def main() -> None:
    """The command line."""
    names = [figure.name for figure in FIGURES]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(names))
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--register", type=Path, help="a Chinese register with so many records")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--task", nargs=2, metavar=("TASK", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--prepare", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        name, folder = asked.task
        print(json.dumps(asdict(measured_here(name, Path(folder)))))
        return
    if asked.prepare:
        prepare(asked.prepare, asked.records, asked.register)
        return
    if unknown := set(asked.figures) - set(names):
        parser.error(f"no figure {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        given = ["--register", str(asked.register)] if asked.register else []
        command = [sys.executable, __file__, "--prepare", folder, "--records", str(asked.records)]
        subprocess.run([*command, *given], check=True)
        results = [
            measure(figure, Path(folder), asked.records, asked.repeats)
            for figure in FIGURES
            if not asked.figures or figure.name in asked.figures
        ]
    if asked.json:
        print(json.dumps([asdict(one) | {"met": one.is_met} for one in results], indent=2))
    else:
        show(results, asked.repeats)


if __name__ == "__main__":
    main()
