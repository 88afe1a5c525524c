"""Where a tracker's headers stand: in one row or two, under titles and banners, merged or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlflow.adoption.grid import Grid
from xlflow.adoption.headers import KEEP, Headers, Match

_SEARCHED_ROWS = 40
_MOST_DEEP = 3  # rows of headers
_SURE = 0.72  # so well a header must fit to count for its row
_LONGEST = 60  # characters; longer texts are no headers
_FEWEST = 3  # known headers of a tracker
_EACH_ROW_COSTS = (
    0.4  # so that a banner is taken for part of the header only where it tells something
)
_UNNAMED_COSTS = 0.05
_KEPT_COUNTS = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tracker. `header` is what people read over it, the groups first."""

    number: int  # from 0
    header: str
    spellings: tuple[str, ...]  # the header alone, and with each of its groups


@dataclass(frozen=True, slots=True)
class TrackerHead:
    """The header rows of a tracker, from `top` to `bottom`, and the columns under them."""

    sheet: str  # of the register: "register", "progress", ...
    top: int
    bottom: int
    columns: tuple[Column, ...]
    worth: float  # how many headers are known, the surest ones counting most


def find_head(grid: Grid, headers: Headers) -> TrackerHead | None:
    """The best header of a sheet; None where no row looks like that of a tracker."""
    found = (
        head_at(grid, headers, top, bottom)
        for bottom in range(min(_SEARCHED_ROWS, len(grid.rows)))
        if _holds_texts(grid, bottom)
        for top in range(max(0, bottom - _MOST_DEEP + 1), bottom + 1)
    )
    likely = [head for head in found if _is_tracker(head, headers)]
    return max(likely, key=lambda head: (head.worth, -head.top), default=None)


def head_at(grid: Grid, headers: Headers, top: int, bottom: int) -> TrackerHead:
    """The header that stands in these rows."""
    columns = tuple(_columns(grid, top, bottom))
    worth = _worth(columns, headers) - _EACH_ROW_COSTS * (bottom - top)
    return TrackerHead(headers.sheet, top, bottom, columns, worth)


def matches_of(column: Column, headers: Headers) -> dict[str, Match]:
    """How well a column's header fits each field, under the best of its spellings."""
    best: dict[str, Match] = {}
    for spelling in column.spellings:
        for key, match in headers.matches(spelling).items():
            if key not in best or best[key].score < match.score:
                best[key] = match
    return best


def _holds_texts(grid: Grid, row: int) -> bool:
    texts = [value for _, value in grid.filled(row) if isinstance(value, str)]
    return len(texts) >= 2 and len(texts) * 2 > sum(1 for _ in grid.filled(row))


def _columns(grid: Grid, top: int, bottom: int) -> Iterator[Column]:
    shown = [_shown(grid, row) for row in range(top, bottom + 1)]
    groups = [_spread(texts) for texts in shown[:-1]]
    for number in range(grid.width):
        own = shown[-1][number]
        # a header over a blank cell stands for itself, a group only over a header of its own
        above = groups if own else shown[:-1]
        path = [level[number] for level in above] + [own]
        path = [text for n, text in enumerate(path) if text and text not in path[n + 1 :]]
        if path:
            yield Column(number, " / ".join(path), _spellings(path))


def _spellings(path: Sequence[str]) -> tuple[str, ...]:
    """The header alone, and joined with its groups: 设计 over 完成日期 is 设计完成日期."""
    alone = path[-1]
    joined = [f"{group}{'' if group[-1:] > chr(0x2E80) else ' '}{alone}" for group in path[:-1]]
    whole = "".join(path) if len(path) > 2 else ""
    return tuple(dict.fromkeys(one for one in (alone, *joined, whole) if one))


def _shown(grid: Grid, row: int) -> list[str]:
    return [_text(grid.shown(row, number)) for number in range(grid.width)]


def _spread(texts: Sequence[str]) -> list[str]:
    """Groups that are not merged reach to the next one."""
    spread, reach = [], ""
    for text in texts:
        reach = text or reach
        spread.append(reach)
    return spread


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    text = " ".join(str(value).split()) if not isinstance(value, str) else value.strip()
    return text if len(text) <= _LONGEST else ""


def _worth(columns: Sequence[Column], headers: Headers) -> float:
    """The sum over the fields that headers fit best, each once, and a little for the others."""
    best: dict[str, float] = {}
    others = 0.0
    for column in columns:
        matches = matches_of(column, headers).values()
        surest = max(matches, key=lambda match: match.score, default=None)
        if surest is None or surest.score < _SURE:
            others -= _UNNAMED_COSTS
        elif surest.key == KEEP:
            others += _KEPT_COUNTS
        else:
            best[surest.key] = max(best.get(surest.key, 0.0), surest.score)
    return sum(best.values()) + others


def _is_tracker(head: TrackerHead, headers: Headers) -> bool:
    known = set()
    for column in head.columns:
        matches = matches_of(column, headers)
        known |= {key for key, match in matches.items() if match.score >= _SURE}
    if headers.sheet != "register":
        text = {"progress": "text", "issues": "issue", "changes": "change"}[headers.sheet]
        return len(known - {KEEP}) >= _FEWEST and {"number", text} <= known
    named = known & {"title", "description", "background"}
    return bool(named) and len(known - {KEEP}) >= _FEWEST
