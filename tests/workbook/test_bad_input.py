"""Damaged, hostile and odd workbooks: a clear refusal or a right result, and never a changed file.

Each of them goes through both doors: it is checked, and a run is to write into it.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from company import NOW, Company
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook.bad_archives import ARCHIVES
from workbook.bad_parts import PARTS
from workbook.bad_sheets import SHEETS
from workbook.bad_workbooks import RECORDS, Outcome, part, register
from workbook.odd_registers import REGISTER_PART, with_parts

from xlflow.cli import main
from xlflow.errors import EXIT_WORLD, XlflowError
from xlflow.jobs.inspection import inspect
from xlflow.languages import LANGUAGES, Language
from xlflow.record.fields import SHEETS as FIELDS
from xlflow.record.register import Register
from xlflow.timing.calendar import WorkingCalendar
from xlflow.workbook.refusals import NotVerified
from xlflow.workbook.share import NoWorkbookFile, ShareUnreachable, WorkbookMissing

MOST_SECONDS = 30  # a million rows take 5 on a quiet machine; a hang takes hours
MOST_MEGABYTES = 1500
CASES = {
    f"{group}: {name}": case
    for group, cases in (("archive", ARCHIVES), ("part", PARTS), ("sheet", SHEETS))
    for name, case in cases.items()
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def within_bounds(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The test takes neither for ever nor all memory, and no library speaks over our head."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.monotonic() - began < MOST_SECONDS
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kilobytes
    assert grown < MOST_MEGABYTES << 10
    assert "panicked" not in capfd.readouterr().err


def put(company: Company, data: bytes) -> None:
    """A drive with this workbook and nothing else."""
    for path in company.file.parent.iterdir():
        path.unlink()
    company.file.write_bytes(data)


def drive(company: Company) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in company.file.parent.iterdir()}


def typed(held: Register) -> list[dict[Any, Any]]:
    """What people typed: all cells but xlflow's own."""
    return [
        table.frame[[f.key for f in FIELDS[table.sheet] if not f.is_own]].to_dict("index")
        for table in held.tables
    ]


def checked(company: Company) -> int:
    held = company.register()
    inspect(held, company.settings, NOW, WorkingCalendar.from_settings(company.settings))
    return len(held.requirements)


def run(company: Company) -> int:
    """A run; what people typed is the same afterwards, and a second run has nothing to do."""
    outcome = company.runs()
    held = outcome.inspection.register
    if outcome.placed is not None:
        assert typed(company.register()) == typed(held)
    return len(held.requirements)


def outcome_of(job: Callable[[Company], int], company: Company) -> Outcome:
    """How many records there are, or the refusal, which leaves the drive as it was."""
    before = drive(company)
    try:
        return job(company)
    except XlflowError as err:
        refusal = err
    assert drive(company) == before
    assert refusal.exit_code == EXIT_WORLD
    assert_tells(refusal, company.file.name)
    return type(refusal)


def assert_tells(refusal: XlflowError, file: str) -> None:
    """It names the file in every language, and ends in what to do."""
    told = {language: refusal.message(language) for language in LANGUAGES}
    assert len(set(told.values())) == len(LANGUAGES)
    for text in told.values():
        first_line, last_line = text.splitlines()[0], text.splitlines()[-1]
        assert file in first_line
        assert "{" not in first_line
        assert last_line.rstrip()[-1] in ".。)）" or "xlflow" in last_line


def is_read(outcome: Outcome) -> bool:
    return isinstance(outcome, int)


def test_the_register_that_they_are_made_of_is_a_good_one(company: Company) -> None:
    put(company, register())

    assert company.runs().inspection.count("error") == 0
    assert company.column("number") == ["2024-001", "2024-002", "2024-003"]


def test_there_are_bad_workbooks_enough() -> None:
    refused = [case for case in CASES.values() if not is_read(case.check)]
    assert len(CASES) > 200
    assert len(refused) > 120


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("within_bounds")
def test_a_bad_workbook_is_refused_or_read_aright(company: Company, name: str) -> None:
    case = CASES[name]
    put(company, case.make())

    if case.check != case.run or not is_read(case.run):  # else the run inspects it just the same
        assert outcome_of(checked, company) == case.check
    assert outcome_of(run, company) == case.run


PLACES: dict[str, tuple[Callable[[Path], None], type[XlflowError]]] = {
    "a folder": (Path.mkdir, NoWorkbookFile),
    "a link to nothing": (lambda path: path.symlink_to("gone"), WorkbookMissing),
    "a link to itself": (lambda path: path.symlink_to(path.name), ShareUnreachable),
}


