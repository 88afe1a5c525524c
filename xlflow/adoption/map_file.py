"""The mapping as a TOML file: written as a proposal that explains itself, read as corrected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from xlflow.adoption.headers import DROP, KEEP
from xlflow.adoption.notes import letters
from xlflow.adoption.proposal import ColumnMap, SheetMap, TrackerMap
from xlflow.languages import Language, say
from xlflow.record.schema import Schema

ASIDE = "aside"
"""What `as` says of a sheet that is no tracker."""


def map_text(
    mapping: TrackerMap, schema: Schema, language: Language, *, file: str, map_file: str
) -> str:
    """The mapping of the tracker `file` as the content of `map_file`."""
    facts = {
        "file": file,
        "map": map_file,
        "label": schema.label("requester", language),
        "kept": say(language, "adoption.tab.kept"),
    }
    head = say(language, "adoption.map.head", **facts).strip().split("\n")
    lines = [f"# {line}".rstrip() for line in head]
    for sheet in mapping.sheets:
        lines += ["", *_sheet_lines(sheet, schema, language)]
    for choice_set, words in mapping.words.items():
        lines += ["", f"[words.{choice_set}]", *_word_lines(choice_set, words, schema, language)]
    return "\n".join(lines) + "\n"


def why(column: ColumnMap, language: Language) -> str:
    """By what a column was known."""
    return say(language, f"adoption.why.{column.how}", likened=column.likened)


def _sheet_lines(sheet: SheetMap, schema: Schema, language: Language) -> Iterator[str]:
    yield "[[sheet]]"
    yield f"name = {quoted(sheet.title)}"
    if not sheet.sheet:
        yield f'as = "{ASIDE}"  # {say(language, "adoption.map.sheet-aside")}'
        return
    yield f'as = "{sheet.sheet}"'
    yield f"header_rows = [{sheet.top + 1}, {sheet.bottom + 1}]"
    yield "[sheet.columns]"
    entries = [(f'{letters(c.number)} = "{c.target}"', c) for c in sheet.columns]
    width = max((len(entry) for entry, _ in entries), default=0)
    for entry, column in entries:
        yield f"{entry:{width}}  # {_about(column, sheet.sheet, schema, language)}"


def _about(column: ColumnMap, sheet: str, schema: Schema, language: Language) -> str:
    header = " ".join(column.header.split()) or say(language, "adoption.map.unnamed")
    if column.target in (KEEP, DROP):
        perhaps = ", ".join(f'"{key}"' for key in column.perhaps)
        name = "kept-perhaps" if perhaps else "kept"
        return say(language, f"adoption.map.{name}", header=header, fields=perhaps)
    return say(
        language,
        "adoption.map.column" if column.filled else "adoption.map.column-empty",
        header=header,
        target=schema.label(column.target, language, sheet),
        percent=round(column.confidence * 100),
        why=why(column, language),
        filled=column.filled,
        fitting=round(column.fitting * 100),
    )


def _word_lines(
    choice_set: str, words: Mapping[str, str | None], schema: Schema, language: Language
) -> Iterator[str]:
    choices = schema.choices[choice_set]
    for word, code in sorted(words.items(), key=lambda pair: pair[1] is not None):
        if code is None:
            about = say(language, "adoption.map.word-unknown", codes=", ".join(choices.codes))
        else:
            about = choices.label(code, language)
        yield f'{quoted(word)} = "{code or ""}"  # {about}'


def quoted(text: Any) -> str:
    """A text as TOML has it, on one line."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007F")
