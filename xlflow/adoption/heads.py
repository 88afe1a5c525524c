"""Where a tracker's headers stand: in one row or two, under titles and banners, merged or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xlflow.adoption.grid import Grid
from xlflow.adoption.headers import KEEP, Headers, Match

_SEARCHED_ROWS = 40
_MOST_ROWS = 6  # that are looked at closely
_MOST_DEEP = 3  # rows of headers
_SURE = 0.72  # so well a header must fit to count for its row
_LONGEST = 60  # characters; longer texts are no headers
_LIKELY = 0.6  # ... and so well to name the records
_FEWEST = 3  # known headers of a tracker
_FEWEST_UNNAMED = 5  # ... where none of them names the records
_EACH_ROW_COSTS = (
    0.4  # so that a banner is taken for part of the header only where it tells something
)
_REPEATED = 0.8
_UNNAMED_COSTS = 0.05
_KEPT_COUNTS = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tracker. `header` is what people read over it, the groups first."""

    number: int  # from 0
    header: str
    spellings: tuple[str, ...]  # the header alone, and with each of its groups
    is_repeated: bool = False  # the header alone stands over other columns, too


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
        for bottom in _likely_rows(grid, headers)
        for top in range(max(0, bottom - _MOST_DEEP + 1), bottom + 1)
    )
    likely = [head for head in found if _is_tracker(head, headers)]
    return max(likely, key=lambda head: (head.worth, -head.top), default=None)


def _likely_rows(grid: Grid, headers: Headers) -> list[int]:
    """The few rows of the first ones that hold the most known headers."""
    counts = {}
    for row in range(min(_SEARCHED_ROWS, len(grid.rows))):
        if _holds_texts(grid, row):
            texts = (_text(grid.shown(row, number)) for number in range(grid.width))
            counts[row] = len({key for text in texts if text and (key := headers.quickly(text))})
    likely = sorted(counts, key=lambda row: (-counts[row], row))
    return sorted(likely[:_MOST_ROWS])


def head_at(grid: Grid, headers: Headers, top: int, bottom: int) -> TrackerHead:
    """The header that stands in these rows."""
    columns = _marked(list(_columns(grid, top, bottom)))
    worth = _worth(columns, headers) - _EACH_ROW_COSTS * (bottom - top)
    return TrackerHead(headers.sheet, top, bottom, columns, worth)


def _marked(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, those marked whose header alone is not the only one."""
    alone = Counter(column.spellings[0] for column in columns)
    return tuple(
        replace(column, is_repeated=len(column.spellings) > 1 and alone[column.spellings[0]] > 1)
        for column in columns
    )


def matches_of(column: Column, headers: Headers) -> dict[str, Match]:
    """How well a column's header fits each field, under the best of its spellings.

    A header that stands under several groups says little alone.
    """
    best: dict[str, Match] = {}
    for position, spelling in enumerate(column.spellings):
        weaker = _REPEATED if position == 0 and column.is_repeated else 1.0
        for key, found in headers.matches(spelling).items():
            match = replace(found, score=found.score * weaker) if weaker < 1 else found
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
    known: set[str] = set()
    likely: set[str] = set()
    for column in head.columns:
        matches = matches_of(column, headers)
        known |= {key for key, match in matches.items() if match.score >= _SURE}
        likely |= {key for key, match in matches.items() if match.score >= _LIKELY}
    if headers.sheet != "register":
        text = {"progress": "text", "issues": "issue", "changes": "change"}[headers.sheet]
        return len(known - {KEEP}) >= _FEWEST and {"number", text} <= known
    named = likely & {"title", "description", "background"}
    return len(known - {KEEP}) >= (_FEWEST if named else _FEWEST_UNNAMED)
