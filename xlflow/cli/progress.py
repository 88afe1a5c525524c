"""Progress of long work, on standard error, and only where a person looks at it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from xlflow.cli.options import Door


@contextlib.contextmanager
def progress_bar(door: Door) -> Iterator[Callable[[str], None]]:
    """A line that names the part of the work at hand; yields who is told as each part begins."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _part: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda part: bar.update(task, description=door.say(f"progress.{part}"))
