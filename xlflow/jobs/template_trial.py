"""Trying a company's templates on the worked example, so that their mistakes show before use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xlflow.errors import XlflowError
from xlflow.files import explained_reading
from xlflow.jobs.documents import strange_files
from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.example import NUMBER, worked_example, worked_progress
from xlflow.record.register import Register, Table, frame_of
from xlflow.reports.documents.kinds import KINDS, Kind
from xlflow.reports.documents.package import Marks
from xlflow.reports.documents.rendering import filled
from xlflow.reports.documents.templates import template_name
from xlflow.reports.documents.values import Source, context_of
from xlflow.settings import Settings

_ROW = 4


@dataclass(frozen=True, slots=True)
class TemplateTrial:
    """How the templates in a folder do. `strange`: files from which no document is made."""

    good: int
    faults: tuple[XlflowError, ...]
    strange: tuple[Path, ...]


def try_templates(folder: Path, settings: Settings, now: datetime) -> TemplateTrial:
    """Fill every template in `folder` with the worked example; nothing is written.

    Raises:
        FileNotRead: The folder cannot be read.
    """
    strange = strange_files(folder)
    faults: list[XlflowError] = []
    good = 0
    for path, kind, language in _templates(folder):
        names = context_of(_example(settings, language, now), kind, language)
        try:
            with explained_reading(path):
                data = path.read_bytes()
            filled(data, str(path), names, language, now, Marks())
            good += 1
        except XlflowError as err:
            faults.append(err)
    return TemplateTrial(good, tuple(faults), strange)


def _templates(folder: Path) -> Iterator[tuple[Path, Kind, Language]]:
    for language in LANGUAGES:
        for kind in KINDS:
            path = folder / template_name(kind.id, language)
            if path.is_file():
                yield path, kind, language


def _example(settings: Settings, language: Language, now: datetime) -> Source:
    """The worked example, in a register of its own."""
    schema = settings.schema
    lines: Mapping[str, Iterable[Mapping[str, Any]]] = {
        "register": [worked_example(language, schema)],
        "progress": worked_progress(language, schema),
    }
    tables = {
        sheet: Table(
            sheet=sheet,
            title=say(language, f"record.sheet.{sheet}"),
            columns={},
            frame=frame_of(sheet, lines.get(sheet, ()), schema=schema),
            first_row=_ROW,
            schema=schema,
        )
        for sheet in schema.sheets
    }
    register = Register(
        path=settings.register_location,
        language=language,
        register_id=settings.workbook.id,
        layout=1,
        requirements=tables["register"],
        progress=tables["progress"],
        issues=tables["issues"],
        changes=tables["changes"],
    )
    deadlines = settings.deadlines.model_dump()
    return Source(register, _ROW, NUMBER, now, settings.documents.company, deadlines)
