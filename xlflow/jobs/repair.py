"""Putting back what people have pasted over or deleted in the register's layout."""

from __future__ import annotations

from xlflow.settings import Settings
from xlflow.workbook.archive import Limits
from xlflow.workbook.mending.comparing import compare
from xlflow.workbook.mending.differences import Difference
from xlflow.workbook.package import Package
from xlflow.workbook.share import Snapshot


def differences(settings: Settings, taken: Snapshot) -> tuple[Difference, ...]:
    """In what the register differs from what the template would have; nothing is changed.

    Raises:
        WorkbookRefused: No register, or a damaged workbook.
        LayoutRefused: A sheet or column is gone and nothing tells where it was; it names all.
    """
    return compare(_package(settings, taken), settings).differences


def _package(settings: Settings, taken: Snapshot) -> Package:
    limits = Limits(file_bytes=settings.workbook.size_limit_mb << 20)
    return Package.open(taken.data, taken.path, limits)
