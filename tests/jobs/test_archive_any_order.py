"""Whatever people and jobs do, killed or not, in any order: all that was typed is there, once."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from company import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jobs.archive_company import ArchiveCompany, archive_job, closed, progress, unarchive_job
from workbook.children import KILLED, KilledAt, Step, WarmParent

from xlflow.jobs.undo import UndoRefused

NUMBERS = ("2024-001", "2024-002", "2024-003")
STEPS_OF_A_MOVE = 45
Texts = list[str]

jobs = st.tuples(
    st.sampled_from(["archive", "unarchive"]),
    st.sampled_from(NUMBERS),
    st.none() | st.integers(1, STEPS_OF_A_MOVE),
)
people = st.tuples(st.sampled_from(["edit", "undo"]), st.sampled_from(NUMBERS), st.none())


@dataclass
class Story:
    """A company, and all that people have typed there."""

    company: ArchiveCompany
    parent: WarmParent
    typed: dict[str, str] = field(default_factory=dict)  # number -> title
    edits: int = 0

    @property
    def expected(self) -> Texts:
        return sorted([*self.typed.values(), *(f"line of {number}" for number in NUMBERS)])

    def happens(self, what: str, number: str, killed_at: int | None) -> None:
        match what:
            case "edit":
                self._edits(number)
            case "undo":
                with suppress(UndoRefused):
                    self.company.undoes()
            case _:
                job = archive_job if what == "archive" else unarchive_job
                step: Step = KilledAt(killed_at or 1_000_000)
                file = self.company.settings.folder / "xlflow.toml"
                assert self.parent.run(job, file, NOW, step, number) in (0, KILLED)

    def _edits(self, number: str) -> None:
        """A person types another title, if the record is in the register."""
        if not self.company.file.exists():
            self.company.runs()  # as the person waits until the register is there again
        rows = list(self.company.register().requirements.frame["number"].items())
        row = next((row for row, held in rows if held == number), None)
        if row is not None:
            self.edits += 1
            self.typed[number] = f"title {self.edits} of {number}"
            self.company.type_into(f"B{row}", self.typed[number])

    def texts(self, file: Path) -> Texts:
        """Titles and lines in one workbook."""
        if not file.exists():
            return []
        rows: list[dict[str, Any]] = self.company.rows(file)
        lines = self.company.rows(file, "progress")
        return [*(row["title"] for row in rows), *(line["text"] for line in lines)]

    def expect_nothing_lost(self) -> None:
        if self.company.file.exists():
            there = {*self.texts(self.company.file), *self.texts(self.archive)}
            assert there >= {*self.expected}

    @property
    def archive(self) -> Path:
        return self.company.folder / "2023.xlsx"

    def expect_all_once(self) -> None:
        outcome = self.company.archives(*NUMBERS)
        assert (outcome.conflicts, outcome.held_up, outcome.stayed) == ((), (), {})
        assert self.texts(self.company.file) == []
        assert sorted(self.texts(self.archive)) == self.expected
        self.company.unarchives(*NUMBERS)
        assert sorted(self.texts(self.company.file)) == self.expected
        assert self.texts(self.archive) == []
        assert self.company.known() == {}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(jobs | people, min_size=3, max_size=7))
def test_all_that_was_typed_is_there_once_after_any_moves_edits_and_kills(parent, events):
    with tempfile.TemporaryDirectory() as folder:
        story = Story(ArchiveCompany(Path(folder) / "company"), parent)
        story.typed = {number: f"title of {number}" for number in NUMBERS}
        story.company.has(
            *(closed(number, title=title) for number, title in story.typed.items()),
            progress=[progress(number, f"line of {number}") for number in NUMBERS],
        )
        for event in events:
            story.happens(*event)
            story.expect_nothing_lost()
        story.expect_all_once()
