"""Rules: dates that contradict each other, or the present day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlflow.checks.column import Dates, Mask, Objects
from xlflow.checks.dates import RECORDED, last_day, plausible
from xlflow.checks.finding import FieldName
from xlflow.checks.lists import ALL_SHEETS
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View

_SIGNED = ("business_signed_on", "technical_signed_on")
_START = (("submitted_on",), ("confirmed_on",), ("assessed_on",))
_SCHEDULE = (("design_due",), ("development_due",), ("test_due",))

BEFORE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "expected_on": _START[:1],
    "confirmed_on": _START[:1],
    "assessed_on": _START[:2],
    "business_signed_on": _START,
    "technical_signed_on": _START,
    "design_due": (*_START, _SIGNED),
    "development_due": (*_START, _SIGNED, *_SCHEDULE[:1]),
    "test_due": (*_START, _SIGNED, *_SCHEDULE[:2]),
    "golive_due": (*_START, _SIGNED, *_SCHEDULE),
    "checked_on": _START[:1],
    "rectify_by": (*_START, _SIGNED),
    "live_on": (*_START, _SIGNED),
    "closed_on": (*_START, _SIGNED, ("live_on",)),
}
"""What must have happened before a date; of dates that stand together, the later one counts."""

SCHEDULE = ("design_due", "development_due", "test_due", "golive_due", "rectify_by")


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """A date beside the nearest step before it that has a date."""

    days: Dates
    earlier: Dates
    names: tuple[str, ...]  # the fields that the earlier date may stand in
    which: NDArray[np.int8]  # in which of them it stands; -1 = nowhere
    swapped: Mask  # exchanging day and month would make the date right
    earlier_swapped: Mask  # exchanging them in the earlier date would

    @property
    def wrong(self) -> Mask:
        """Where the date comes too early for no reason that the rules can guess."""
        return (self.days < self.earlier) & ~self.swapped & ~self.earlier_swapped

    @property
    def name(self) -> Objects:
        """The field of the earlier date."""
        labels: Objects = np.array([*map(FieldName, self.names), None], np.object_)[self.which]
        return labels


@rule("recorded-out-of-order", fields=tuple(RECORDED["register"][1:]), source="record")
def recorded_out_of_order(r: View) -> Iterator[Fault]:
    """What happened is dated in the order of the steps: submitted, confirmed, assessed, signed."""
    return _out_of_order(r, [key for key in RECORDED["register"] if key in BEFORE])


@rule("schedule-out-of-order", fields=SCHEDULE, source="step 3")
def schedule_out_of_order(r: View) -> Iterator[Fault]:
    """The schedule runs from the signatures through design, development and test to go-live."""
    return _out_of_order(r, SCHEDULE)


@rule("expected-before-submission", fields="expected_on", source="step 1")
def expected_before_submission(r: View) -> Iterator[Fault]:
    """The expected go-live does not lie before the submission."""
    return _out_of_order(r, ["expected_on"])


@rule("day-month-swapped", fields=("submitted_on", *BEFORE), source="record")
def day_month_swapped(r: View) -> Iterator[Fault]:
    """Day and month of a date are not exchanged: 2024-03-05 typed as 2024-05-03."""
    for key in ("submitted_on", *BEFORE):
        meant = exchanged(r.dates(key))
        yield fault(r.once(_swaps)[key], key, expected=meant, meant=meant)


@rule("recorded-in-future", fields=RECORDED, sheets=ALL_SHEETS, source="record")
def recorded_in_future(r: View) -> Iterator[Fault]:
    """What has happened is not dated in the future."""
    for key in RECORDED[r.sheet]:
        late = r.dates(key) > r.book.today
        late |= r.moments(key) > r.book.now
        if r.sheet == "register":
            late &= ~r.once(_swaps)[key]
        yield fault(late, key, today=r.book.today)


@rule("promise-later-than-expected", fields="golive_due", severity="warning", source="step 3")
def promise_later_than_expected(r: View) -> Fault:
    """The planned go-live is not later than the one that business expects."""
    expected = plausible(r, "expected_on")
    return fault(plausible(r, "golive_due") > expected, "golive_due", expected_on=expected)


def exchanged(days: Dates) -> Dates:
    """The days with day and month exchanged; NaT where that is no other day."""
    known = np.where(np.isnat(days), np.datetime64("2000-01-01"), days)
    months = known.astype("datetime64[M]")
    day = (known - months).astype(np.int64)
    month = months.astype(np.int64) % 12
    other = (known.astype("datetime64[Y]").astype("datetime64[M]") + day).astype("datetime64[D]")
    possible = (day < 12) & (day != month) & ~np.isnat(days)
    return np.where(possible, other + month, np.datetime64("NaT", "D"))


def _out_of_order(r: View, keys: tuple[str, ...] | list[str]) -> Iterator[Fault]:
    for key in keys:
        order = r.once(_orders)[key]
        yield fault(
            order.wrong, key, expected=order.earlier, earlier=order.name, earlier_on=order.earlier
        )


def _orders(r: View) -> Mapping[str, _Order]:
    orders: dict[str, _Order] = {}
    for key in BEFORE:
        orders[key] = _order(r, key, orders)
    return orders


def _order(r: View, key: str, orders: Mapping[str, _Order]) -> _Order:
    days = plausible(r, key)
    names = tuple(name for together in BEFORE[key] for name in together)
    earlier = np.full(len(r), np.datetime64("NaT", "D"))
    which = np.full(len(r), -1, np.int8)
    floor = earlier  # what the earlier date itself must not precede
    for together in BEFORE[key]:
        step = np.fmax.reduce([plausible(r, name) for name in together])
        earlier = np.where(np.isnat(step), earlier, step)
        for name in together:
            here = plausible(r, name) == step
            which[here] = names.index(name)
            below = orders[name].earlier if name in orders else np.datetime64("NaT", "D")
            floor = np.where(here, below, floor)
    late = days < earlier
    meant, meant_earlier = exchanged(days), exchanged(earlier)
    latest = r.book.today if key in RECORDED["register"] else last_day(r)
    swapped = late & (meant >= earlier) & (meant <= latest) & _close(meant, earlier)
    other = late & ~swapped & (meant_earlier <= days) & _close(days, meant_earlier)
    return _Order(days, earlier, names, which, swapped, other & ~(meant_earlier < floor))


def _swaps(r: View) -> Mapping[str, Mask]:
    """For each date, where its day and month seem to be exchanged."""
    swaps = {key: np.zeros(len(r), bool) for key in ("submitted_on", *BEFORE)}
    orders = r.once(_orders)
    for key, order in orders.items():
        swaps[key] |= order.swapped
        for number, name in enumerate(order.names):
            swaps[name] |= order.earlier_swapped & (order.which == number)
    for key in RECORDED["register"]:
        meant = exchanged(r.dates(key))
        future = (r.dates(key) > r.book.today) & (meant <= r.book.today)
        future &= _close(r.book.today, meant)
        swaps[key] |= future & ~(meant < orders[key].earlier) if key in orders else future
    return swaps


def _close(later: Dates | np.datetime64, earlier: Dates) -> Mask:
    """Whether two dates lie so close together that one step may well follow the other."""
    return np.asarray(later - earlier <= np.timedelta64(45, "D"))


RULES: tuple[Rule, ...] = (
    recorded_out_of_order,
    schedule_out_of_order,
    expected_before_submission,
    day_month_swapped,
    recorded_in_future,
    promise_later_than_expected,
)
