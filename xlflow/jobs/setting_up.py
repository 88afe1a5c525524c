"""Setting up: the empty template, and a folder with settings and a register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xlflow.errors import UsageError
from xlflow.files import explained, write_new, write_whole
from xlflow.jobs.sample import sample_register
from xlflow.languages import Language, say
from xlflow.settings import SETTINGS_FILE, Settings, is_smb, load_company, settings_text
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.template import build_register


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a folder holds now. `kept` existed before and was left alone."""

    settings: Path
    registers: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_template(
    path: Path, language: Language, settings: Settings | None, *, overwrite: bool = False
) -> None:
    """Write the empty register.

    Raises:
        UsageError: `path` exists, and may not be overwritten.
        FileNotWritten: The folder cannot be written.
    """
    register_id = settings.workbook.id if settings else "main"
    data = build_register(language, settings=settings, register_id=register_id)
    if not _write(path, data, overwrite=overwrite):
        raise UsageError("cli.template.exists", path=path)


def set_up(
    folder: Path,
    language: Language,
    today: date,
    *,
    sample: int = 0,
    overwrite: bool = False,
) -> SetUp:
    """Make `folder` ready: the settings, every line explained, and the register.

    Where there are settings, they stay, and the registers that they name are made. `sample`: so
    many sample records in each, as they might stand on `today`. The settings come last, since
    their presence says that the folder is ready.

    Raises:
        SettingsError: The settings that are there are faulty.
        UsageError: They name a register on a server.
        FileNotWritten: The folder cannot be made or written.
    """
    settings_path = folder / SETTINGS_FILE
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        settings_are_kept = settings_path.exists() and not overwrite
    if settings_are_kept:
        made = load_company(settings_path).registers
        for settings in made:
            if is_smb(settings.workbook.path):
                raise UsageError("jobs.init-on-server", place=settings.workbook.path)
    else:
        values = _values(language, is_sample=bool(sample))
        made = (Settings.model_validate(values).model_copy(update={"folder": folder}),)
    kept = []
    for settings in made:
        data = _register(settings, today, sample)
        if not _write(Path(settings.register_location), data, overwrite=overwrite):
            kept.append(Path(settings.register_location))
    if settings_are_kept:
        kept.append(settings_path)
    else:
        write_whole(settings_path, settings_text(language, values).encode("utf-8"))
    places = tuple(Path(settings.register_location) for settings in made)
    return SetUp(settings_path, places, tuple(kept))


def _values(language: Language, *, is_sample: bool) -> dict[str, dict[str, object]]:
    name = f"{say(language, 'record.sheet.register')}.xlsx"
    values: dict[str, dict[str, object]] = {"register": {"path": name, "language": language}}
    if is_sample:
        values["mail"] = {
            "sender": "xlflow <xlflow@example.com>",
            "weekly": ["management@example.com"],
        }
    return values


def _register(settings: Settings, today: date, sample: int) -> bytes:
    language = settings.workbook.language
    if not sample:
        return build_register(language, settings=settings, register_id=settings.workbook.id)
    held = sample_register(
        sample, language, today, WorkingCalendar.from_settings(settings), settings.schema
    )
    return build_register(
        language,
        settings=settings,
        register_id=settings.workbook.id,
        rows=held.requirements,
        progress=held.progress,
        issues=held.issues,
        changes=held.changes,
        departments=held.departments,
        people=held.people,
    )


def _write(path: Path, data: bytes, *, overwrite: bool) -> bool:
    """Write a file, a present one only if it may be overwritten; tells whether it was written."""
    if not overwrite:
        return write_new(path, data)
    write_whole(path, data)
    return True
