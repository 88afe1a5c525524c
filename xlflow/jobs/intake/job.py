"""Taking in what requesters have dropped into the inbox; twice equals once.

settle what was left open -> file away what was taken in before -> look into the inbox
    -> check the forms, number and append them in one commit -> file them away, each with a receipt
    -> tell beside the others what to mend

A killed intake is finished by the next one. While somebody has the register open, forms are
checked and told of all the same, and those without a fault wait.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from xlflow.errors import XlflowError
from xlflow.jobs.changing import change_register
from xlflow.jobs.child_lines import number_text
from xlflow.jobs.inspection import limits_of, read, take_snapshot
from xlflow.jobs.intake.dropped import Dropped, Reader
from xlflow.jobs.intake.examining import Examined
from xlflow.jobs.intake.filing import Cabinet
from xlflow.jobs.intake.inbox import Inbox, inbox_of, made_ready
from xlflow.jobs.intake.outcome import Again, IntakeOutcome
from xlflow.jobs.intake.results import (
    receipt_again,
    result_name,
    text_of_unusable,
    text_to_mend,
)
from xlflow.jobs.intake.taking import Taking
from xlflow.jobs.recovery import settle_left_open
from xlflow.languages import Language
from xlflow.ledger import Intake, Ledger
from xlflow.record.register import Register
from xlflow.settings import Settings
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.form.reading import FilledForm
from xlflow.workbook.share import (
    Host,
    Placed,
    ShareError,
    Step,
    WorkbookChanged,
    WorkbookOpen,
    no_step,
)


def intake(
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    registers: Collection[str] = (),
    *,
    dry_run: bool = False,
    step: Step = no_step,
) -> IntakeOutcome:
    """Take in the forms of the settings' inbox. `step` is told before each change on the drive.

    `registers`: the ids of all registers of the company, whose forms may lie in the same inbox.
    A dry run only looks.

    Raises:
        XlflowError: The register or the inbox cannot be read, or not be written.
    """
    calendar = WorkingCalendar.from_settings(settings)
    with inbox_of(settings) as (drive, inbox):
        work = _Work(settings, ledger, drive, inbox, now, calendar, frozenset(registers), step)
        return work.look() if dry_run else work.do()


@dataclass
class _Work:
    """One intake, with the world that it works in, and what has become of the files so far."""

    settings: Settings
    ledger: Ledger
    drive: Host
    inbox: Inbox
    now: datetime
    calendar: WorkingCalendar
    registers: frozenset[str]
    step: Step
    receipts: dict[str, str] = field(default_factory=dict)
    stuck: list[XlflowError] = field(default_factory=list)

    def look(self) -> IntakeOutcome:
        """What an intake would do."""
        try:
            names = self.inbox.host.names(self.inbox.folder)
        except FileNotFoundError:
            return IntakeOutcome(self.inbox.folder)
        found = _Inbox.of(self._look_into(names))
        forms, again = self._told_apart(found.forms)
        taking = self._taking(_first_of_each(forms))
        if forms:
            taking.look(take_snapshot(self.settings, self.now, self.drive))
        return self._outcome(found, again, _of_copies(forms, taking.examined))

    def do(self) -> IntakeOutcome:
        """The intake."""
        recovered = settle_left_open(self.settings, self.ledger, self.drive, self.now, self.step)
        for folder in (self.inbox.folder, self.inbox.done):
            made_ready(self.inbox.host, folder)
        self._file_away_taken()
        stuck = {(one.file, one.sha256) for one in self._to_be_moved()}
        names = self.inbox.host.names(self.inbox.folder)
        dropped = self._look_into(names)
        found = _Inbox.of(one for one in dropped if (one.name, one.sha256) not in stuck)
        forms, again = self._told_apart(found.forms)
        rounds = self._take_in(forms)
        self._file_away_taken()
        taken = {one.file for one in rounds.taken}
        left, copies = self._told_apart([one for one in forms if one.name not in taken])
        self._file_away_again([*again, *copies], found.forms, rounds)
        examined = _of_copies(left, rounds.examined)
        self._tell(examined, found)
        others = tuple(one for one in found.others if self._is_news(one))
        return replace(
            self._outcome(replace(found, others=others), [*again, *copies], examined),
            taken=rounds.taken,
            deferred=rounds.deferred,
            placed=rounds.placed,
            recovered=recovered,
        )

    def _look_into(self, names: Collection[str]) -> Iterable[Dropped]:
        reader = Reader(
            schema=self.settings.schema,
            register_id=self.settings.workbook.id,
            registers=self.registers | {self.settings.workbook.id},
            limits=limits_of(self.settings),
            now=self.now,
        )
        folder, register = self.drive.split(self.drive.locate(self.settings.register_location))
        here = {register} if self.inbox.folder == folder else set()
        return reader.look_into(self.inbox, set(names) - here)

    def _told_apart(self, forms: Sequence[Dropped]) -> tuple[list[Dropped], list[Again]]:
        """New forms, and those whose answers were taken in before."""
        new: list[Dropped] = []
        again: list[Again] = []
        for one in forms:
            before = self._known(one.form) if one.form else None
            if before:
                again.append(Again(one.name, before))
            else:
                new.append(one)
        return new, again

    def _known(self, form: FilledForm) -> Intake | None:
        return self.ledger.intakes.of_digest(self.settings.workbook.id, form.digest)

    def _taking(self, forms: Sequence[Dropped]) -> Taking:
        return Taking(forms, self.settings, self.ledger, self.now, self.calendar)

    def _take_in(self, forms: Sequence[Dropped]) -> _Rounds:
        """Commit the forms without a fault; those that wait for another form, after that one."""
        rounds = _Rounds()
        left = _first_of_each(forms)
        while left:
            taking = self._taking(left)
            try:
                placed = change_register(
                    self.settings,
                    self.ledger,
                    self.drive,
                    self.now,
                    taking.decide,
                    by="intake",
                    step=self.step,
                )
            except (WorkbookOpen, WorkbookChanged) as err:
                return replace(
                    rounds,
                    examined=(*rounds.examined, *taking.examined),
                    register=taking.register,
                    deferred=err,
                )
            waiting = {one.form.file for one in taking.examined if one.waits}
            decided = (one for one in taking.examined if one.faults and not one.waits)
            rounds = replace(
                rounds,
                examined=(*rounds.examined, *decided),
                taken=(*rounds.taken, *taking.taken),
                register=taking.register,
                placed=placed or rounds.placed,
            )
            following = [one for one in left if one.name in waiting]
            if len(following) == len(left):  # each waits for another: no commit would change that
                return rounds
            left = following
        return rounds

    def _file_away_taken(self) -> None:
        for one in self._to_be_moved():
            place = self._file_away(one.file, one.sha256, one.number, one.receipt)
            if place:
                self.ledger.intakes.moved(one, place)

    def _to_be_moved(self) -> tuple[Intake, ...]:
        return self.ledger.intakes.to_be_moved(self.settings.workbook.id)

    def _file_away_again(
        self, again: Sequence[Again], forms: Sequence[Dropped], rounds: _Rounds
    ) -> None:
        if not again:
            return
        by_name = {one.name: one for one in forms}
        register = rounds.register
        if register is None:
            register = read(take_snapshot(self.settings, self.now, self.drive), self.settings)
        numbers = {one.number for one in rounds.taken}
        numbers.update(map(number_text, register.requirements.frame["number"]))
        for one in again:
            dropped = by_name[one.file]
            assert dropped.form is not None  # noqa: S101 - of the kind "form"
            text = receipt_again(
                dropped.form,
                one.before,
                self.settings,
                self._language(dropped.form),
                is_there=one.before.number in numbers,
            )
            self._file_away(one.file, dropped.sha256, one.before.number, text)

    def _file_away(self, file: str, sha: str, number: str, text: str) -> str | None:
        try:
            place = self._cabinet.file_away(file, sha, number, text)
        except ShareError as err:
            self.stuck.append(err)
            return None
        self.receipts[file] = place
        return place

    def _tell(self, faulty: Sequence[Examined], found: _Inbox) -> None:
        results: dict[str, str] = {}
        for one in faulty:
            if one.is_faulty:
                language = self._language(one.form)
                text = text_to_mend(one.form, one.faults, one.hints, language)
                results[result_name(one.form.file, language)] = text
        language = self.settings.workbook.language
        for unusable in found.unusable:
            assert unusable.reason is not None  # noqa: S101 - it says why it is unusable
            text = text_of_unusable(unusable.name, unusable.reason.message(language), language)
            results[result_name(unusable.name, language)] = text
        waiting = {one.name for one in (*found.waiting, *found.elsewhere)}
        self.stuck.extend(self._cabinet.tell(results, waiting))

    def _is_news(self, one: Dropped) -> bool:
        register = self.settings.workbook.id
        return self.ledger.intakes.tell_once(register, one.name, one.state, self.now)

    def _language(self, form: FilledForm) -> Language:
        return form.language or self.settings.workbook.language

    @property
    def _cabinet(self) -> Cabinet:
        like = self.drive.locate(self.settings.register_location)
        return Cabinet(self.inbox, like, self.step)

    def _outcome(
        self, found: _Inbox, again: Sequence[Again], examined: Sequence[Examined]
    ) -> IntakeOutcome:
        return IntakeOutcome(
            folder=self.inbox.folder,
            receipts=self.receipts,
            again=tuple(again),
            faulty=tuple(one for one in examined if one.is_faulty),
            ready=tuple(one for one in examined if not one.is_faulty),
            unusable=found.unusable,
            waiting=found.waiting,
            others=found.others,
            stuck=tuple(self.stuck),
        )


@dataclass(frozen=True)
class _Inbox:
    """The files of an inbox by kind."""

    forms: tuple[Dropped, ...]
    unusable: tuple[Dropped, ...]
    waiting: tuple[Dropped, ...]
    elsewhere: tuple[Dropped, ...]
    others: tuple[Dropped, ...]

    @classmethod
    def of(cls, dropped: Iterable[Dropped]) -> _Inbox:
        held = tuple(dropped)
        kinds = ("form", "unusable", "waiting", "elsewhere", "other")
        return cls(*(tuple(one for one in held if one.kind == kind) for kind in kinds))


@dataclass(frozen=True)
class _Rounds:
    """What the commits of one intake came to."""

    examined: tuple[Examined, ...] = ()
    taken: tuple[Intake, ...] = ()
    register: Register | None = None
    placed: Placed | None = None
    deferred: WorkbookOpen | WorkbookChanged | None = None


def _first_of_each(forms: Sequence[Dropped]) -> list[Dropped]:
    """One of all forms with the same answers; the copies are told of it afterwards."""
    first: dict[str, Dropped] = {}
    for one in forms:
        if one.form:
            first.setdefault(one.form.digest, one)
    return list(first.values())


def _of_copies(forms: Sequence[Dropped], examined: Sequence[Examined]) -> list[Examined]:
    """What the rules said of these forms, each told for every copy of it that lies there."""
    said = {one.form.digest: one for one in examined}
    return [
        replace(said[one.form.digest], form=one.form)
        for one in forms
        if one.form and one.form.digest in said
    ]
