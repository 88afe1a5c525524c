"""``xlflow documents``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_CLEAN, UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.documents import Documents, Made, NotMade
    from xlflow.reports.documents.values import Gap

# As the documents are called in files of templates and on the command line.
KIND_IDS = (
    *("requirement-record", "assessment-report", "solution", "test-report", "uat-report"),
    *("golive-confirmation", "closure-confirmation", "retrospective"),
)
STEPS = ("1", "2", "3", "5", "6")


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "documents", day=True)
    @click.argument("numbers", metavar="NUMBER", nargs=-1)
    @click.option(
        "--step", type=click.Choice(STEPS), help=say(language, "cli.documents.option.step")
    )
    @click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(KIND_IDS),
        help=say(language, "cli.documents.option.kind"),
    )
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help=say(language, "cli.documents.option.out"),
    )
    @click.option("--overwrite", is_flag=True, help=say(language, "cli.documents.option.overwrite"))
    @click.option(
        "--templates",
        type=click.Path(file_okay=False, path_type=Path),
        help=say(language, "cli.documents.option.templates"),
    )
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def documents(
        door: Door,
        numbers: tuple[str, ...],
        step: str | None,
        kinds: tuple[str, ...],
        out: Path | None,
        overwrite: bool,
        templates: Path | None,
        as_json: bool,
    ) -> None:
        from xlflow.reports.documents import require_word

        require_word()
        if templates is not None:
            _write_templates(door, templates, overwrite=overwrite)
            return
        if not numbers:
            raise UsageError("cli.documents.no-number")
        made = _made(door, numbers, int(step) if step else None, kinds, out, overwrite=overwrite)
        if as_json:
            door.print_json(_as_dict(made, door.language))
        else:
            _print(door, made)
        raise click.exceptions.Exit(
            max((one.error.exit_code for one in made.failed), default=EXIT_CLEAN)
        )

    return documents


def _made(
    door: Door,
    numbers: tuple[str, ...],
    step: int | None,
    kinds: tuple[str, ...],
    out: Path | None,
    *,
    overwrite: bool,
) -> Documents:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.documents import Documents, Wish, make_documents

    wish = Wish(step, kinds, out, door.asked, overwrite=overwrite)
    made = Documents()
    with progress_bar(door) as progress:
        for there, held in door.holding_each(numbers):
            made = made.with_(make_documents(there.settings, held, there.now, wish, progress))
    return made


def _write_templates(door: Door, folder: Path, *, overwrite: bool) -> None:
    from xlflow.jobs.documents import write_templates

    for language in _languages(door):
        for path, is_new in write_templates(folder, language, overwrite=overwrite).items():
            door.tell(f"documents.template-{'written' if is_new else 'exists'}", path=path)
    door.tell("documents.templates-next", folder=folder)


def _languages(door: Door) -> tuple[Language, ...]:
    """The language that was asked for, else those of the registers, else the person's."""
    if door.asked:
        return (door.asked,)
    if not door.settings_file.is_file():
        return (door.language,)
    registers = door.company.some(door.registers)
    return tuple(dict.fromkeys(settings.workbook.language for settings in registers))


def _print(door: Door, documents: Documents) -> None:
    for made in documents.made:
        door.tell(f"documents.filed.{made.place.filed}", path=_near(made.place.path))
        if made.place.beside:
            door.tell("documents.beside", path=_near(made.place.beside))
    for failed in documents.failed:
        name = failed.kind.name(door.language)
        reason = failed.error.message(door.language)
        door.complain("documents.failed", number=failed.number, name=name, reason=reason)
    for path in documents.strange:
        door.tell("documents.strange", path=path)
    _print_gaps(door, documents)


def _print_gaps(door: Door, documents: Documents) -> None:
    from xlflow.cli.tables import print_table

    gaps = documents.gaps
    if not gaps:
        return
    door.tell("documents.gaps", count=len(gaps))
    heads = [door.say(f"documents.{name}") for name in ("number", "field", "cell", "needed", "in")]
    rows = [
        (
            number,
            f"【{gap.label}】",
            gap.cell or door.say("documents.no-column"),
            _needed_from(gap, door.language),
            ", ".join(kind.name(door.language) for kind in kinds),
        )
        for (number, gap), kinds in gaps.items()
    ]
    print_table(door, heads, rows)


def _needed_from(gap: Gap, language: Language) -> str:
    if not gap.needed_from:
        return say(language, "cli.documents.optional")
    return say(language, f"record.choice.status.{gap.needed_from}")


def _near(path: Path) -> Path:
    """The path as seen from here, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _as_dict(documents: Documents, language: Language) -> dict[str, Any]:
    return {
        "documents": [_made_as_dict(made) for made in documents.made],
        "failed": [_failed_as_dict(failed, language) for failed in documents.failed],
    }


def _made_as_dict(made: Made) -> dict[str, Any]:
    return {
        "number": made.number,
        "document": made.kind.id,
        "step": made.kind.step,
        "file": str(made.place.path),
        "state": made.place.filed,
        "edited_one": str(made.place.beside) if made.place.beside else None,
        "missing": [
            {
                "field": gap.field,
                "label": gap.label,
                "cell": gap.cell or None,
                "needed_from": gap.needed_from or None,
            }
            for gap in made.gaps
        ],
    }


def _failed_as_dict(failed: NotMade, language: Language) -> dict[str, Any]:
    return {
        "number": failed.number,
        "document": failed.kind.id,
        "error": failed.error.message(language),
    }
