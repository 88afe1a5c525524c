"""The findings, one row each; those that the company waives are told with their waiver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlflow.checks.finding import Finding
from xlflow.checks.waivers import Waived
from xlflow.languages import Language
from xlflow.reports.export.cells import as_typed
from xlflow.reports.export.layout import Layout, Row, Type, layout_of

_COLUMNS = {
    "register": Type.TEXT,
    "file": Type.TEXT,
    "sheet": Type.TEXT,
    "cell": Type.TEXT,
    "row": Type.INTEGER,
    "number": Type.TEXT,
    "field": Type.TEXT,
    "field_label": Type.TEXT,
    "status": Type.TEXT,
    "rule": Type.TEXT,
    "severity": Type.TEXT,
    "message": Type.TEXT,
    "found": Type.TEXT,
    "expected": Type.TEXTS,
    "owner": Type.TEXT,
    "waived_until": Type.DATE,
    "waived_because": Type.TEXT,
}


def findings_layout(language: Language) -> Layout:
    """The columns of the table of findings."""
    return layout_of("findings", _COLUMNS, language)


def finding_rows(
    findings: Iterable[Finding], waived: Iterable[Waived], register: str, language: Language
) -> Iterator[Row]:
    """The findings that count, then those that are waived."""
    for found in findings:
        yield (*_row(found, register, language), None, None)
    for one in waived:
        yield (*_row(one.finding, register, language), one.until, one.reason)


def _row(found: Finding, register: str, language: Language) -> Row:
    told = found.to_dict(language)
    expected = told["expected"]
    held = expected if isinstance(expected, list) else [] if expected is None else [expected]
    return (
        register,
        *(told[name] for name in ("file", "sheet", "cell", "row", "number")),
        told["field"] or None,
        found.label(language) or None,
        *(told[name] for name in ("status", "rule", "severity", "message")),
        None if told["found"] is None else as_typed(told["found"]),
        tuple(map(as_typed, held)),
        told["owner"],
    )
