"""Which column of an old tracker means which field: the mapping at the greatest total confidence.

A header tells most, the values under it tell the rest: two columns 日期 are told apart by what else
is there, and a column 类型 that holds no type of requirement stays a column of the company's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xlflow.adoption.assignment import best_pairs
from xlflow.adoption.choice_words import choice_of
from xlflow.adoption.evidence import Evidence, suits
from xlflow.adoption.grid import Cell, Grid
from xlflow.adoption.headers import DROP, KEEP, Headers, How, Match
from xlflow.adoption.heads import Column, TrackerHead, find_head, head_at, matches_of
from xlflow.adoption.rows import data_rows
from xlflow.adoption.tracker_words import stands_for_blank
from xlflow.record.fields import Kind
from xlflow.record.schema import Schema

_LEAST = 0.45  # less confidence is none
_BASE = 0.4
_HEADER_ALONE = 0.5  # the part of the confidence that the header gives whatever the values are
_NO_WORD_KNOWN = 0.75
_KEPT_SUITS = 0.9
_BY_VALUES, _BY_LOGS = 0.55, 0.75
_ENOUGH_VALUES = 3
_ALL_BUT = 0.9
_PERHAPS, _MOST_PERHAPS = 0.25, 3
_LOGGED = 0.5  # remarks that are a log so often are one
_SUITS_TITLE = 0.85


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What becomes of a column. `target` is a field's key, `KEEP` or `DROP`."""

    number: int  # of the column, from 0
    header: str
    target: str
    confidence: float = 0.0
    how: How = "none"
    likened: str = ""  # the spelling that the header was likened to
    filled: int = 0  # cells
    fitting: float = 0.0  # the part of its values that suit the field
    perhaps: tuple[str, ...] = ()  # fields that a kept column may be for, the likeliest first


@dataclass(frozen=True)
class SheetMap:
    """What becomes of a sheet: a tracker whose columns are mapped, or one that is set aside."""

    title: str
    sheet: str  # of the register; "" where it is no tracker
    top: int = 0  # of the header rows, from 0
    bottom: int = -1
    columns: tuple[ColumnMap, ...] = ()

    @property
    def by_target(self) -> Mapping[str, ColumnMap]:
        """The columns that have a field, by its key."""
        return {
            column.target: column for column in self.columns if column.target not in (KEEP, DROP)
        }


Words = Mapping[str, Mapping[str, str | None]]
"""Set of choices -> word of the tracker -> code; None where the word is left as it is."""


@dataclass(frozen=True)
class TrackerMap:
    """What becomes of a whole workbook."""

    sheets: tuple[SheetMap, ...]
    words: Words = field(default_factory=dict)


def propose(grids: Sequence[Grid], schema: Schema, only: str | None = None) -> TrackerMap:
    """The mapping of a workbook that was not corrected; `only` names the one sheet to adopt."""
    headers = {sheet: Headers(sheet, schema) for sheet in schema.sheets}
    maps = tuple(
        _propose_sheet(grid, headers) if only in (None, grid.title) else SheetMap(grid.title, "")
        for grid in grids
    )
    return TrackerMap(maps, words_in(grids, maps, schema))


def remap(
    grid: Grid, sheet: str, rows: tuple[int, int], targets: Mapping[int, str], schema: Schema
) -> SheetMap:
    """The mapping of a sheet as a person corrected it; columns that are not named are kept."""
    head = head_at(grid, Headers(sheet, schema), *rows)
    named = {column.number: column for column in _all_columns(grid, head)}
    columns = [
        ColumnMap(number, column.header, targets.get(number, KEEP), confidence=1.0)
        for number, column in sorted(named.items())
    ]
    return SheetMap(grid.title, sheet, *rows, columns=tuple(columns))


def words_in(grids: Sequence[Grid], maps: Sequence[SheetMap], schema: Schema) -> Words:
    """The words of the columns of choices, and what each means; those that were known last."""
    found: dict[str, dict[str, str | None]] = {}
    for grid, sheet_map in zip(grids, maps, strict=True):
        for column in sheet_map.columns:
            target = schema.by_key(sheet_map.sheet).get(column.target) if sheet_map.sheet else None
            if target is None or target.kind is not Kind.CHOICE:
                continue
            words = found.setdefault(target.choices, {})
            for value in _values(grid, sheet_map.bottom, column.number):
                text = word_of(value)
                if text and text not in words and not _leaves_blank(text, schema, target.choices):
                    words[text] = choice_of(schema.choices[target.choices], value)
    return {choice_set: words for choice_set, words in found.items() if words}


def _leaves_blank(word: str, schema: Schema, choice_set: str) -> bool:
    """Whether a word fills a cell and says nothing: a dash is no status."""
    return stands_for_blank(word) and choice_of(schema.choices[choice_set], word) is None


def word_of(value: Cell) -> str:
    """The word in a cell of a column of choices; "" where there is none."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float) else ""


Confidences = dict[str, tuple[Match, float, float]]
"""Field key -> the header's match, the confidence, and the part of the values that suit."""


def _propose_sheet(grid: Grid, headers: Mapping[str, Headers]) -> SheetMap:
    heads = [head for held in headers.values() if (head := find_head(grid, held))]
    best = max(heads, key=lambda head: (head.worth, head.sheet == "register"), default=None)
    if best is None:
        return SheetMap(grid.title, "")
    columns = tuple(_mapped(grid, best, headers[best.sheet]))
    return SheetMap(grid.title, best.sheet, best.top, best.bottom, columns)


