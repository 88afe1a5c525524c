"""The register: there, readable, laid out as it should be, and who has it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import timedelta

from xlflow.jobs.doctor.lines import Line, Message, NotLooked, Text, readable_size, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.drive import drive_of
from xlflow.settings import Settings
from xlflow.workbook.reader_refusals import LayoutRefused
from xlflow.workbook.refusals import WorkbookRefused
from xlflow.workbook.share import WorkbookMissing, owner_files
from xlflow.workbook.share.errors import explained

# Whoever has it open over night is asked to close it: nothing is written all that time.
_TOO_LONG = timedelta(hours=12)
_DIFFERENCES_SHOWN = 10


def file(surroundings: Surroundings) -> Iterator[Line]:
    """The workbook is there and can be read."""
    try:
        taken = surroundings.snapshot.ask()
    except WorkbookMissing as err:
        yield Line("register.file", "bad", _missing(surroundings.settings) or err)
        return
    with drive_of(surroundings.settings) as drive, explained(taken.path):
        saved_at = surroundings.local(drive.modified_at(taken.path))
    size = readable_size(len(taken.data))
    yield Line(
        "register.file", "good", text("register.found", path=taken.path, size=size, at=saved_at)
    )


def open_elsewhere(surroundings: Surroundings) -> Iterator[Line]:
    """Who has the workbook open, and which signs of that are left from a crashed program."""
    taken = surroundings.snapshot.needed()
    now = surroundings.clock()
    with drive_of(surroundings.settings) as drive, explained(taken.path):
        signs = owner_files(drive, taken.path, now)
        is_in_use = drive.has_writer(taken.path)
    for sign in signs:
        facts = {
            "by": sign.person,
            "since": surroundings.local(sign.since),
            "program": sign.program,
            "path": sign.path,
        }
        if sign.stale:
            yield Line("register.open", "bad", Text("doctor.register.stale", facts))
        elif now - sign.since > _TOO_LONG:
            yield Line("register.open", "bad", Text("doctor.register.open-long", facts))
        else:
            yield Line("register.open", "note", Text("doctor.register.open", facts))
    if all(sign.stale for sign in signs) and is_in_use:
        yield Line("register.open", "note", text("register.in-use"))
    elif not signs:
        yield Line("register.open", "good", text("register.closed"))


def layout(surroundings: Surroundings) -> Iterator[Line]:
    """The workbook is a register, with all sheets and columns."""
    surroundings.snapshot.needed()
    try:
        register = surroundings.register.ask()
    except LayoutRefused as err:
        is_mendable = _has_differences(surroundings)
        told: Message = text("register.refused", count=err.count) if is_mendable else err
        yield Line("register.layout", "bad", told)
        return
    told = text(
        "register.layout",
        records=len(register.requirements),
        language=register.language,
        schema=register.layout,
    )
    yield Line("register.layout", "good", told)


def repair(surroundings: Surroundings) -> Iterator[Line]:
    """What `xlflow repair` would put back, also where the register cannot be read for it."""
    surroundings.snapshot.needed()
    try:
        found = surroundings.differences.ask()
    except WorkbookRefused:
        surroundings.register.needed()  # if not to be had, the line about the layout tells why
        raise
    for difference in found[:_DIFFERENCES_SHOWN]:
        told = text("register.differs", difference=difference)
        yield Line("register.repair", "bad", told if difference.is_repairable else difference)
    if (more := len(found) - _DIFFERENCES_SHOWN) > 0:
        yield Line("register.repair", "bad", text("register.differs-more", count=more))
    if not found:
        yield Line("register.repair", "good", text("register.sound"))


def _has_differences(surroundings: Surroundings) -> bool:
    """Whether `repair` tells what is wrong, so that it need not be told twice."""
    try:
        return bool(surroundings.differences.needed())
    except NotLooked:
        return False


def _missing(settings: Settings) -> Text | None:
    """What there is instead of the workbook; None if nothing helps to find it."""
    with drive_of(settings) as drive:
        folder, name = drive.split(drive.locate(settings.register_location))
        try:
            names = drive.names(folder)
        except OSError:
            return text("register.no-folder", folder=folder)
    books = [other for other in names if other.lower().endswith((".xlsx", ".xlsm"))]
    near = difflib.get_close_matches(name, books, n=1)
    return text("register.renamed", folder=folder, name=name, near=near[0]) if near else None
