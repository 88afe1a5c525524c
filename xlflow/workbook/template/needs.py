"""Fields that a choice in another field makes needed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NEEDED_WITH: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "interruption": ("priority", "high", ""),
        "infeasible_reason": ("feasible", "no", ""),
        "alternative": ("feasible", "no", ""),
        "root_cause": ("type", "fix", "developing"),
        "verification": ("type", "fix", "developing"),
        "blocked_reason": ("mark", "blocked", ""),
        "failure": ("result", "fail", ""),
        "rectify_by": ("result", "fail", ""),
    }
)
"""Field -> the other field, its choice, and from which status on; "" = from the beginning.

The checks say the same; a test compares them."""
