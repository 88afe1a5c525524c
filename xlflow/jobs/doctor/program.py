"""Which xlflow this is, and on what it runs."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from xlflow import __version__
from xlflow.jobs.doctor.lines import Line, text


def version() -> Iterator[Line]:
    """The versions that a support team asks for first."""
    told = text(
        "program.version",
        xlflow=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}".strip(),
    )
    yield Line("program.version", "good", told)
