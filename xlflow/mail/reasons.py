"""Why a mail did not reach people, kept so that each reader is told in the own language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from xlflow.languages import Language
from xlflow.mail.delivery import Refusal
from xlflow.mail.failures import Failure


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `address` was not reached. `failure` is None where an older xlflow kept a text only."""

    address: str
    failure: Failure | None
    text: str = ""

    def message(self, language: Language) -> str:
        """What happened, where, and what to do next."""
        return self.failure.message(language) if self.failure else self.text

    def to_dict(self, language: Language) -> dict[str, Any]:
        """For JSON."""
        held: dict[str, Any] = {"address": self.address}
        if self.failure is not None:
            failure = self.failure
            held |= {"kind": failure.kind, "outcome": failure.outcome, "code": failure.code}
        return held | {"message": self.message(language)}


def stored_reasons(refused: Iterable[Refusal]) -> str:
    """The refusals as one text, for the outbox."""
    held = [{"address": each.address, **asdict(each.failure)} for each in refused]
    return json.dumps(held, ensure_ascii=False)


def reasons(stored: str | None) -> tuple[Reason, ...]:
    """What `stored_reasons` made a text of; lines "address: text" of older versions as well."""
    if not stored:
        return ()
    try:
        held = json.loads(stored)
        return tuple(Reason(each.pop("address"), Failure(**each)) for each in held)
    except (ValueError, TypeError, AttributeError, KeyError):
        return tuple(_of_line(line) for line in stored.splitlines())


def _of_line(line: str) -> Reason:
    address, _, text = line.partition(": ")
    return Reason(address, None, text) if text and "@" in address else Reason("", None, line)
