"""Whether the fields that freeze with the signatures are fields that people type."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlflow.languages import fold
from xlflow.settings.own_schema import OwnFault, faulty_field_names, schema_in


def frozen_faults(held: Mapping[str, Any]) -> Iterator[OwnFault]:
    """What is wrong with ``[scope] frozen`` in the settings as they were read."""
    scope = held.get("scope")
    frozen = scope.get("frozen") if isinstance(scope, Mapping) else None
    if not isinstance(frozen, Sequence) or isinstance(frozen, str):
        return
    typed = [field.key for field in schema_in(held).register if not field.is_own]
    faulty = faulty_field_names(held)
    for key in frozen:
        # A field that is at fault itself is there all the same: its fault is told.
        if isinstance(key, str) and key not in typed and fold(key) not in faulty:
            near = difflib.get_close_matches(key, typed, n=3) or ["goal", "golive_due"]
            yield OwnFault(("scope", "frozen"), "not-frozen", repr(key), ", ".join(near))
