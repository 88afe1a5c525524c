"""Damaged and hostile workbooks in the inbox: each is told, none stops the others."""

from __future__ import annotations

from pathlib import Path

from company import NOW, Company, new
from forms import answers, filled
from workbook.bad_archives import ARCHIVES
from workbook.bad_parts import PARTS

from xlflow.jobs.intake.job import intake
from xlflow.jobs.keeping import open_ledger


def test_hostile_workbooks_are_told_and_a_good_form_is_taken_in_all_the_same(tmp_path: Path):
    company = Company(tmp_path / "company")
    company.has(new("Known"))
    inbox = company.file.parent / "inbox"
    inbox.mkdir()
    cases = [case for cases in (ARCHIVES, PARTS) for case in cases.values()]
    for n, case in enumerate(cases):
        (inbox / f"{n}.xlsx").write_bytes(case.make())
    (inbox / "good.xlsx").write_bytes(filled(answers("Good")))
    with open_ledger(company.settings) as ledger:
        outcome = intake(company.settings, ledger, NOW)
    assert [one.file for one in outcome.taken] == ["good.xlsx"]
    assert (outcome.faulty, outcome.stuck) == ((), ())
    assert {one.name for one in outcome.unusable} == {f"{n}.xlsx" for n in range(len(cases))}
    told = [path.read_text("utf-8-sig") for path in inbox.glob("*.txt")]
    assert len(told) == len(cases)
    assert all("cannot be taken in" in text for text in told)
