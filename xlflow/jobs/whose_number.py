"""Which register has the requirement of a number: told by its prefix, else by looking it up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from xlflow.errors import UsageError
from xlflow.jobs.inspection import read_now
from xlflow.jobs.keeping import open_ledger
from xlflow.ledger import Whereabouts, ledger_file
from xlflow.settings import Company, Settings

_Candidate = tuple[Settings, str]  # a register, and the number as it would write it


class NumberOfNoRegister(UsageError):
    """No register has a requirement of this number."""


class NumberAmbiguous(UsageError):
    """Several registers have a requirement of this number."""


def register_of(number: str, company: Company, now: datetime) -> tuple[Settings, str]:
    """The register that has the requirement, and the number as it is written there.

    Among several registers whose numbers look alike, the ledger tells which has seen it: in the
    workbook, in an archive, or in former times, in this order. What no run has seen yet is looked
    up in the workbooks.

    Raises:
        NumberOfNoRegister, NumberAmbiguous
        XlflowError: The ledger, or a register in question, cannot be read.
    """
    alike = _alike(number, company)
    if not alike:
        examples = dict.fromkeys(one.workbook.numbers.example for one in company.registers)
        facts = {"number": number, "examples": ", ".join(examples)}
        raise NumberOfNoRegister("registers.number-of-no-prefix", **facts)
    if len(alike) == 1:
        return alike[0]
    found = _remembered(alike) or [each for each in alike if _holds(*each, now)]
    if len(found) == 1:
        return found[0]
    ids = [one.workbook.id for one, _ in found or alike]
    facts = {"number": number, "ids": ", ".join(ids), "example": ids[0]}
    if found:
        raise NumberAmbiguous("registers.number-ambiguous", **facts)
    raise NumberOfNoRegister("registers.number-nowhere", **facts)


def _alike(number: str, company: Company) -> list[_Candidate]:
    """The registers of which it could be a number; nearly one only where it is none of any."""
    known = [(one, one.workbook.numbers) for one in company.registers]
    exact = [(one, number.strip()) for one, form in known if form.parsed(number)]
    return exact or [(one, form.meant(number)) for one, form in known if form.meant(number)]


def _remembered(alike: Sequence[_Candidate]) -> list[_Candidate]:
    """Those in which runs have seen it: where it is now, else where it was."""
    settings = alike[0][0]
    file = ledger_file(settings.ledger.url, settings.folder)
    if file is not None and not file.exists():
        return []
    with open_ledger(settings) as ledger:
        seen = {written: ledger.registers.with_number(written) for _, written in alike}
    for whereabouts in get_args(Whereabouts):
        found = [
            (one, written)
            for one, written in alike
            if seen[written].get(one.workbook.id) == whereabouts
        ]
        if found:
            return found
    return []


def _holds(settings: Settings, number: str, now: datetime) -> bool:
    held = read_now(settings, now).requirements.frame["number"]
    return any(isinstance(one, str) and one.strip() == number for one in held)
