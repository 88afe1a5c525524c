"""The violations of one register: when they happen, who mends them and when, what is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from simulation.office import Line, Office, Requirement
from simulation.violations import Violation, is_sound, kinds

from xlflow.checks.finding import Finding
from xlflow.jobs.restoring import Wish, restore
from xlflow.jobs.run import RunOutcome
from xlflow.ledger import Ledger

_TRIES = 12


class Trouble:
    """What is wrong in a register at the moment, as its people know."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.rng = Random(f"{office.seed} trouble of {office.id}")
        self.kinds = kinds()
        self.injected: Counter[str] = Counter()  # by kind
        self.found: Counter[str] = Counter()  # by kind, on the next run
        self.restored = 0
        self._new: list[str] = []  # the kinds of this day
        self._active: list[Violation] = []
        self._mended: list[Violation] = []
        self._restores: list[Violation] = []

    def mends(self, *, by_xlflow: bool) -> None:
        """Put right what people have learned of long enough ago, some of it `by_xlflow`."""
        for violation in [one for one in self._active if one.rule and one.runs_left <= 0]:
            self._active.remove(violation)
            self._mended.append(violation)
            if by_xlflow and violation.fields is not None and self.rng.random() < 0.3:
                self._restores.append(violation)
            else:
                violation.mend()

    def happens(self) -> None:
        """Something goes wrong: the kind that happened least, as far as it can happen today."""
        for name in sorted(self.kinds, key=lambda it: (self.injected[it], self.rng.random())):
            sound = [one for one in self.office.requirements if is_sound(one)]
            for one in self.rng.sample(sound, min(_TRIES, len(sound))):
                if violation := self.kinds[name](one, self.rng):
                    self._begins(name, violation)
                    return

    def restores(self, ledger: Ledger) -> None:
        """Let xlflow put back what people do not type again; it must be what stood there."""
        office = self.office
        for violation in self._restores:
            line = violation.lines[0]
            wish = Wish(line.number, violation.fields or ())
            restored = restore(office.settings, ledger, wish, office.now)
            if violation.fields:
                violation.mend()
                assert office.saves() == 0, (violation, restored)
            else:
                assert restored.row is not None
                office.was_restored(line, restored.row)
            self.restored += 1
        self._restores.clear()

    def is_found(self, outcome: RunOutcome) -> None:
        """Whether the run found what it must find, and accuses nobody else."""
        assert outcome.inspection is not None
        accused: dict[Line, set[str]] = {}
        by_row = {sheet: self.office.by_row(sheet) for sheet in self.office.lines}
        for found in outcome.inspection.findings:
            if found.severity != "info":
                for line in self._accused(found, by_row):
                    accused.setdefault(line, set()).add(found.rule)
        clean = {line: rules for line, rules in accused.items() if not self._is_at_fault(line)}
        assert not clean, self._told(clean)
        if outcome.deferred:
            self._are_told(outcome, by_row["register"])
        else:
            self._are_put_back(outcome, by_row["register"])
        for violation in self._active:
            if violation.rule:
                rules = set().union(*(accused.get(line, ()) for line in violation.lines))
                assert violation.rule in rules, self._missed(violation, rules)
        self.found.update(self._new)
        self._new.clear()
        self._after_the_run(was_deferred=outcome.deferred is not None)

    def _are_told(self, outcome: RunOutcome, by_row: dict[int, Line]) -> None:
        """Numbers that the next run is going to put back."""
        assert outcome.inspection is not None
        altered = {line for violation in self._active for line in violation.altered}
        altered |= {line for line in self.office.lines["register"] if line.is_bare}
        told = {
            by_row[found.row]
            for found in outcome.inspection.findings
            if found.rule == "number-altered"
        }
        assert altered == told

    def _are_put_back(self, outcome: RunOutcome, by_row: dict[int, Line]) -> None:
        wanted = {
            line: found for violation in self._active for line, found in violation.altered.items()
        }
        wanted |= {line: "" for line in self.office.lines["register"] if line.is_bare}
        seen = {by_row[row]: one.found for row, one in outcome.put_back.items()}
        differing = seen.items() ^ wanted.items()
        assert not differing, self._told({line: {number} for line, number in differing})
        for row, one in outcome.put_back.items():
            assert one.number == by_row[row].number

    def _after_the_run(self, *, was_deferred: bool) -> None:
        for violation in self._mended:
            self._releases(violation)
        self._mended.clear()
        for violation in self._active:
            violation.runs_left -= 1
        if was_deferred:
            return
        for violation in [one for one in self._active if not one.rule]:
            self._active.remove(violation)
            self._releases(violation)
        for line in self.office.lines["register"]:
            line.is_bare = False

    def _begins(self, kind: str, violation: Violation) -> None:
        self.injected[kind] += 1
        self._new.append(kind)
        violation.runs_left = self.rng.randint(1, 3)
        self._active.append(violation)
        for line in violation.lines:
            line.held = True
            line.waits = violation.stops_work

    def _releases(self, violation: Violation) -> None:
        for line in violation.lines:
            line.held = line.waits = False

    def _accused(self, found: Finding, by_row: dict[str, dict[int, Line]]) -> Iterator[Line]:
        """The line or requirement that a finding names; of a line, its requirement too."""
        line = by_row[found.table].get(found.row)
        if line is not None:
            yield line
        number = line.cells.get("number") if line and found.table != "register" else found.number
        for one in self.office.requirements:
            if number and one.number == number:
                yield one

    def _is_at_fault(self, line: Line) -> bool:
        """Whether it, or the requirement that it belongs to, is not in order."""
        concerned = [one for violation in self._active for one in violation.lines]
        concerned += [one for one in self.office.lines["register"] if one.is_bare]
        if line in concerned:
            return True
        if line.sheet == "register":
            return False
        number = line.cells.get("number")
        return any(isinstance(one, Requirement) and one.number == number for one in concerned)

    def _missed(self, violation: Violation, rules: set[str]) -> str:
        line = violation.lines[0]
        seen = line.statuses if isinstance(line, Requirement) else ()
        return f"{self.office.day} {violation}: {sorted(rules)} {line.cells} {seen}"

    def _told(self, clean: dict[Line, set[str]]) -> str:
        return "\n".join(
            f"{self.office.day} {self.office.id} {line.sheet} {line.number or line.row}: "
            f"{sorted(rules)} {line.cells} {line.statuses if isinstance(line, Requirement) else ''}"
            for line, rules in clean.items()
        )
