"""Making the standard's Word documents of records, and writing out the templates for editing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xlflow.errors import UsageError, XlflowError
from xlflow.files import explained_reading, write_new, write_whole
from xlflow.jobs.child_lines import number_text
from xlflow.jobs.filing import Place, file_document
from xlflow.jobs.inspection import read_now
from xlflow.jobs.progress import Progress, quiet
from xlflow.languages import LANGUAGES, Language
from xlflow.record.register import Register
from xlflow.reports.documents.kinds import BY_ID, KINDS, Kind, reached_step
from xlflow.reports.documents.naming import fit_name
from xlflow.reports.documents.package import Marks
from xlflow.reports.documents.rendering import filled
from xlflow.reports.documents.templates import build_template, template_name
from xlflow.reports.documents.values import Gap, Source, context_of, is_blank
from xlflow.settings import Settings


@dataclass(frozen=True, slots=True)
class Made:
    """A document, where it lies, and the blank fields that it shows as missing."""

    number: str
    kind: Kind
    place: Place
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class NotMade:
    """A document that could not be made or written, and why."""

    number: str
    kind: Kind
    error: XlflowError


@dataclass(frozen=True, slots=True)
class Documents:
    """What was made. `strange`: files in the folder of templates that no document is made from."""

    made: tuple[Made, ...] = ()
    failed: tuple[NotMade, ...] = ()
    strange: tuple[Path, ...] = ()

    def with_(self, other: Documents) -> Documents:
        """These and others, of another register."""
        strange = tuple(dict.fromkeys((*self.strange, *other.strange)))
        return Documents((*self.made, *other.made), (*self.failed, *other.failed), strange)

    @property
    def gaps(self) -> dict[tuple[str, Gap], tuple[Kind, ...]]:
        """Each blank field of each record, with the documents that show it as missing."""
        found: dict[tuple[str, Gap], tuple[Kind, ...]] = {}
        for made in self.made:
            for gap in made.gaps:
                key = (made.number, gap)
                found[key] = (*found.get(key, ()), made.kind)
        return found


@dataclass(frozen=True, slots=True)
class Wish:
    """Which documents are wanted.

    `step` and `kinds` choose; with neither it is those of all steps that a record has reached.
    `folder` and `language` stand in for those of the settings and the register.
    """

    step: int | None = None
    kinds: tuple[str, ...] = ()
    folder: Path | None = None
    language: Language | None = None
    overwrite: bool = False


def make_documents(
    settings: Settings,
    numbers: Sequence[str],
    now: datetime,
    wish: Wish,
    progress: Progress = quiet,
) -> Documents:
    """Make the documents of these records; one that fails leaves the others alone.

    Raises:
        UsageError: The register has no such number, or has it twice. Nothing was made.
        XlflowError: The register cannot be read.
    """
    register = read_now(settings, now, progress)
    rows = _rows_of(register, numbers)
    progress("documents")
    templates = (
        settings.locate(settings.documents.templates) if settings.documents.templates else None
    )
    language = wish.language or register.language
    strange = strange_files(templates) if templates else ()
    made: list[Made] = []
    failed: list[NotMade] = []
    for number, row in rows.items():
        source = Source(
            register=register,
            row=row,
            number=number,
            now=now,
            company=settings.documents.company,
            deadlines=settings.deadlines.model_dump(),
        )
        for kind in _wanted(register, row, wish):
            try:
                made.append(_made(source, kind, templates, settings, language, wish))
            except XlflowError as err:
                failed.append(NotMade(number, kind, err))
    return Documents(tuple(made), tuple(failed), strange)


def folder_of(number: str, settings: Settings, folder: Path | None = None) -> Path:
    """Where the documents of a requirement lie; `folder` stands in for that of the settings."""
    root = (folder or settings.locate(settings.documents.folder)).resolve()
    return root / fit_name(settings.in_folders(number))


def write_templates(
    folder: Path, language: Language, *, overwrite: bool = False
) -> dict[Path, bool]:
    """Write the shipped templates of a language for editing; path -> whether it was written.

    Raises:
        FileNotWritten: The folder cannot be written.
    """
    written = {}
    for kind in KINDS:
        path, data = folder / template_name(kind.id, language), build_template(kind, language)
        if overwrite:
            write_whole(path, data)
        written[path] = overwrite or write_new(path, data)
    return written


def _made(
    source: Source,
    kind: Kind,
    templates: Path | None,
    settings: Settings,
    language: Language,
    wish: Wish,
) -> Made:
    names = context_of(source, kind, language)
    template, place = _template(kind, templates, language)
    about = Marks(source.number, kind.id)
    document = filled(template, place, names, language, source.now, about)
    folder = folder_of(source.number, settings, wish.folder)
    filed = file_document(
        folder,
        fit_name(f"{source.number} {kind.name(language)}"),
        document.data,
        document.marks,
        overwrite=wish.overwrite,
    )
    return Made(source.number, kind, filed, document.gaps)


def _template(kind: Kind, folder: Path | None, language: Language) -> tuple[bytes, str]:
    """The company's own template if there is one, else the shipped one; and how it is called."""
    name = template_name(kind.id, language)
    if folder is not None:
        path = folder / name
        with explained_reading(path):
            if path.is_file():
                return path.read_bytes(), str(path)
    return build_template(kind, language), name


def _rows_of(register: Register, numbers: Sequence[str]) -> dict[str, int]:
    """Number -> its row. All faults at once."""
    rows: dict[str, list[int]] = {}
    frame = register.requirements.frame
    for row, number in zip(frame.index, map(number_text, frame["number"]), strict=True):
        rows.setdefault(number, []).append(int(row))
    wanted = dict.fromkeys(number.strip() for number in numbers)
    unknown = [number for number in wanted if not number or number not in rows]
    if unknown:
        near = difflib.get_close_matches(unknown[0], [known for known in rows if known], n=3)
        raise UsageError(
            "documents.no-number", numbers=", ".join(unknown), near=", ".join(near) or "–"
        )
    table = register.requirements
    for number in wanted:
        if len(rows[number]) > 1:
            cells = ", ".join(table.cell(row, "number") for row in rows[number])
            raise UsageError("documents.doubled", number=number, cells=cells)
    return {number: rows[number][0] for number in wanted}


def _wanted(register: Register, row: int, wish: Wish) -> list[Kind]:
    frame = register.requirements.frame
    if wish.kinds:
        return [BY_ID[kind] for kind in wish.kinds]
    if wish.step is not None:
        return [kind for kind in KINDS if kind.step == wish.step]
    status = register.schema.choices_of("status").parse(frame["status"][row])
    reached = reached_step(status, lambda key: not is_blank(frame[key][row]))
    return [kind for kind in KINDS if kind.step <= reached]


def strange_files(folder: Path) -> tuple[Path, ...]:
    """Word files in a folder of templates whose names belong to no document.

    Raises:
        FileNotRead
    """
    known = {template_name(kind.id, language) for kind in KINDS for language in LANGUAGES}
    with explained_reading(folder):
        files = sorted(folder.iterdir())
    return tuple(
        file
        for file in files
        if file.suffix.lower() == ".docx" and file.name not in known and file.name[:2] != "~$"
    )
