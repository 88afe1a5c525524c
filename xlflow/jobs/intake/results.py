"""What requesters read beside their forms: what to mend, or a receipt.

Plain text: it opens with a double click everywhere, and shows in a preview. The name says it all
before it is opened: ``form.xlsx - please mend.txt``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from xlflow.checks.finding import Finding
from xlflow.languages import LANGUAGES, Language, say
from xlflow.ledger import Intake
from xlflow.pages.wrapping import display_width, wrapped
from xlflow.reports.documents.naming import fit_name
from xlflow.settings import Settings
from xlflow.workbook.form.reading import FilledForm

_WIDTH = 76  # of letters: fits a window of Notepad as it opens
_SIGNATURE = "[xlflow]"
_LONGEST_STEM_BYTES = (
    150  # with the number, the ending and a turn well below the 255 of most drives
)


def result_name(form: str, language: Language) -> str:
    """The name of the text that says what to mend in a form."""
    return f"{form} - {say(language, 'intake.mend.name')}.txt"


def is_result(name: str) -> bool:
    """Whether a file has the name of such a text, in any language."""
    return any(name.endswith(result_name("", language)) for language in LANGUAGES)


def form_of(result: str) -> str:
    """The form that such a text is about."""
    ends = (result_name("", language) for language in LANGUAGES)
    return next(result.removesuffix(end) for end in ends if result.endswith(end))


def kept_names(form: str, number: str, turn: int) -> tuple[str, str]:
    """What a form that was taken in is called, and its receipt; `turn` avoids names in use."""
    path = PurePath(form)
    suffix = f" ({turn})" if turn > 1 else ""
    short = path.stem.encode()[:_LONGEST_STEM_BYTES].decode("utf-8", "ignore").rstrip()
    stem = short + (f" {fit_name(number)}" if number else "") + suffix
    return f"{stem}{path.suffix}", f"{stem}.txt"


def as_file(text: str) -> bytes:
    """A text as Windows expects it in a file, signed."""
    return f"{text}\n\n{_SIGNATURE}\n".replace("\n", "\r\n").encode("utf-8-sig", "replace")


def is_ours(data: bytes) -> bool:
    """Whether a file is such a text, as it was written."""
    return data.decode("utf-8-sig", "replace").rstrip().endswith(_SIGNATURE)


def text_to_mend(
    form: FilledForm, faults: Sequence[Finding], hints: Sequence[Finding], language: Language
) -> str:
    """What to mend in a form, each with its cell; then what would be better."""
    lines = _heading(say(language, "intake.mend.heading", file=form.file, count=len(faults)))
    lines += _listed(form, faults, language)
    if hints:
        lines += ["", *wrapped(say(language, "intake.hints"), _WIDTH)]
        lines += _listed(form, hints, language)
    lines += ["", *wrapped(say(language, "intake.mend.next"), _WIDTH)]
    return "\n".join(lines)


def text_of_unusable(file: str, reason: str, language: Language) -> str:
    """Why a file cannot be taken in at all."""
    lines = _heading(say(language, "intake.mend.unusable", file=file))
    lines += ["", *wrapped(reason, _WIDTH)]
    lines += ["", *wrapped(say(language, "intake.mend.remove"), _WIDTH)]
    return "\n".join(lines)


@dataclass(frozen=True)
class Registered:
    """A form that became a record: what its receipt tells."""

    form: FilledForm
    number: str
    row: int
    is_hidden: bool
    register: str  # its file
    hints: tuple[Finding, ...]
    like: Intake | None  # an earlier copy of the same form with much the same answers
    differing: tuple[str, ...]  # labels of the answers that differ from it


def receipt(told: Registered, settings: Settings, now: datetime, language: Language) -> str:
    """What a requester keeps: the number, and what comes next."""
    form = told.form
    title = form.told.get("title", "")
    number = told.number or say(language, "intake.receipt.later")
    lines = _heading(say(language, "intake.receipt.heading", number=number, title=title))
    facts = {"register": told.register, "row": told.row, "moment": _moment(now)}
    lines += ["", *wrapped(say(language, "intake.receipt.place", **facts), _WIDTH)]
    if told.is_hidden:
        lines += wrapped(say(language, "intake.receipt.hidden"), _WIDTH)
    days = settings.deadlines.confirm
    lines += ["", *wrapped(say(language, "intake.receipt.next", days=days), _WIDTH)]
    if told.like:
        facts = {"number": told.like.number, "labels": _joined(told.differing, language)}
        lines += ["", *wrapped(say(language, "intake.receipt.like", **facts), _WIDTH)]
    if form.has_pictures:
        lines += ["", *wrapped(say(language, "intake.receipt.pictures"), _WIDTH)]
    if told.hints:
        lines += ["", *wrapped(say(language, "intake.hints-in-register"), _WIDTH)]
        lines += _listed(form, told.hints, language)
    return "\n".join(lines)


def receipt_again(
    form: FilledForm, before: Intake, settings: Settings, language: Language, *, is_there: bool
) -> str:
    """What is told of a form that was taken in before, with the same answers."""
    heading = say(language, "intake.again.heading", number=before.number)
    facts = {"file": before.file, "number": before.number}
    moment = _moment(before.taken_at.astimezone(settings.calendar.zone))
    lines = _heading(heading)
    lines += ["", *wrapped(say(language, "intake.again.text", moment=moment, **facts), _WIDTH)]
    if not is_there:
        lines += ["", *wrapped(say(language, "intake.again.gone", number=before.number), _WIDTH)]
    lines += ["", *wrapped(say(language, "intake.again.next", file=form.file), _WIDTH)]
    return "\n".join(lines)


def cell_of(form: FilledForm, key: str) -> str:
    """Where an answer stands in its form: ``B8``; "" for none."""
    return form.cells.get(key, "").rpartition("!")[2]


def _heading(text: str) -> list[str]:
    lines = wrapped(text, _WIDTH)
    return [*lines, "=" * max(map(display_width, lines))]


def _listed(form: FilledForm, findings: Collection[Finding], language: Language) -> Iterator[str]:
    for number, found in enumerate(findings, 1):
        cell = cell_of(form, found.field)
        yield ""
        yield f"{number}. {cell}  {found.label(language)}".rstrip().replace("  ", " ")
        yield from wrapped(found.message(language), _WIDTH, indent="   ")


def _joined(labels: Collection[str], language: Language) -> str:
    return say(language, "intake.comma").join(labels)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
