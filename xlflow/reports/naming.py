"""How reports name records, people and choices: the same words in every sheet and mail."""

from __future__ import annotations

from xlflow.languages import Language, say
from xlflow.record.register import Register
from xlflow.record.schema import Schema
from xlflow.timing.deadlines import Deadline
from xlflow.timing.next_steps import name


def record_name(number: str, row: int, language: Language) -> str:
    """A record's number; its row in the register while it has none."""
    return number or say(language, "reports.row", row=row)


def person_name(who: str, language: Language) -> str:
    """A masked name; in words where nobody is named."""
    return who or say(language, "reports.nobody")


def group_name(kind: str, code: str, schema: Schema, language: Language) -> str:
    """A status, priority, type, department or register; in words where blank or off the list."""
    if not code:
        return say(language, f"reports.unclear.{kind}")
    if kind in ("department", "register"):
        return code
    return schema.choices_of(kind).label(code, language)


def deadline_name(deadline: Deadline, language: Language) -> str:
    """What people call the deadline."""
    return name(deadline.id, language)


def file_name(register: Register) -> str:
    """The register's file, without its folders."""
    return register.path.replace("\\", "/").rpartition("/")[2]
