"""A sample register: records in all statuses, on dates around today, with the mistakes people make.

The same day, language and count make the same register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from xlflow.jobs.sample_fields import own_values
from xlflow.languages import Language, entry
from xlflow.record.choices import STATUSES
from xlflow.record.fields import Kind
from xlflow.record.register import Person
from xlflow.record.schema import STANDARD, Schema
from xlflow.record.stages import BEFORE_LIVE, has_reached
from xlflow.timing.calendar import WorkingCalendar

Row = dict[str, Any]

# Of every 15 records, so many are in each status.
_MIX = (
    *("submitted",) * 3,
    *("assessing",) * 2,
    "designing",
    *("developing",) * 3,
    "testing",
    "live",
    *("closed",) * 2,
    "blocked",
    "cancelled",
)

# Working days after submission between which a record is in each status, if all goes to plan.
# From development on, so many more as development takes.
_AGE = {
    "submitted": (0, 0),
    "assessing": (1, 2),
    "designing": (4, 6),
    "developing": (7, 7),
    "testing": (8, 8),
    "live": (12, 14),
    "closed": (20, 90),
    "blocked": (8, 14),
    "cancelled": (5, 40),
}
_AFTER_DESIGN = ("developing", "testing", "live", "closed")
_LATE_EVERY = 7  # of so many records one is late; no divisor of the mix, so every status has some
_LATE_DAYS = 3


@dataclass(frozen=True)
class Sample:
    """The rows of the four sheets, and the lists; choices stand as their labels."""

    requirements: tuple[Row, ...]
    progress: tuple[Row, ...]
    issues: tuple[Row, ...]
    changes: tuple[Row, ...]
    departments: tuple[str, ...]
    people: tuple[Person, ...]


def sample_register(
    count: int,
    language: Language,
    today: date,
    calendar: WorkingCalendar,
    schema: Schema = STANDARD,
) -> Sample:
    """`count` records as a company might have them on `today`, in the order of their submission."""
    words = entry(language, "sample")
    today = today if calendar.is_working_day(today) else calendar.add_working_days(today, -1)
    chance = Random(f"{count} {language} {today}")  # noqa: S311 - a sample, no secret
    rows = [
        _record(number, words, language, today, calendar, chance, schema) for number in range(count)
    ]
    rows.sort(key=lambda row: (row["submitted_on"], row["title"]))
    _give_numbers(rows, schema)
    progress = [line for row in rows for line in _progress(row, words, language, schema)]
    issues = _issues(rows, words, language, today, calendar, schema)
    changes = _changes(rows, words)
    _make_mistakes(rows, progress, issues, words, today, schema)
    departments = tuple(words["departments"])
    return Sample(
        requirements=tuple(rows),
        progress=tuple(progress),
        issues=tuple(issues),
        changes=tuple(changes),
        departments=departments,
        people=_people(words, departments),
    )


def _record(
    position: int,
    words: Mapping[str, Any],
    language: Language,
    today: date,
    calendar: WorkingCalendar,
    chance: Random,
    schema: Schema,
) -> Row:
    status = _MIX[position % len(_MIX)]
    subject = words["subject"][position % len(words["subject"])]
    kinds = list(words["kind"])
    # Each round through the subjects asks for something else of them.
    turn = position // len(words["subject"])
    kind = kinds[(position + turn) % len(kinds)]
    estimate = chance.choice((3, 5, 6, 9))
    development_days = max(estimate - 2, 1)
    is_late = position % _LATE_EVERY == _LATE_EVERY - 1
    age = chance.randint(*_AGE[status]) + (_LATE_DAYS if is_late else 0)
    if status in _AFTER_DESIGN:
        age += chance.randint(0, development_days) if status == "developing" else development_days
    submitted = calendar.add_working_days(today, -age) if age else today
    looked = calendar.add_working_days(today, -_LATE_DAYS) if is_late else today
    texts = _texts(words, kind, subject["what"], chance)
    business = words["business"][subject["department"]]
    owner = chance.choice(words["technical"])
    core = estimate - (2 if estimate > 3 else 0)
    row: Row = {
        **texts,
        "department": words["departments"][subject["department"]],
        "requester": business,
        "contact": chance.choice(words["technical"]),
        "owner": owner,
        "core_days": core,
        "other_days": estimate - core,
        "estimate": estimate,
        "accepted_by": business,
        "accepted_department": words["departments"][subject["department"]],
        **{
            f"{stage}_owner": chance.choice(words["technical"])
            for stage in ("design", "development", "test")
        },
        "golive_owner": owner,
        **_dates(submitted, development_days, kind == "urgent", calendar),
        "checked_on": looked,
        **own_values(schema, language, owner, submitted, position),
    }
    codes = {
        "status": status,
        "type": kind,
        "priority": "high" if kind == "urgent" else chance.choice(("high", "medium", "low")),
        "feasible": "yes",
        "complexity": "low" if estimate <= 3 else "medium" if estimate <= 7 else "high",
        "mark": {"developing": "in-progress", "testing": "ready-for-test"}.get(status, "blocked"),
        "result": "pass",
        "business_closed": "yes",
        "technical_closed": "yes",
    }
    row |= {key: schema.choices_of(key).label(code, language) for key, code in codes.items()}
    return _upto_status(row, status, codes, today, schema)


def _texts(words: Mapping[str, Any], kind: str, what: str, chance: Random) -> Row:
    numbers = {"few": chance.randint(6, 30), "many": chance.randint(8, 20) * 10}
    held = {**words["common"], **words["kind"][kind]}
    return {key: _capital(text.format(what=what, **numbers)) for key, text in held.items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _dates(submitted: date, development_days: int, urgent: bool, calendar: WorkingCalendar) -> Row:
    def after(day: date, days: int) -> date:
        return calendar.add_working_days(day, days)

    confirmed = submitted if urgent else after(submitted, 1)
    assessed = confirmed if urgent else after(confirmed, 2)
    signed = after(assessed, 2)
    design = after(signed, 2)
    development = after(design, development_days)
    test = after(development, 2)
    golive = after(test, 2)
    return {
        "submitted_on": submitted,
        "expected_on": after(golive, 3),
        "confirmed_on": confirmed,
        "assessed_on": assessed,
        "business_signed_on": signed,
        "technical_signed_on": signed,
        "design_due": design,
        "development_due": development,
        "test_due": test,
        "golive_due": golive,
        "live_on": golive,
        "closed_on": after(golive, 4),
    }


def _upto_status(
    row: Row, status: str, codes: Mapping[str, str], today: date, schema: Schema
) -> Row:
    """`row` as far as people fill it in while it is in `status`."""
    stage = {"blocked": "developing", "cancelled": "designing"}.get(status, status)
    kept = {
        field.key
        for field in schema.register
        if field.required_from in (*BEFORE_LIVE, "live", "closed")
        and has_reached(stage, field.required_from)
    }
    kept |= {"status"} | ({"interruption"} if codes["priority"] == "high" else set())
    if has_reached(stage, "designing"):
        kept |= {"core_days", "other_days"}
    if has_reached(stage, "developing") and codes["type"] == "fix":
        kept |= {"root_cause", "verification"}
    if stage in ("developing", "testing"):
        kept |= {"mark", "checked_on"}
    if status == "live" and row["checked_on"] == today:
        kept |= {"monitoring"}
    if status in ("blocked", "cancelled"):
        kept |= {"blocked_reason"}
    if status == "cancelled":
        row["blocked_reason"] = row["infeasible_reason"]
    if status == "closed":
        kept |= {"retrospective"}
    happened = {key for key in kept if _is_record(key) and row[key] > today}
    for key in happened:
        row[key] = today
    return {key: value for key, value in row.items() if key in kept}


def _is_record(key: str) -> bool:
    """Whether the field tells what happened, so that it never lies in the future."""
    field = STANDARD.by_key("register").get(key)
    is_date = field is not None and field.kind is Kind.DATE
    return is_date and key.endswith("_on") and key != "expected_on"


def _give_numbers(rows: list[Row], schema: Schema) -> None:
    status = schema.choices["status"]
    serials: dict[int, int] = {}
    for row in rows:
        if status.parse(row["status"]) != "submitted":
            year = row["submitted_on"].year
            serials[year] = serials.get(year, 0) + 1
            row["number"] = schema.numbers.written(year, serials[year])


def _progress(row: Row, words: Mapping[str, Any], language: Language, schema: Schema) -> list[Row]:
    """A line when each part was finished, and one on the day on which business looked last."""
    if "design_due" not in row:
        return []
    is_blocked = schema.choices["status"].parse(row["status"]) == "blocked"
    planned = (row["design_due"], row["development_due"])
    last = row.get("checked_on", row["test_due"])
    days = [*(day for day in planned if day < last), last]
    lines = []
    for turn, day in enumerate(days, 1):
        mark = "ready-for-test" if turn == 3 else "in-progress"
        mark = "blocked" if is_blocked and day == last else mark
        lines.append(
            {
                "number": row["number"],
                "date": day,
                "mark": schema.choices["mark"].label(mark, language),
                "text": words["line"][f"progress_{turn}"],
                "by": row["development_owner"],
            }
        )
    return lines


def _issues(
    rows: list[Row],
    words: Mapping[str, Any],
    language: Language,
    today: date,
    calendar: WorkingCalendar,
    schema: Schema,
) -> list[Row]:
    answers, states = schema.choices["confirmation"], schema.choices["issue-state"]
    at_work = [row for row in rows if "mark" in row]
    lines = []
    for turn, row in enumerate(at_work[::3]):
        solved = turn % 2 == 1
        asks = turn % 4 == 0
        raised = calendar.add_working_days(today, -(turn % 4) - 1)
        lines.append(
            {
                "number": row["number"],
                "raised_at": datetime.combine(raised, time(10, 30)),
                "issue": words["line"]["issue"],
                "needs_answer": answers.label("yes" if asks else "no", language),
                "measure": words["line"]["measure"],
                "state": states.label("solved" if solved else "in-progress", language),
                "owner": row["development_owner"],
                "solved_on": raised if solved else None,
            }
        )
    return lines


def _changes(rows: list[Row], words: Mapping[str, Any]) -> list[Row]:
    line = words["line"]
    return [
        {
            "number": row["number"],
            "date": row["business_signed_on"],
            "by": row["requester"],
            "change": line["change"],
            "reason": line["reason"],
            "effect": line["effect"],
            "business_approved_on": row["business_signed_on"],
            "technical_approved_on": row["technical_signed_on"] if turn == 0 else None,
        }
        for turn, row in enumerate([row for row in rows if "mark" in row][1:6:4])
    ]


def _make_mistakes(
    rows: list[Row],
    progress: list[Row],
    issues: list[Row],
    words: Mapping[str, Any],
    today: date,
    schema: Schema,
) -> None:
    """Spoil a record here and there, each in its own way, as people do."""
    slips = words["mistake"]
    by_status: dict[str, list[Row]] = {status: [] for status in STATUSES}
    for row in rows:
        by_status[schema.choices["status"].parse(row["status"]) or ""].append(row)
    new = by_status["submitted"]
    slips_of: dict[str, tuple[Row, ...]] = {
        "submitted": (
            {"goal": slips["vague_goal"], "benefit": slips["vague_benefit"]},
            {"requester": slips["name"], "expected_on": slips["date"]},
            {"department": slips["department"], "title": slips["title"]},
            {"submitted_on": slips["short_date"]},
            {"background": slips["placeholder"], "description": None},
            {"benefit": slips["formula"]},
        ),
        "assessing": ({"contact": None}, {"confirmed_on": today + timedelta(days=30)}),
        "developing": (
            {"estimate": 12},
            {"status": slips["status"]},
            {"technical_signed_on": None},
            {"development_due": _next_sunday(today)},
        ),
    }
    for status, changes in slips_of.items():
        for row, change in zip(by_status[status], changes, strict=False):
            row.update(change)
    for row in by_status["blocked"][:1]:
        row["blocked_reason"] = None
    for row in by_status["closed"][:1]:
        row["closed_on"] = row["live_on"]
    if by_status["live"]:
        by_status["live"][-1]["rollback"] = slips["placeholder"]
    if len(new) > 7:
        new[7].update(
            {key: value for key, value in new[6].items() if key not in ("number", "status")}
        )
    if progress:
        progress.append(progress[-1] | {"number": slips["number"]})
    if issues:
        issues[0]["measure"] = None


def _next_sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday() or 7)


def _people(words: Mapping[str, Any], departments: tuple[str, ...]) -> tuple[Person, ...]:
    lead = words["technical"][0]
    business = [
        Person(name=name, department=department, mail=f"business{turn}@example.com")
        for turn, (name, department) in enumerate(zip(words["business"], departments, strict=True))
    ]
    technical = [
        Person(name=name, mail=f"technical{turn}@example.com", lead="" if name == lead else lead)
        for turn, name in enumerate(words["technical"])
    ]
    return (*business, *technical)
