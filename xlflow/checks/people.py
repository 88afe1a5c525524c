"""Who is to mend a field, and the step of the process to whose entry the field belongs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xlflow.record.fields import Field

_STEP_OF_MODULE: Mapping[str, str] = MappingProxyType(
    {
        "basic": "submitted",
        "guidance": "submitted",
        "detail": "submitted",
        "assessment": "designing",
        "solution": "developing",
        "progress": "developing",
        "acceptance": "live",
    }
)

_TECHNICAL = ("owner", "contact")
_BUSINESS = ("requester",)

_WHO_OF_MODULE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "basic": _BUSINESS,
        "guidance": _TECHNICAL,
        "detail": _BUSINESS,
        "assessment": _TECHNICAL,
        "solution": _TECHNICAL,
        "progress": ("development_owner", *_TECHNICAL),
        "acceptance": ("accepted_by", *_BUSINESS),
    }
)

_WHO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": _TECHNICAL,
        "confirmed_on": ("contact", "owner"),
        "design_due": ("design_owner", *_TECHNICAL),
        "development_due": ("development_owner", *_TECHNICAL),
        "test_due": ("test_owner", *_TECHNICAL),
        "golive_due": ("golive_owner", *_TECHNICAL),
        "business_signed_on": _BUSINESS,
        "checked_on": _BUSINESS,
        "rollback": ("golive_owner", *_TECHNICAL),
        "live_on": ("golive_owner", *_TECHNICAL),
        "monitoring": ("golive_owner", *_TECHNICAL),
        "rectify_by": ("development_owner", *_TECHNICAL),
        "technical_closed": _TECHNICAL,
        "closed_on": _TECHNICAL,
        "retrospective": _TECHNICAL,
    }
)

WHO_OF_LINE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"progress": ("by",), "issues": ("owner",), "changes": ("by",)}
)
"""The fields of a child sheet's line that name who wrote it."""


def entered_with(field: Field) -> str:
    """The status for whose entry a field of the register is filled.

    >>> from xlflow.record.schema import STANDARD
    >>> entered_with(STANDARD.field("goal")), entered_with(STANDARD.field("root_cause"))
    ('submitted', 'developing')
    """
    return field.required_from or _STEP_OF_MODULE[field.module]


def who_mends(field: Field) -> tuple[str, ...]:
    """The fields of the register that name the person to mend `field`, the first one first."""
    return (*_WHO.get(field.key, _WHO_OF_MODULE[field.module]), *_BUSINESS)
