"""The inbox, into which requesters drop their forms."""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.jobs.doctor.lines import Line, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.intake.inbox import inbox_for_people, inbox_of
from xlflow.settings import is_smb


def folder(surroundings: Surroundings) -> Iterator[Line]:
    """It is there and can be looked into, or will be made."""
    settings = surroundings.settings
    if is_smb(settings.register_location):
        surroundings.snapshot.needed()  # why a server does not let us in is told once
    path = inbox_for_people(settings)
    with inbox_of(settings) as (_, inbox):
        try:
            names = inbox.host.names(inbox.folder)
        except FileNotFoundError:
            yield Line("inbox.folder", "good", text("inbox.absent", path=path))
        except NotADirectoryError:
            yield Line("inbox.folder", "bad", text("inbox.no-folder", path=path))
        except PermissionError:
            yield Line("inbox.folder", "bad", text("inbox.denied", path=path))
        else:
            count = sum(name.lower().endswith((".xlsx", ".xlsm")) for name in names)
            yield Line("inbox.folder", "good", text("inbox.good", path=path, count=count))
