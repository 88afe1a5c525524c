"""The cells of a record or line as one text that the ledger keeps, and back: typed, and exact.

A digest tells whether anything has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from xlflow.record.values import CellError

Cells = Mapping[str, Any]
"""Field key -> value, blank cells left out; values as in `record.values`."""


def as_text(value: Any) -> str:
    """A value, or the cells of a row, as JSON.

    >>> as_text({"title": "Login", "submitted_on": date(2024, 3, 1)})
    '{"title":"Login","submitted_on":{"$date":"2024-03-01"}}'
    """
    text = _PLAIN.encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which no database takes
        return _ESCAPED.encode(value)
    return text


def from_text(text: str) -> Any:
    """The value that `as_text` was given.

    >>> from_text('{"$date":"2024-03-01"}')
    datetime.date(2024, 3, 1)
    """
    if text[0] == '"' and "\\" not in text:  # as most are
        return text[1:-1]
    return json.loads(text, object_hook=_decoded)


def digest(cells: Cells) -> str:
    """A short text that only the same cells have, in the same order."""
    # repr is several times as fast as JSON. Another version of Python may write it otherwise:
    # then the cells themselves are compared, once.
    written = repr(cells).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=16).hexdigest()


# A field's key has no $.
_KINDS: Mapping[str, Callable[[str], Any]] = {
    "$at": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$error": CellError,
}


def _encoded(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, CellError):
        return {"$error": value.literal}
    raise TypeError(f"no value of a cell: {value!r}")


def _decoded(held: dict[str, Any]) -> Any:
    for kind, read in _KINDS.items():
        if kind in held:
            return read(held[kind])
    return held


_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_encoded)
_ESCAPED = json.JSONEncoder(separators=(",", ":"), default=_encoded)
