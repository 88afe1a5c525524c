"""What goes wrong in a register: done on one day, found by the next run, mended some days later.

Each kind is a function that does it to one requirement, if that can be; it answers with what must
be found, and with how people mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from simulation.office import FROZEN, Line, Requirement
from simulation.slips import MAIN, SLIPS, Slip
from simulation.walk import goes_on

Mend = Callable[[], None]


@dataclass
class Violation:
    """`lines`: those at fault, the accused one first. `rule`: "" where the run puts it right.

    `fields`: what `xlflow restore` puts back to mend it; () = the whole record; None = nothing.
    """

    rule: str
    lines: tuple[Line, ...]
    mend: Mend
    fields: tuple[str, ...] | None = None
    altered: Mapping[Line, str] = field(default_factory=dict)  # -> what its number cell holds
    runs_left: int = 1

    @property
    def stops_work(self) -> bool:
        """Whether its people wait until it is mended."""
        return bool(self.rule)


Kind = Callable[[Requirement, Random], Violation | None]


def kinds() -> dict[str, Kind]:
    """All kinds, by name."""
    of_cells: dict[str, Kind] = {f"{slip.rule} ({slip.key})": _slip(slip) for slip in SLIPS}
    return of_cells | {one.__name__.replace("_", " "): one for one in _OTHERS}


def _slip(slip: Slip) -> Kind:
    def inject(r: Requirement, rng: Random) -> Violation | None:
        if r.status not in slip.statuses or not slip.needs(r):
            return None
        had = r.cells.get(slip.key)
        if had is None and slip.key not in ("mark",):
            return None
        is_frozen = slip.key in FROZEN and bool(r.baselines)
        if is_frozen and r.requests:
            return None
        rule = slip.rule
        if rule == "scope-changed" and r.code("type") == "urgent":
            rule = "urgent-scope-changed"
        r.types(**{slip.key: slip.wrong(r)})
        if r.cells.get(slip.key) == had:
            return None
        r.unapproved = is_frozen

        def mend() -> None:
            r.types(**{slip.key: had})
            r.unapproved = False

        return Violation(rule, (r,), mend, (slip.key,))

    return inject


def status_jumps(r: Requirement, rng: Random) -> Violation | None:
    """A step is left out."""
    if r.status not in MAIN[:4]:
        return None
    here = MAIN.index(r.status)
    return _claims(r, rng.choice(MAIN[here + 2 : 6]), "status-jump")


def status_goes_back(r: Requirement, rng: Random) -> Violation | None:
    """It goes back without a change that was approved."""
    if r.status not in MAIN[1:] or r.requests:
        return None
    here = MAIN.index(r.status)
    earlier = [step for step in MAIN[:here] if (r.status, step) != ("testing", "developing")]
    return _claims(r, rng.choice(earlier), "status-went-back")


def returns_to_another_step(r: Requirement, rng: Random) -> Violation | None:
    """What was blocked goes on elsewhere than where it was."""
    if r.status != "blocked" or r.requests or r.statuses[-1][1] != "blocked":
        return None
    origin = next(status for _, status in reversed(r.statuses) if status in MAIN)
    other = rng.choice([step for step in MAIN[:5] if step != origin])
    is_forward = MAIN.index(other) > MAIN.index(origin)
    r.types(status=other)
    mark = "in-progress" if origin == "developing" else None

    def mend() -> None:
        r.types(status=origin, blocked_reason=None)
        r.types(mark="ready-for-test" if origin == "testing" else mark)

    rule = "status-jump" if is_forward else "status-went-back"
    return Violation(rule, (r,), mend)


def _claims(r: Requirement, status: str, rule: str) -> Violation:
    had = r.status
    r.types(status=status)
    return Violation(rule, (r,), lambda: r.types(status=had), ("status",))


def number_is_cleared(r: Requirement, rng: Random) -> Violation | None:
    return _numbered(r, None)


def number_is_altered(r: Requirement, rng: Random) -> Violation | None:
    wrong = rng.choice(("2024-888", "TT-2024-888", "my own", r.number + "7"))
    return _numbered(r, wrong)


def number_is_pasted_over(r: Requirement, rng: Random) -> Violation | None:
    others = [one for one in _unharmed(r) if one is not r]
    if not others:
        return None
    other = rng.choice(others)
    r.office.overwrites(r, "number", other.number)
    return Violation("", (r, other), _by_the_run, altered={r: other.number})


def numbers_are_swapped(r: Requirement, rng: Random) -> Violation | None:
    others = [one for one in _unharmed(r) if one is not r]
    if not others:
        return None
    other = rng.choice(others)
    r.office.overwrites(other, "number", r.number)
    r.office.overwrites(r, "number", other.number)
    altered = {r: other.number, other: r.number}
    return Violation("", (r, other), _by_the_run, altered=altered)


def _numbered(r: Requirement, wrong: str | None) -> Violation:
    r.office.overwrites(r, "number", wrong)
    return Violation("", (r,), _by_the_run, altered={r: wrong or ""})


def _by_the_run() -> None:
    """Nobody has to do anything."""


def row_is_copied(r: Requirement, rng: Random) -> Violation | None:
    """A row is copied as a beginning for another requirement, with its number."""
    if r.status != "submitted" or len(r.statuses) != 1:
        return None
    office = r.office
    copy = office.opens(next(office.copies))
    copy.types(**r.cells)
    copy.types(title=copy.says("title"), goal=copy.says("goal"))
    office.overwrites(copy, "number", r.number)
    copy.withheld = True
    is_wanted = rng.random() < 0.5

    def mend() -> None:
        copy.withheld = False
        if is_wanted:
            office.overwrites(copy, "number", None)
            copy.walk = goes_on(copy)
        else:
            office.clears(copy)

    return Violation("number-doubled", (r, copy), mend)


def row_is_cleared(r: Requirement, rng: Random) -> Violation | None:
    """A record vanishes; it is pasted back, or restored."""
    r.office.clears(r)
    return _vanished(r, rng)


def row_is_deleted(r: Requirement, rng: Random) -> Violation | None:
    """The row itself goes."""
    r.office.removes(r)
    return _vanished(r, rng)


def _vanished(r: Requirement, rng: Random) -> Violation:
    return Violation(
        "record-vanished",
        (r,),
        lambda: r.office.pastes_back(r, number=rng.random() < 0.5),
        (),
    )


def line_of_unknown_number(r: Requirement, rng: Random) -> Violation | None:
    """A line of progress names a number that there is not."""
    return _misnamed(r, r.number[:-3] + "977", rng)


def line_spells_the_number_otherwise(r: Requirement, rng: Random) -> Violation | None:
    return _misnamed(r, r.number.replace("-", "–"), rng)


def _misnamed(r: Requirement, wrong: str, rng: Random) -> Violation | None:
    if r.status not in MAIN[3:5]:
        return None
    line = r.office.adds(
        "progress",
        number=wrong,
        date=r.office.day,
        mark="in-progress",
        text=r.says("text", next(r.counted)),
        by=r.cells["development_owner"],
    )

    def mend() -> None:
        if rng.random() < 0.5:
            r.office.clears(line)
        else:
            r.lines.append(r.office.renames(line, r.number))

    return Violation("line-of-unknown-number", (line, r), mend)


def change_number_is_altered(r: Requirement, rng: Random) -> Violation | None:
    lines = [it for it in r.lines if it.sheet == "changes" and it.number]
    if not lines:
        return None
    r.office.overwrites(rng.choice(lines), "change_number", rng.choice((None, "my own")))
    return Violation("", (r,), _by_the_run)


def row_is_pasted_over(r: Requirement, rng: Random) -> Violation | None:
    """All that was typed of another requirement is pasted over this one; restored, or retyped."""
    others = [
        one for one in _unharmed(r) if one is not r and one.status in MAIN[:3] and not one.baselines
    ]
    if r.status not in MAIN[:3] or r.baselines or not others:
        return None
    other = rng.choice(others)
    had = dict(r.cells)
    r.types(**dict.fromkeys(had) | other.cells)

    def mend() -> None:
        r.types(**dict.fromkeys(r.cells) | had)

    return Violation("duplicate-title", (r, other), mend, tuple(had.keys() | other.cells.keys()))


def solved_without_a_day(r: Requirement, rng: Random) -> Violation | None:
    solved = [it for it in r.lines if it.sheet == "issues" and it.cells.get("solved_on")]
    return _of_line(r, solved, "solved_on", None, "issue-solved-without-date", rng)


def approved_before_the_request(r: Requirement, rng: Random) -> Violation | None:
    lines = [it for it in r.lines if it.sheet == "changes" and "business_approved_on" in it.cells]
    if not lines:
        return None
    early = lines[0].cells["date"] - timedelta(days=4)
    key = "business_approved_on"
    return _of_line(r, lines[:1], key, early, "change-approved-before-request", rng)


def line_lacks_its_author(r: Requirement, rng: Random) -> Violation | None:
    lines = [it for it in r.lines if it.sheet == "progress"]
    return _of_line(r, lines, "by", None, "line-incomplete", rng)


def _of_line(
    r: Requirement, lines: list[Line], key: str, wrong: object, rule: str, rng: Random
) -> Violation | None:
    if not lines:
        return None
    line = rng.choice(lines)
    had = line.cells[key]
    line.types(**{key: wrong})
    return Violation(rule, (r, line), lambda: line.types(**{key: had}))


def _unharmed(r: Requirement) -> Iterator[Requirement]:
    return (one for one in r.office.requirements if is_sound(one))


def is_sound(r: Requirement) -> bool:
    """Whether it stands in the register with its number, and nothing is wrong with it."""
    return bool(r.number) and r.row is not None and not r.held and not r.is_bare


_OTHERS: tuple[Kind, ...] = (
    status_jumps,
    status_goes_back,
    returns_to_another_step,
    number_is_cleared,
    number_is_altered,
    number_is_pasted_over,
    numbers_are_swapped,
    row_is_copied,
    row_is_cleared,
    row_is_deleted,
    row_is_pasted_over,
    change_number_is_altered,
    line_of_unknown_number,
    line_spells_the_number_otherwise,
    solved_without_a_day,
    approved_before_the_request,
    line_lacks_its_author,
)
