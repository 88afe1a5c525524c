"""What all tests share: a fixed clock, real counterparts, and the account of test groups."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from checkout import ROOT, left_out
from clients.browser import Browser, BrowserAbsentError
from clients.libreoffice import Office, OfficeAbsentError
from clients.postgresql_server import PostgresqlAbsentError, PostgresqlServer
from clients.samba_server import SambaAbsentError, SambaServer
from databases import KINDS, POSTGRESQL, new_database

GROUPS = ("unit", "libreoffice", "smtp", "samba", "postgresql", "browser", "corpus")


@pytest.fixture
def now() -> datetime:
    """Wednesday 18 March 2026, 10:00 in Shanghai: a working day between working days."""
    return datetime(2026, 3, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of workbooks from other projects (`XLFLOW_CORPUS`, or beside the repository)."""
    folder = Path(os.environ.get("XLFLOW_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        left_out(f"no corpus of workbooks at {folder}; set XLFLOW_CORPUS to its folder")
    return folder


@pytest.fixture(scope="session")
def soffice() -> Iterator[Office]:
    """A running LibreOffice, one a pytest process."""
    try:
        office = Office.start()
    except OfficeAbsentError as err:
        left_out(str(err))
    with office:
        yield office


@pytest.fixture(scope="session")
def samba() -> Iterator[SambaServer]:
    """A running Samba, one a pytest process."""
    try:
        server = SambaServer.start()
    except SambaAbsentError as err:
        left_out(str(err))
    with server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A running PostgreSQL, one a pytest process."""
    try:
        server = PostgresqlServer.start()
    except PostgresqlAbsentError as err:
        left_out(str(err))
    with server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running browser, one a pytest process."""
    try:
        browser = Browser.start()
    except BrowserAbsentError as err:
        left_out(str(err))
    with browser:
        yield browser


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database for a ledger: the test runs on SQLite and PostgreSQL."""
    with new_database(
        request.param, tmp_path, lambda: request.getfixturevalue("postgresql")
    ) as address:
        yield address


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests that take minutes, too")
    parser.addoption(
        "--every-group", action="store_true", help="fail when a group of tests did not run"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put each test into its group; leave the soak tests out unless asked for."""
    for item in items:
        item.add_marker(_group(item))
    if not config.getoption("--soak"):
        soak = [item for item in items if item.get_closest_marker("soak")]
        if soak:
            config.hook.pytest_deselected(items=soak)
            items[:] = [item for item in items if not item.get_closest_marker("soak")]


def _group(item: pytest.Item) -> str:
    fixtures: tuple[str, ...] = tuple(getattr(item, "fixturenames", ()))
    if "soffice" in fixtures:
        return "libreoffice"
    if "samba" in fixtures:
        return "samba"
    if "postgresql" in fixtures or _parameter(item, "url") == POSTGRESQL:
        return "postgresql"
    if "browser" in fixtures:
        return "browser"
    if "corpus" in fixtures:
        return "corpus"
    if _imports(item, "clients.smtp_server"):
        return "smtp"
    return "unit"


def _parameter(item: pytest.Item, fixture: str) -> object:
    """The parameter with which a fixture is used by the test, if it has any."""
    call = getattr(item, "callspec", None)
    return call.params.get(fixture) if call else None


def _imports(item: pytest.Item, module: str) -> bool:
    """Whether the file of the test takes anything from this module."""
    names = vars(item.getparent(pytest.Module).obj).values() if module in sys.modules else ()
    return any(getattr(value, "__module__", None) == module for value in names)


def _counts(reporter: pytest.TerminalReporter) -> Counter[tuple[str, bool]]:
    """How many tests of each group ran (True) and were left out (False)."""
    counts: Counter[tuple[str, bool]] = Counter()
    for outcome in ("passed", "failed", "error", "skipped", "xfailed"):
        for report in reporter.stats.get(outcome, []):
            keywords = getattr(report, "keywords", ())  # a file that is no test has none
            group = next((group for group in GROUPS if group in keywords), None)
            if group and (report.when == "call" or outcome in ("error", "skipped")):
                counts[group, outcome != "skipped"] += 1
    return counts


def _groups_left_out(config: pytest.Config, reporter: pytest.TerminalReporter) -> bool:
    """Whether every group must run, and one did not, or not wholly."""
    counts = _counts(reporter)
    return config.getoption("--every-group") and any(
        not counts[group, True] or counts[group, False] for group in GROUPS
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    counts = _counts(terminalreporter)
    terminalreporter.section("groups of tests")
    for group in GROUPS:
        ran, out = counts[group, True], counts[group, False]
        state = (f"{ran} ran" if ran else "none ran") + (f", {out} left out" if out else "")
        terminalreporter.line(f"{group:12} {state}")
    if _groups_left_out(config, terminalreporter):
        terminalreporter.line("a group was left out, and here none may be: exit code 1")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under --every-group, a group that was left out is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and session.exitstatus == 0 and _groups_left_out(session.config, reporter):
        session.exitstatus = 1
