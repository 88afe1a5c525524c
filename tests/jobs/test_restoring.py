"""Putting typed values back as an earlier run saw them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from company import NOW, new
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jobs.crash_company import run_job
from jobs.test_remembering import Office
from registers import clean
from workbook.children import KILLED, SECONDS, KilledAt, Step, WarmParent

from xlflow.jobs.archiving.archive import archive
from xlflow.jobs.archiving.choosing import Wish as Choosing
from xlflow.jobs.keeping import one_run_at_a_time, open_ledger
from xlflow.jobs.looking_back import NumberUnknown, changes_since, history_of, record_as_of
from xlflow.jobs.restoring import Restored, RestoreRefused, Wish, restore
from xlflow.ledger import Ledger
from xlflow.record.fields import REGISTER
from xlflow.settings import load_settings
from xlflow.workbook.share import WorkbookOpen

TYPED = [field.key for field in REGISTER if not field.is_own]


def restores(office: Office, number: str, *fields: str, **options: Any) -> Restored:
    as_of = options.pop("as_of", None)
    with one_run_at_a_time(office.settings), open_ledger(office.settings) as ledger:
        wish = Wish(number, fields, as_of)
        return restore(office.settings, ledger, wish, office.today, **options)


def values(office: Office, number: str) -> dict[str, Any] | None:
    """What people typed into a record, as it stands in the register."""
    frame = office.register().requirements.frame
    rows = frame[frame["number"] == number]
    return None if rows.empty else {key: rows.iloc[0][key] for key in TYPED}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "company")
    office.has(
        new("One", background="Orders are late every Monday morning", goal="3 orders late at most"),
        new("Two", background="Nobody sees what is in stock", goal="Stock shown within 5 seconds"),
        progress=[
            {
                "number": "2024-002",
                "date": date(2024, 3, 22),
                "text": "Asked the shop",
                "by": "L. *",
            }
        ],
    )
    office.runs(office.today)
    return office


def test_without_a_day_the_last_change_is_taken_back(office: Office):
    office.types(4, goal="1 order late at most")
    office.next_morning()
    office.types(4, goal="Whatever", expected_on=date(2025, 1, 1))
    office.next_morning()
    restored = restores(office, "2024-001")
    assert [(one.field, one.before) for one in restored.cells] == [
        ("expected_on", date(2025, 1, 1)),
        ("goal", "Whatever"),
    ]
    assert office.column("goal")[0] == "1 order late at most"


def test_a_change_that_no_run_has_seen_is_taken_back_first(office: Office):
    office.types(4, goal="Overwritten a minute ago")
    restores(office, "2024-001")
    assert office.column("goal")[0] == "3 orders late at most"


def test_a_field_comes_back_alone_as_of_a_day(office: Office):
    office.types(4, goal="1 order late at most", benefit="20% fewer calls")
    office.next_morning()
    restores(office, "2024-001", "goal", as_of=NOW)
    assert office.column("goal")[0] == "3 orders late at most"
    assert office.column("benefit")[0] == "20% fewer calls"


def test_a_date_that_was_pasted_over_with_text_is_a_date_again(office: Office):
    office.types(4, expected_on="mid of April")
    office.next_morning()
    restores(office, "2024-001")
    assert office.column("expected_on")[0] == date(2024, 3, 15)


def test_a_record_that_vanished_comes_back_with_its_lines(office: Office):
    before = values(office, "2024-002")
    office.types(5, **dict.fromkeys([*TYPED, "number"]))
    office.types(4, "progress", number=None, date=None, text=None, by=None)
    office.next_morning()
    assert values(office, "2024-002") is None
    restored = restores(office, "2024-002")
    assert restored.row == 5
    assert restored.lines == {"progress": (4,)}
    assert values(office, "2024-002") == before
    assert office.register().progress.frame["text"].tolist() == ["Asked the shop"]
    assert "record-vanished" not in office.rules(office.next_morning())


def test_restoring_twice_changes_nothing(office: Office):
    office.types(4, goal="Whatever")
    office.next_morning()
    assert restores(office, "2024-001", as_of=NOW).placed
    before = office.sha()
    assert restores(office, "2024-001", as_of=NOW).placed is None
    assert office.sha() == before


def test_a_dry_run_only_tells(office: Office):
    office.types(4, goal="Whatever")
    office.next_morning()
    before = office.sha()
    restored = restores(office, "2024-001", dry_run=True)
    assert [(one.cell, one.after) for one in restored.cells] == [
        ("Register!P4", "3 orders late at most")
    ]
    assert office.sha() == before


def test_a_workbook_that_is_open_stays_as_it_is(office: Office):
    office.types(4, goal="Whatever")
    sign = office.file.with_name(f".~lock.{office.file.name}#")
    sign.write_text(",ann,desk,22.03.2024 08:59,;", encoding="utf-8")
    with pytest.raises(WorkbookOpen):
        restores(office, "2024-001")
    assert office.column("goal")[0] == "Whatever"


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish("2024-001"), "history.nothing-earlier"),
        (Wish("2024-001", as_of=NOW - timedelta(days=1)), "history.nothing-earlier"),
        (Wish("2024-001", ("next_step",)), "history.own-field"),
        (Wish("2024-009"), "history.number-unknown"),
    ],
)
def test_what_cannot_be_restored_is_told(office: Office, wish: Wish, reason: str):
    before = office.sha()
    with (
        open_ledger(office.settings) as ledger,
        pytest.raises((RestoreRefused, NumberUnknown)) as told,
    ):
        restore(office.settings, ledger, wish, office.today)
    assert told.value.key == reason
    assert office.sha() == before


def test_an_archived_record_is_not_doubled(office: Office):
    closed = clean("closed", number="2024-003", title="Done", golive_due=date(2024, 3, 15))
    office.types(6, **{key: value for key, value in closed.items() if key in [*TYPED, "number"]})
    office.next_morning()
    with one_run_at_a_time(office.settings), open_ledger(office.settings) as ledger:
        archive(office.settings, ledger, office.today, Choosing(("2024-003",)))
    with pytest.raises(RestoreRefused) as told:
        restores(office, "2024-003")
    assert told.value.key == "history.is-archived"
    assert "record-vanished" not in office.rules(office.next_morning())
    (moment,) = changes_since(office.settings, None)
    assert [(h.event.kind, h.archive) for h in moment.happenings] == [("vanished", "2024.xlsx")]


def test_a_timeline_tells_what_happened_between_which_runs(office: Office):
    office.types(4, status="Assessing", contact="L. *")
    office.next_morning()
    found = history_of(office.settings, "2024-001")
    assert found.title == "One"
    assert [moment.at for moment in found.moments] == [NOW, NOW + timedelta(days=1)]
    assert [moment.since for moment in found.moments] == [None, NOW]
    changes = {h.event.field: h.event.after for h in found.moments[1].happenings}
    assert changes == {"status": "Assessing", "contact": "L. *"}
    assert [spell.status for spell in found.spells] == ["submitted", "assessing"]
    (only,) = history_of(office.settings, "2024-001", ["contact"]).moments
    assert [h.event.field for h in only.happenings] == ["contact"]


def test_the_log_tells_what_the_last_run_saw(office: Office):
    office.types(4, goal="1 order late at most")
    office.types(4, "progress", text="Asked the shop twice")
    office.next_morning()
    (moment,) = changes_since(office.settings, None)
    assert [(h.number, h.sheet, h.event.field) for h in moment.happenings] == [
        ("2024-001", "register", "goal"),
        ("2024-002", "progress", "text"),
    ]
    assert changes_since(office.settings, office.today) == ()


def test_a_record_is_shown_as_of_a_day(office: Office):
    office.types(4, goal="1 order late at most")
    office.next_morning()
    assert record_as_of(office.settings, "2024-001", NOW).state.cells["goal"] == (
        "3 orders late at most"
    )
    assert record_as_of(office.settings, "2024-001", None).state.cells["goal"] == (
        "1 order late at most"
    )
    assert not record_as_of(office.settings, "2024-001", NOW - timedelta(days=1)).state.is_there


def restore_job(
    settings_file: Path, now: datetime, number: str, as_of: datetime, step: Step
) -> None:
    """`xlflow restore`; its ledger tells its commits as steps, too."""
    held = load_settings(settings_file)
    folder = settings_file.parent
    with (
        one_run_at_a_time(held, SECONDS),
        Ledger.open(held.ledger.url, beside=folder, step=step) as ledger,
    ):
        restore(held, ledger, Wish(number, as_of=as_of), now, step=step)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["goal", "title", "expected_on", "risk", "core_days", "delete", "sort"]),
        st.integers(0, 2),
        st.sampled_from(["text", "3 calls fewer", date(2024, 5, 6), 7, 2.5, None, "=not one"]),
        st.integers(0, 20),  # a kill at this step of the run; none where it has fewer
    ),
    min_size=2,
    max_size=4,
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(EDITS, st.integers(1, 12))
def test_after_any_edits_runs_and_crashes_every_moment_can_be_restored(
    parent: WarmParent, tmp_path_factory: pytest.TempPathFactory, edits: Any, kill: int
):
    office = Office(tmp_path_factory.mktemp("any") / "company")
    file = office.settings.folder / "xlflow.toml"
    texts = ("Orders are late on Mondays", "Nobody sees the stock", "Bills go out twice")
    office.has(*(new(f"Title {n}", background=text) for n, text in enumerate(texts)))
    office.runs(office.today)
    numbers = [str(number) for number in office.column("number")]
    seen = {office.today: {number: values(office, number) for number in numbers}}
    for key, at, value, killed_at in edits:
        _edit(office, key, at, value)
        office.today += timedelta(days=1)
        if parent.run(run_job, file, office.today, KilledAt(killed_at)) == KILLED:
            office.runs(office.today)
        seen[office.today] = {number: values(office, number) for number in numbers}
    for moment, held in seen.items():
        for number in numbers:
            if held[number] is not None:
                wanted = number, moment
                parent.run(restore_job, file, office.today, *wanted, KilledAt(kill))
                restores(office, number, as_of=moment)
                assert values(office, number) == held[number]
        office.today += timedelta(hours=1)
        office.runs(office.today)


def _edit(office: Office, key: str, at: int, value: Any) -> None:
    """What people do to a register of at most four records."""
    frame = office.register().requirements.frame
    rows = list(frame.index)
    if not rows:
        return
    row = int(rows[at % len(rows)])
    if key == "delete":
        office.types(row, **dict.fromkeys([*TYPED, "number"]))
    elif key == "sort":
        turned = {one: frame.loc[other] for one, other in zip(rows, reversed(rows), strict=True)}
        for one, held in turned.items():
            office.types(int(one), **{name: held[name] for name in [*TYPED, "number"]})
    else:
        office.types(row, **{key: value})