@pytest.mark.parametrize(("make", "refusal"), PLACES.values(), ids=PLACES.keys())
def test_what_is_no_file_at_all_is_refused(
    tmp_path: Path, make: Callable[[Path], None], refusal: type[XlflowError]
) -> None:
    company = Company(tmp_path)
    make(company.file)

    for job in (checked, run):
        with pytest.raises(refusal) as caught:
            job(company)
        for language in LANGUAGES:
            assert str(company.file.parent) in caught.value.message(language)


DOORS = (
    "archive: half",
    "archive: a part that unpacks a thousandfold",
    "part: a workbook under a password",
    "part: a billion laughs in xl/worksheets/sheet2.xml",
    "part: no sheets",
    "sheet: a cell in the last corner",
    "sheet: headers gone",
    "sheet: a duration of 1e300 days",
)


@pytest.mark.parametrize("command", ["check", "run", "status"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_line_tells_it_in_a_few_lines(
    company: Company, capsys: pytest.CaptureFixture[str], language: Language, command: str
) -> None:
    settings_file = company.settings.locate(Path("xlflow.toml"))
    for name in DOORS:
        put(company, CASES[name].make())
        before = drive(company)

        with pytest.raises(SystemExit) as left:
            main([command, "--lang", language, "--settings", str(settings_file)])

        told = capsys.readouterr()
        assert left.value.code == EXIT_WORLD, name
        assert "Traceback" not in told.err
        assert company.file.name in told.err
        assert drive(company) == before


PIECES = [
    *(b"", b"<", b">", b'"', b"&", b"\x00", b"\xff", b"-", b"9" * 12, b"1e300", b"-1e300", b"XFD"),
    *(b"<!--", b"<![CDATA[", b"<!DOCTYPE x>", b"</c>", b"</row>", b"<v>", b'r="A1048576"'),
    *(b'<c r="XFD1048576"><v>1</v></c>', b'<c t="e"><v>#N/A</v></c>', b"<row>", b'<row r="7">'),
    *(b' t="b"', b' t="d"', b' t="s"', b' s="99999"', b"x:", b"&#xD800;", b"\xef\xbb\xbf", b"../"),
]
FRACTIONS = st.floats(0, 1, exclude_max=True)
DAMAGE = st.tuples(
    st.sampled_from(
        [
            *[REGISTER_PART] * 4,
            *("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"),
            *("_rels/.rels", "xl/_rels/workbook.xml.rels", "docProps/custom.xml"),
            "xl/worksheets/sheet6.xml",
        ]
    ),
    FRACTIONS,
    st.sampled_from([0, 0, 1, 2, 10, 200]),
    st.sampled_from(PIECES) | st.binary(max_size=6),
)


@given(st.lists(DAMAGE, min_size=1, max_size=4))
@settings(max_examples=90, deadline=None, database=None)
def test_whatever_is_damaged_in_a_part_does_no_harm(company: Company, damage: list[Any]) -> None:
    data = register()
    for name, fraction, length, piece in damage:
        data = with_parts(
            data,
            lambda held, xml, n=name, f=fraction, m=length, p=piece: (
                _spliced(xml, f, m, p) if held == n else xml
            ),
        )
    unharmed(company, data)


@given(
    st.lists(
        st.tuples(FRACTIONS, st.sampled_from([0, 1, 1, 4, 300]), st.binary(max_size=4)),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=60, deadline=None, database=None)
def test_whatever_is_damaged_in_the_archive_does_no_harm(
    company: Company, damage: list[Any]
) -> None:
    data = register()
    for fraction, length, piece in damage:
        data = _spliced(data, fraction, length, piece)
    unharmed(company, data)


def _spliced(data: bytes, fraction: float, length: int, piece: bytes) -> bytes:
    where = int(len(data) * fraction)
    return data[:where] + piece + data[where + length :]


def unharmed(company: Company, data: bytes) -> None:
    """Read or refused by both doors; what cannot be read is not written either."""
    put(company, data)
    checking = outcome_of(checked, company)
    assert drive(company)[company.file.name] == data
    running = outcome_of(run, company)
    assert running == checking if is_read(running) else running is not NotVerified
    assert is_read(checking) or running == checking


def test_a_record_that_is_gone_is_counted_as_gone(company: Company) -> None:
    lost = part(
        REGISTER_PART,
        lambda xml: xml[: xml.index(b'<row r="6"')] + xml[xml.index(b"</sheetData>") :],
    )
    put(company, lost)

    assert outcome_of(checked, company) == RECORDS - 1
