"""An old tracker of any shape as a new register. The old file is read, and never written.

read -> propose (or take the corrected mapping) -> place and count every cell -> build the register
    with what was kept and the report -> write both, beside the old file
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xlflow.adoption.grid import Grid
from xlflow.adoption.map_file import map_text
from xlflow.adoption.map_reading import read_map
from xlflow.adoption.placing import Adopted, place
from xlflow.adoption.proposal import TrackerMap, propose
from xlflow.adoption.records import Customs
from xlflow.checks.lists import masked
from xlflow.errors import UsageError, XlflowError
from xlflow.files import write_new, write_whole
from xlflow.jobs.adoption.sheets import kept_tab, report_tab
from xlflow.jobs.inspection import limits_of
from xlflow.jobs.progress import Progress, quiet
from xlflow.languages import Language, uses_traditional
from xlflow.settings import Settings, default_settings
from xlflow.workbook.grids import Grids, read_grids
from xlflow.workbook.schema import LIST_ROWS
from xlflow.workbook.template import build_register

_TOLD_BY = 2_000  # texts that tell the language of a tracker


class NoTracker(XlflowError):
    """No sheet of `file` has headers that are known. `map` is a mapping file to begin with."""

    def __init__(self, file: str, titles: list[str]) -> None:
        first = titles[0] if titles else ""
        lines = (
            "[[sheet]]",
            f'name = "{first}"',
            'as = "register"',
            "header_rows = [1, 1]",
            "[sheet.columns]",
            'A = "title"',
        )
        begun = "".join(f"\n  {line}" for line in lines)
        sheets = ", ".join(titles)
        super().__init__("adoption.refused.no-tracker", file=file, sheets=sheets, map=begun)


class NoRecords(XlflowError):
    """The tracker in `file` holds headers and no record."""

    def __init__(self, file: str) -> None:
        super().__init__("adoption.refused.no-records", file=file)


@dataclass(frozen=True)
class Adoption:
    """An old tracker and what it becomes; nothing is written yet."""

    old: Path
    settings: Settings
    language: Language
    grids: Grids
    mapping: TrackerMap
    adopted: Adopted


def adopt(
    old: Path,
    settings: Settings | None,
    today: date,
    *,
    language: Language | None = None,
    map_path: Path | None = None,
    sheet: str | None = None,
    mask: bool = False,
    progress: Progress = quiet,
) -> Adoption:
    """Find out what an old tracker becomes.

    `language` of the new register; that of the settings or of the tracker where it is None.
    `map_path`: the corrected mapping. `sheet`: the one sheet to adopt. `mask`: mask the names.

    Raises:
        UsageError: A faulty mapping file, with all its faults, or a sheet that is not there.
        NoTracker, NoRecords: It holds none.
        XlflowError: It cannot be read.
    """
    progress("reading")
    known = settings or default_settings()
    grids = read_grids(_bytes(old), old.name, limits=limits_of(known))
    titles = [grid.title for grid in grids.sheets]
    if sheet is not None and sheet not in titles:
        facts = {"file": old.name, "found": sheet, "sheets": ", ".join(titles)}
        raise UsageError("adoption.refused.sheet-unknown", **facts)
    progress("mapping")
    if map_path is None:
        mapping = propose(grids.sheets, known.schema, sheet)
    else:
        mapping = read_map(_text(map_path), map_path, grids.sheets, known.schema, old.name)
    if not any(held.sheet == "register" for held in mapping.sheets):
        raise NoTracker(old.name, titles)
    told = language or (settings.workbook.language if settings else guessed(grids.sheets))
    customs = Customs(
        language=told,
        today=today,
        mask=masked if mask else None,
    )
    progress("placing")
    adopted = place(grids.sheets, mapping, known.schema, customs)
    if not adopted.records:
        raise NoRecords(old.name)
    return Adoption(old, known, told, grids, mapping, adopted)


def write(
    adoption: Adoption,
    out: Path,
    map_out: Path | None,
    told_in: Language,
    *,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> None:
    """Write the new register, and the proposal of the mapping if `map_out` is given.

    Raises:
        UsageError: `out` is the old tracker, or a file exists and may not be overwritten.
        FileNotWritten: The folder cannot be written.
    """
    if _is_same(out, adoption.old) or (map_out and _is_same(map_out, adoption.old)):
        raise UsageError("adoption.refused.same-file", path=out)
    if out.exists() and not overwrite:
        raise UsageError("adoption.refused.exists", path=out)
    if map_out and map_out.exists() and not overwrite:
        raise UsageError("adoption.refused.map-exists", path=map_out)
    progress("writing")
    data = new_register(adoption)
    if overwrite:
        write_whole(out, data)
    elif not write_new(out, data):
        raise UsageError("adoption.refused.exists", path=out)
    if map_out:
        schema = adoption.settings.schema
        names = {"file": adoption.old.name, "map_file": map_out.name}
        text = map_text(adoption.mapping, schema, told_in, **names)
        write_whole(map_out, text.encode("utf-8"))


def new_register(adoption: Adoption) -> bytes:
    """The register that the tracker becomes, with what was kept and the report."""
    adopted, language = adoption.adopted, adoption.language
    schema, file = adoption.settings.schema, adoption.old.name
    report = report_tab(language, schema, file, adoption.grids, adoption.mapping, adopted)
    tabs = (kept_tab(language, adopted), report)
    return build_register(
        language,
        settings=adoption.settings,
        register_id=adoption.settings.workbook.id,
        rows=adopted.rows,
        progress=adopted.progress,
        issues=adopted.issues,
        changes=adopted.changes,
        departments=_departments(adoption),
        extra=[tab for tab in tabs if tab],
    )


def guessed(grids: tuple[Grid, ...]) -> Language:
    """The language in which most of a tracker is written."""
    texts: Counter[str] = Counter()
    for grid in grids:
        for row in grid.rows[:_TOLD_BY]:
            texts.update(value for value in row if isinstance(value, str))
    whole = "".join(text for text, _ in texts.most_common(_TOLD_BY))
    wide = sum("\u3400" <= letter <= "\u9fff" for letter in whole)
    if wide * 8 < len(whole):
        return "en"
    return "zh-Hant" if uses_traditional(whole) else "zh-Hans"


def _departments(adoption: Adoption) -> tuple[str, ...] | None:
    """Those of the settings and those that the records name; None where there are none."""
    told = adoption.settings.template.departments
    named = (name for name in adoption.adopted.departments if name not in told)
    return (*told, *named)[:LIST_ROWS] or None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        reason = err.strerror or str(err)
        raise XlflowError("adoption.refused.missing", path=path, reason=reason) from err


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        reason = getattr(err, "strerror", None) or str(err)
        raise UsageError("adoption.refused.unreadable-map", path=path, reason=reason) from err


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and one.samefile(other))
