"""WHAT PEOPLE SIGN: the standard's outputs as Word documents, from templates a company may edit."""

from __future__ import annotations

from importlib.util import find_spec

from xlflow.errors import UsageError


class WordAbsent(UsageError):
    """The extra `documents` is not installed."""


def require_word() -> None:
    """See to it that the libraries for Word documents are there; call it before all else here.

    Raises:
        WordAbsent: They are not; says what to type.
    """
    absent = [name for name in ("docx", "docxtpl", "lxml") if find_spec(name) is None]
    if absent:
        raise WordAbsent("documents.absent", libraries=", ".join(absent))
