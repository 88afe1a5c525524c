"""The folder of the reports may be written."""

from __future__ import annotations

import os
from collections.abc import Iterator

from xlflow.jobs.doctor.lines import Line, text
from xlflow.jobs.doctor.surroundings import Surroundings


def folder(surroundings: Surroundings) -> Iterator[Line]:
    """It exists and may be written, or can be made."""
    settings = surroundings.settings
    place = settings.locate(settings.reports.folder).resolve()
    present = next(path for path in (place, *place.parents) if path.exists())
    if not present.is_dir():
        yield Line("reports.folder", "bad", text("reports.no-folder", path=place, file=present))
    elif not os.access(present, os.W_OK | os.X_OK):
        yield Line("reports.folder", "bad", text("reports.denied", path=place, folder=present))
    elif present == place:
        yield Line("reports.folder", "good", text("reports.good", path=place))
    else:
        yield Line("reports.folder", "good", text("reports.absent", path=place))
