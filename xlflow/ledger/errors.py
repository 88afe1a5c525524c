"""What can go wrong with the ledger: one class a situation, with its text in `ledger.toml`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from xlflow.errors import SettingsError, XlflowError


class LedgerError(XlflowError):
    """The ledger cannot be used; `where` is its file, or its URL without the password."""


class LedgerBusy(LedgerError):
    """Another run has been writing into the ledger for longer than we wait."""

    def __init__(self, where: str) -> None:
        super().__init__("ledger.busy", where=where)


class LedgerDamaged(LedgerError):
    """The file is no SQLite database, or a damaged one."""

    def __init__(self, where: str) -> None:
        super().__init__("ledger.damaged", where=where)


class LedgerForeign(LedgerError):
    """The database belongs to another program."""

    def __init__(self, where: str) -> None:
        super().__init__("ledger.foreign", where=where)


class LedgerNewer(LedgerError):
    """A later xlflow has written it; `found` and `known` are schema versions."""

    def __init__(self, where: str, found: int, known: int) -> None:
        super().__init__("ledger.newer", where=where, found=found, known=known)


class LedgerFolderMissing(LedgerError):
    """The folder that should hold the ledger does not exist."""

    def __init__(self, where: str, folder: str) -> None:
        super().__init__("ledger.folder-missing", where=where, folder=folder)


class LedgerDenied(LedgerError):
    """The account that runs xlflow may not open the ledger or write to it."""

    def __init__(self, where: str) -> None:
        key = "denied-by-server" if "://" in where else "denied"
        super().__init__(f"ledger.{key}", where=where)


class LedgerFull(LedgerError):
    """The drive of the ledger is full."""

    def __init__(self, where: str) -> None:
        super().__init__("ledger.full", where=where)


class LedgerUnreachable(LedgerError):
    """The database server does not answer, or the drive fails; `reason` is its own word."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__("ledger.unreachable", where=where, reason=reason)


class LedgerLoginRefused(LedgerError):
    """The database server does not know the user, or the password is wrong or missing."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__("ledger.login-refused", where=where, reason=reason)


class LedgerDatabaseMissing(LedgerError):
    """The server has no such database, or none that is open to this user."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__("ledger.database-missing", where=where, reason=reason)


class LedgerAddressWrong(SettingsError):
    """The setting is no URL of a database that xlflow works with."""

    def __init__(self, where: str) -> None:
        super().__init__("ledger.address-wrong", where=where)


class LedgerDriverMissing(SettingsError):
    """The Python package that speaks to this database is not installed."""

    def __init__(self, where: str, driver: str) -> None:
        super().__init__("ledger.driver-missing", where=where, driver=driver)


# The beginning of SQLite's name for what happened; https://www.sqlite.org/rescode.html
_SQLITE: dict[str, type[LedgerError]] = {
    "SQLITE_BUSY": LedgerBusy,
    "SQLITE_LOCKED": LedgerBusy,
    "SQLITE_NOTADB": LedgerDamaged,
    "SQLITE_CORRUPT": LedgerDamaged,
    "SQLITE_CANTOPEN": LedgerDenied,
    "SQLITE_PERM": LedgerDenied,
    "SQLITE_READONLY": LedgerDenied,
    "SQLITE_FULL": LedgerFull,
}
# SQLSTATE; https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL: dict[str, type[LedgerError]] = {
    "55P03": LedgerBusy,  # lock_not_available
    "40P01": LedgerBusy,  # deadlock_detected
    "42501": LedgerDenied,  # insufficient_privilege
    "25006": LedgerDenied,  # read_only_sql_transaction: a standby
    "3F000": LedgerDenied,  # invalid_schema_name: no schema in which to make a table
    "53100": LedgerFull,  # disk_full
}


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what the database says into the error that a person reads; faults of ours pass.

    Raises:
        LedgerError
    """
    try:
        yield
    except (exc.OperationalError, exc.DatabaseError, sqlite3.DatabaseError) as err:
        cause = err.orig if isinstance(err, exc.DBAPIError) else err
        explanation = _explanation(where, cause)
        if explanation is None:
            raise
        raise explanation from err


def _explanation(where: str, cause: BaseException | None) -> XlflowError | None:
    name = getattr(cause, "sqlite_errorname", None) or ""
    for beginning, error in _SQLITE.items():
        if name.startswith(beginning):
            return error(where)
    state = getattr(cause, "sqlstate", None) or ""
    if state in _POSTGRESQL:
        return _POSTGRESQL[state](where)
    # class 08: connection, 57P: the server is going down; none: it was never reached
    lost = state.startswith(("08", "57P"))
    never = not name and not state and type(cause).__name__ == "OperationalError"
    if lost or never or name.startswith("SQLITE_IOERR"):
        reason = str(cause).strip().splitlines()[0] if str(cause) else name
        kind = _refusal(cause, reason) if never else LedgerUnreachable
        return kind(where, re.sub(r"^.* failed: |FATAL: +", "", reason))
    return None


# libpq keeps the SQLSTATE of a refused login to itself, and the server speaks its own language.
_DATABASE = ("database", "数据库", "資料庫")


def _refusal(
    cause: BaseException | None, reason: str
) -> type[LedgerLoginRefused | LedgerDatabaseMissing | LedgerUnreachable]:
    """Whether the server was reached, and what it refused."""
    attempt = getattr(cause, "pgconn", None)
    asked = attempt is not None and (attempt.used_password or attempt.needs_password)
    if any(word in reason for word in _DATABASE) and "pg_hba.conf" not in reason:
        # "the database system is starting up" is no refusal
        return LedgerDatabaseMissing if asked or '"' in reason else LedgerUnreachable
    is_refused = asked or ("FATAL" in reason and '"' in reason.rpartition("FATAL")[2])
    return LedgerLoginRefused if is_refused else LedgerUnreachable
