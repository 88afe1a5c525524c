"""What a requester is asked for when a requirement is submitted."""

from __future__ import annotations

from collections.abc import Iterable

from xlflow.record.fields import Field

_MODULES = ("basic", "detail")  # those of the first step


def asked(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields of an intake form: those that a submission needs, and optional ones beside them.

    Not the status, which a form that was handed in says by itself.
    """
    return tuple(field for field in fields if not field.is_own and _is_asked(field))


def _is_asked(field: Field) -> bool:
    if field.key == "status":
        return False
    of_first_step = field.module in _MODULES and not field.required_from
    return field.required_from == "submitted" or of_first_step