def _all_columns(grid: Grid, head: TrackerHead) -> Iterator[Column]:
    """The columns that have a header or anything under it."""
    named = {column.number: column for column in head.columns}
    for number in range(grid.width):
        if number in named:
            yield named[number]
        elif any(True for _ in _values(grid, head.bottom, number)):
            yield Column(number, "", ())


def _values(grid: Grid, bottom: int, number: int) -> Iterator[Cell]:
    for row in grid.rows[bottom + 1 :]:
        if number < len(row) and row[number] is not None:
            yield row[number]


def _mapped(grid: Grid, head: TrackerHead, headers: Headers) -> Iterator[ColumnMap]:
    columns = list(_all_columns(grid, head))
    records = [row.number for row in data_rows(grid, head.bottom) if row.is_record]
    cells = [[grid.at(row, column.number) for row in records] for column in columns]
    seen = [Evidence.of(values) for values in cells]
    keys = list(headers.fields)
    found = [_confidences(column, one, headers) for column, one in zip(columns, seen, strict=True)]
    worth = [[_gain(confidences, key) for key in keys] for confidences in found]
    pairs = best_pairs(worth)
    if headers.sheet == "register":
        _name_records(pairs, keys, found, seen, headers, len(records))
    for position, column in enumerate(columns):
        filled = sum(value is not None for value in cells[position])
        mapped = ColumnMap(column.number, column.header, KEEP, filled=filled)
        if position in pairs:
            key = keys[pairs[position]]
            match, confidence, fitting = found[position][key]
            mapped = replace(
                mapped,
                target=key,
                confidence=round(confidence, 2),
                how=match.how,
                likened=match.spelling,
                fitting=fitting,
            )
        else:
            mapped = replace(mapped, perhaps=_perhaps(found[position], keys, pairs))
        yield mapped


def _perhaps(
    confidences: Confidences, keys: Sequence[str], pairs: Mapping[int, int]
) -> tuple[str, ...]:
    """The fields without a column that a kept one may be for."""
    taken = {keys[column] for column in pairs.values()}
    likely = [
        (confidence, key)
        for key, (_, confidence, _) in confidences.items()
        if key != KEEP and key not in taken and confidence >= _PERHAPS
    ]
    return tuple(key for _, key in sorted(likely, reverse=True)[:_MOST_PERHAPS])


def _name_records(
    pairs: dict[int, int],
    keys: Sequence[str],
    found: Sequence[dict[str, tuple[Match, float, float]]],
    seen: Sequence[Evidence],
    headers: Headers,
    records: int,
) -> None:
    """Where no header tells the titles, the first column of different short texts holds them."""
    title = keys.index("title")
    if title in pairs.values():
        return
    for position, evidence in enumerate(seen):
        suited = suits(headers.fields["title"], evidence, headers.schema) if len(evidence) else 0.0
        if position in pairs or KEEP in found[position] or suited < _SUITS_TITLE:
            continue
        if evidence.names > 0.5 or evidence.units > 0.5 or len(evidence) * 2 < min(records, 400):
            continue
        pairs[position] = title
        found[position]["title"] = (Match("title", 0.0, "values", ""), _LEAST, suited)
        return


def _confidences(column: Column, seen: Evidence, headers: Headers) -> Confidences:
    """How surely a column is for each field that its header or its values may mean."""
    found: dict[str, tuple[Match, float, float]] = {}
    by_header, by_values = matches_of(column, headers), _told_by_values(seen, headers)
    for key in by_header.keys() | by_values.keys():
        told = [held[key] for held in (by_header, by_values) if key in held]
        match = max(told, key=lambda match: match.score)
        if key == KEEP:
            suited = _KEPT_SUITS if seen.logs < _LOGGED else 1 - seen.logs
        else:
            suited = suits(headers.fields[key], seen, headers.schema)
        confidence = match.score * (_HEADER_ALONE + (1 - _HEADER_ALONE) * suited)
        if key not in (KEEP, "status") and suited < 0.15 and _is_choice(headers, key):
            confidence *= _NO_WORD_KNOWN
        found[key] = (match, confidence, suited)
    return found


def _told_by_values(seen: Evidence, headers: Headers) -> dict[str, Match]:
    """The fields that a column may be for by its values alone, whatever its header."""
    if headers.sheet != "register" or len(seen) < _ENOUGH_VALUES:
        return {}
    choices = headers.schema.choices
    told = {
        key: Match(key, _BY_VALUES, "values", "")
        for key in ("type", "status")
        if seen.distinct < 1 and seen.known_words(choices[headers.fields[key].choices]) > _ALL_BUT
    }
    if seen.logs > _LOGGED:
        told["progress"] = Match("progress", _BY_LOGS, "values", "")
    return told


def _is_choice(headers: Headers, key: str) -> bool:
    return headers.fields[key].kind is Kind.CHOICE


def _gain(confidences: Confidences, key: str) -> float:
    """What a column is worth under a field: nothing where it is better kept.

    Confidence counts from a base on, so that two weak guesses never outweigh a sure one.
    """
    if key not in confidences:
        return 0.0
    confidence = confidences[key][1]
    kept = confidences[KEEP][1] if KEEP in confidences else 0.0
    return confidence - _BASE if confidence >= _LEAST and confidence > kept else 0.0
