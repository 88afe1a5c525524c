"""Which of two sides go together, one to one, so that the sum of their worths is greatest."""

from __future__ import annotations

from collections.abc import Sequence

_NEVER = float("inf")


def best_pairs(worth: Sequence[Sequence[float]]) -> dict[int, int]:
    """Row -> column of the pairs with the greatest sum; pairs that are worth nothing are left out.

    Source: the Hungarian method with potentials, O(rows^2 x columns).

    >>> best_pairs([[9, 8], [8, 1]])
    {0: 1, 1: 0}
    """
    if not worth or not worth[0]:
        return {}
    rows = len(worth)
    # as many columns of no worth as there are rows: a row may stay alone
    costs = [[-value for value in row] + [0.0] * rows for row in worth]
    holder = _holders(costs)
    pairs = ((row, column) for column, row in holder.items() if column < len(worth[0]))
    return {row: column for row, column in sorted(pairs) if worth[row][column] > 0}


def _holders(costs: Sequence[Sequence[float]]) -> dict[int, int]:
    """Column -> the row that gets it, at the least sum of costs."""
    columns = len(costs[0])
    of_row = [0.0] * len(costs)
    of_column = [0.0] * columns
    holder: dict[int, int] = {}
    for row in range(len(costs)):
        least = [_NEVER] * columns
        came_from = [-1] * columns
        seen = [False] * columns
        at, here = -1, row
        while True:
            step, following = _NEVER, -1
            for column in range(columns):
                if seen[column]:
                    continue
                reduced = costs[here][column] - of_row[here] - of_column[column]
                if reduced < least[column]:
                    least[column], came_from[column] = reduced, at
                if least[column] < step:
                    step, following = least[column], column
            of_row[row] += step
            for column in range(columns):
                if seen[column]:
                    of_row[holder[column]] += step
                    of_column[column] -= step
                else:
                    least[column] -= step
            seen[following] = True
            at = following
            if at not in holder:
                break
            here = holder[at]
        while at >= 0:
            before = came_from[at]
            holder[at] = row if before < 0 else holder[before]
            at = before
    return holder
