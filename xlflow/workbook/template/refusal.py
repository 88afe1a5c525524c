"""What XlsxWriter would drop with a warning or a return code becomes an error."""

from __future__ import annotations

from xlflow.errors import XlflowError


class TemplateRefused(XlflowError):
    """A text or list does not fit into the workbook. `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__("template.refused", place=place, reason=reason)


def accepted(code: object, place: str) -> None:
    """Raise TemplateRefused if XlsxWriter returned the code of a refusal."""
    if isinstance(code, int) and code < 0:
        raise TemplateRefused(place, f"XlsxWriter {code}")
