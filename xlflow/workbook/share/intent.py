"""What a commit is going to do: names and hashes, decided before anything is written."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

_LEFT_BEHIND = re.compile(r"\.xlflow-(\d{8}T\d{6}Z)-[0-9a-f]{8}\.(bak|tmp)")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Intent:
    """One commit; `asdict` of it and `Intent(**facts)` are how a journal keeps it.

    `temporary`: where the new bytes are written. `aside`: where the old workbook goes.
    """

    id: str
    target: str
    temporary: str
    aside: str
    sha_before: str
    sha_after: str


def new_id(now: datetime) -> str:
    """A fresh id that tells its moment: "20240315T093000Z-5f0c2a1b"."""
    return f"{now.astimezone(UTC):{_TIME}}-{secrets.token_hex(4)}"


def temporary_name(intent_id: str) -> str:
    """What the new workbook is called until it is put in place."""
    return f".xlflow-{intent_id}.tmp"


def aside_name(intent_id: str) -> str:
    """What the old workbook is called afterwards."""
    return f".xlflow-{intent_id}.bak"


def kept_name(name: str, intent_id: str) -> str:
    """What a second version is called that a person must look at: visible, beside the workbook."""
    path = PurePath(name)
    return f"{path.stem} (xlflow {intent_id}){path.suffix}"


def made_at(name: str) -> datetime | None:
    """When the commit began that left a file of this name; None if no commit of ours did."""
    found = _LEFT_BEHIND.fullmatch(name)
    return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) if found else None
