"""Forms become records: checked, numbered and appended in one commit, and noted in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath

from xlflow.jobs.appending import appended
from xlflow.jobs.changing import Change, patched
from xlflow.jobs.inspection import limits_of, read
from xlflow.jobs.intake.dropped import Dropped
from xlflow.jobs.intake.examining import Examined, examine, line_of, writable
from xlflow.jobs.intake.results import Registered, receipt
from xlflow.jobs.numbering import NumberDue
from xlflow.jobs.reserving import reserved_for
from xlflow.ledger import Intake, Ledger
from xlflow.record.fields import Kind
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.form.reading import FilledForm
from xlflow.workbook.share import Snapshot

_MOSTLY = 0.5  # of the texts of a form may differ in an edited copy


@dataclass
class Taking:
    """One commit that takes forms in; `decide` is what `change_register` asks.

    Afterwards `examined` has what the rules said of each form, `taken` those that became records,
    and `register` the register as it was read, all of the last attempt.
    """

    dropped: Sequence[Dropped]
    settings: Settings
    ledger: Ledger
    now: datetime
    calendar: WorkingCalendar
    register: Register | None = None
    examined: tuple[Examined, ...] = ()
    taken: tuple[Intake, ...] = ()
    hidden: tuple[int, ...] = field(default=())

    def decide(self, taken: Snapshot, intent: str) -> Change:
        """Check the forms, and append those without a fault; called within the transaction."""
        register = self.look(taken)
        accepted = [one for one in self.examined if not one.faults]
        self.taken = ()
        if not accepted:
            return Change(taken.data, {})
        numbers = self._numbers(accepted, register, intent)
        lines = [
            {**writable(line_of(one.form, register)), "number": number}
            for one, number in zip(accepted, numbers, strict=True)
        ]
        found = appended(taken.data, register, {"register": lines}, limits=limits_of(self.settings))
        rows = found.rows["register"]
        self.hidden = found.hidden["register"]
        change = patched(taken, found.edits, numbers=[n for n in numbers if n], forms=len(accepted))
        self.taken = tuple(
            self._intake(position, one, numbers[position], rows[position], intent)
            for position, one in enumerate(accepted)
        )
        self.ledger.intakes.store(self.taken)
        return change

    def look(self, taken: Snapshot) -> Register:
        """Only check the forms."""
        register = read(taken, self.settings)
        forms = [_form(one) for one in self.dropped]
        self.register = register
        self.examined = examine(forms, register, self.settings, self.now, self.calendar)
        return register

    def _numbers(self, accepted: Sequence[Examined], register: Register, intent: str) -> list[str]:
        """A number for each form, in the order of their submission."""
        due = [
            (day.isoformat()[:10], position, day.year)
            for position, one in enumerate(accepted)
            if isinstance(day := one.form.answers.get("submitted_on"), date)
        ]
        wanted = [NumberDue(position, year) for _, position, year in sorted(due)]
        numbers = reserved_for(wanted, register, self.ledger, self.settings.workbook, intent)
        return [numbers.get(position, "") for position in range(len(accepted))]

    def _intake(self, position: int, one: Examined, number: str, row: int, intent: str) -> Intake:
        form = one.form
        assert self.register is not None  # noqa: S101 - `look` was called
        like, differing = self._like(form)
        told = Registered(
            form=form,
            number=number,
            row=row,
            is_hidden=row in self.hidden,
            register=PurePath(self.register.path.replace("\\", "/")).name,
            hints=one.hints,
            like=like,
            differing=differing,
        )
        language = form.language or self.register.language
        return Intake(
            intent=intent,
            position=position,
            register=self.settings.workbook.id,
            digest=form.digest,
            form=form.form_id,
            file=form.file,
            sha256=next(found.sha256 for found in self.dropped if found.form is form),
            number=number,
            row=row,
            answers=form.told,
            receipt=receipt(told, self.settings, self.now, language),
            taken_at=self.now,
        )

    def _like(self, form: FilledForm) -> tuple[Intake | None, tuple[str, ...]]:
        """The earlier copy of the form that it was edited from, and the labels that differ.

        All forms that people fill in may be copies of one blank form: only texts that are mostly
        the same tell that one was edited from another.
        """
        if form.form_id is None:
            return None, ()
        schema = self.settings.schema
        texts = {key for key in form.told if schema.field(key).kind is Kind.TEXT}
        known = self.ledger.intakes.of_form(self.settings.workbook.id, form.form_id)
        alike = [(len(texts & _differing(form, one).keys()), one) for one in known]
        least, best = min(alike, key=lambda pair: pair[0], default=(0, None))
        if best is None or least > _MOSTLY * len(texts):
            return None, ()
        language = form.language or self.settings.workbook.language
        return best, tuple(schema.label(key, language) for key in _differing(form, best))


def _differing(form: FilledForm, before: Intake) -> dict[str, None]:
    """The fields with other answers than before, in the order of the form."""
    keys = dict.fromkeys((*form.told, *before.answers))
    return dict.fromkeys(key for key in keys if form.told.get(key) != before.answers.get(key))


def _form(dropped: Dropped) -> FilledForm:
    assert dropped.form is not None  # noqa: S101 - of the kind "form"
    return dropped.form
