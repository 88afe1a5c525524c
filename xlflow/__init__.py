"""xlflow keeps the register of requirements on the shared drive true to the process standard.

The names that a script imports; each brings along only the libraries that it needs:

    from xlflow import load_settings, read_register, inspect, run, Ledger
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlflow.checks import Finding as Finding
    from xlflow.checks import check as check
    from xlflow.errors import XlflowError as XlflowError
    from xlflow.jobs.inspection import Inspection as Inspection
    from xlflow.jobs.inspection import inspect as inspect
    from xlflow.jobs.run import RunOutcome as RunOutcome
    from xlflow.jobs.run import run as run
    from xlflow.ledger import Ledger as Ledger
    from xlflow.record.register import Register as Register
    from xlflow.settings import Company as Company
    from xlflow.settings import Settings as Settings
    from xlflow.settings import load_company as load_company
    from xlflow.settings import load_settings as load_settings
    from xlflow.timing.calendar import WorkingCalendar as WorkingCalendar
    from xlflow.workbook.reader import read_register as read_register
    from xlflow.workbook.template import build_register as build_register

__version__ = "0.1.0"

_ROOMS = {
    "Finding": "xlflow.checks",
    "check": "xlflow.checks",
    "XlflowError": "xlflow.errors",
    "Inspection": "xlflow.jobs.inspection",
    "inspect": "xlflow.jobs.inspection",
    "RunOutcome": "xlflow.jobs.run",
    "run": "xlflow.jobs.run",
    "Ledger": "xlflow.ledger",
    "Register": "xlflow.record.register",
    "Company": "xlflow.settings",
    "Settings": "xlflow.settings",
    "load_company": "xlflow.settings",
    "load_settings": "xlflow.settings",
    "WorkingCalendar": "xlflow.timing.calendar",
    "read_register": "xlflow.workbook.reader",
    "build_register": "xlflow.workbook.template",
}

__all__ = [*_ROOMS]


def __getattr__(name: str) -> Any:
    """Import the room of a public name when it is asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'xlflow' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
