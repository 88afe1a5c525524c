"""The schema that a company's own fields and choices make, and what is wrong between them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from xlflow.expressions import Fault
from xlflow.languages import LANGUAGES, Language, fold
from xlflow.record.choices import CHOICES, ChoiceSet
from xlflow.record.fields import Field, Kind
from xlflow.record.schema import STANDARD, Schema
from xlflow.settings.own_fields import ChoiceSettings, ChoicesSettings, FieldSettings

_KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "choice": Kind.CHOICE,
    "date": Kind.DATE,
    "number": Kind.AMOUNT,
    "days": Kind.DAYS,
    "name": Kind.NAME,
}
_WIDTHS: Mapping[Kind, int] = {Kind.TEXT: 28, Kind.CHOICE: 14, Kind.NAME: 13}
_WIDTH = 12

OPEN_SETS = ("type",)
"""The standard's sets to which a company may add: of all others each value has a meaning."""


def schema_of(fields: Iterable[FieldSettings], choices: ChoicesSettings) -> Schema:
    """The standard's fields and choices with a company's own.

    A new field stands behind the others of its module. A field whose set of choices there is not
    is left out; `own_faults` tells of it.
    """
    sets = dict(CHOICES)
    for name, held in choices.items():
        known = CHOICES.get(name)
        sets[name if known else own_set(name)] = _choice_set(name, known, held)
    register = list(STANDARD.register)
    for one in fields:
        name = _set_of(one, sets)
        if one.kind == "choice" and not name:
            continue
        if one.choices:
            texts = one.choices
            sets[name] = ChoiceSet(name, tuple(texts), texts, headings=one.label)
        elif name and name not in CHOICES and not sets[name].headings:
            found = sets[name]
            sets[name] = ChoiceSet(
                name, found.codes, found.labels_of, found.spellings, headings=one.label
            )
        register.insert(_place(register, one.module), _field(one, name))
    used = {name: held for name, held in sets.items() if name in CHOICES or held.headings}
    return Schema({**STANDARD.sheets, "register": tuple(register)}, used)


def own_set(name: str) -> str:
    """What a company's set of that name is called among all sets."""
    return f"own-{name}"


def _set_of(one: FieldSettings, sets: Mapping[str, ChoiceSet]) -> str:
    if one.choices:
        return own_set(one.key)
    offered = (one.choice_set, own_set(one.choice_set)) if one.choice_set else ()
    return next((name for name in offered if name in sets), "")


def _choice_set(
    name: str, known: ChoiceSet | None, held: Mapping[str, ChoiceSettings]
) -> ChoiceSet:
    standard = known.codes if known else ()
    codes = (*standard, *(code for code in held if code not in standard))
    labels = {
        code: one.labels if code in standard else _in_all_languages(code, one.labels)
        for code, one in held.items()
    }
    spellings = {spelling: code for code, one in held.items() for spelling in one.also}
    return ChoiceSet(known.name if known else own_set(name), codes, labels, spellings)


def _in_all_languages(code: str, texts: Mapping[Language, str]) -> Mapping[Language, str]:
    """Labels completed from another language's; the code where there are none."""
    other = next(iter(texts.values()), code)
    chinese = texts.get("zh-Hans") or texts.get("zh-Hant") or other
    return {"zh-Hans": chinese, "zh-Hant": chinese, "en": other, **texts}


def _place(register: Sequence[Field], module: str) -> int:
    """Behind the last column under the module's banner."""
    return 1 + max(at for at, field in enumerate(register) if field.banner == module)


def _field(one: FieldSettings, choices: str) -> Field:
    kind = _KINDS[one.kind]
    if kind in (Kind.TEXT, Kind.NAME):
        kind = Kind.NAME if one.holds_names else Kind.TEXT
    return Field(
        sheet="register",
        key=one.key,
        kind=kind,
        module=one.module,
        banner=one.module,
        choices=choices,
        required_from=one.required_from or "",
        asked_since=one.since,
        limit=dict.fromkeys(LANGUAGES, one.limit) if one.limit else {},
        width_chars=one.width or _width(kind, one.limit),
        standard=False,
        labels=one.label,
        hints=one.hint or {},
    )


def _width(kind: Kind, limit: int | None) -> int:
    """Of a column whose width is not told: no wider than its texts can be."""
    usual = _WIDTHS.get(kind, _WIDTH)
    return max(_WIDTH, min(usual, limit + 2)) if limit else usual


def schema_in(held: Mapping[str, Any]) -> Schema:
    """The schema of the settings as they were read, without the fields that have no right form."""
    fields = [one for _, one in _valid_fields(held.get("fields"))]
    return schema_of(fields, _valid_choices(held.get("choices")))


def faulty_field_names(held: Mapping[str, Any]) -> frozenset[str]:
    """The keys and labels, folded, of the fields that are in the settings without a right form."""
    fields = held.get("fields")
    tables = fields if isinstance(fields, list) else []
    fine = {at for at, _ in _valid_fields(fields)}
    faulty = [table for at, table in enumerate(tables) if at not in fine]
    names: list[Any] = []
    for table in faulty:
        told = table if isinstance(table, dict) else {}
        label = told.get("label")
        names += [told.get("key"), *(label.values() if isinstance(label, dict) else [label])]
    return frozenset(fold(name) for name in names if isinstance(name, str))


@dataclass(frozen=True, slots=True)
class OwnFault:
    """One fault of what a company adds. `kind` is a name under `settings.fault`.

    `cause`: a fault in the setting's `text`, with its place in it; then that is told.
    """

    names: tuple[str, ...]
    kind: str
    found: str = ""
    allowed: str = ""
    text: str = ""
    cause: Fault | None = None


def own_faults(held: Mapping[str, Any]) -> Iterator[OwnFault]:
    """What is wrong between the fields and choices in the settings as they were read.

    What has not even a right form is passed over: that is told otherwise.
    """
    fields, choices = _valid_fields(held.get("fields")), _valid_choices(held.get("choices"))
    yield from _doubled_names(fields)
    for at, one in fields:
        where = ("fields", str(at))
        if one.choices:
            yield from _doubled_labels((*where, "choices"), one.choices)
            if one.key in choices:
                yield OwnFault((*where, "choices"), "set-twice", one.key)
        elif one.choice_set and one.choice_set not in (*CHOICES, *choices):
            near = difflib.get_close_matches(one.choice_set, (*CHOICES, *choices), n=1)
            offered = near or (*choices, *CHOICES)
            yield OwnFault(
                (*where, "choice_set"), "no-such-set", one.choice_set, ", ".join(offered)
            )
    used = {one.choice_set for _, one in fields}
    for name, values in choices.items():
        yield from _faults_of_set(name, values, is_used=name in used)


def _faults_of_set(
    name: str, values: Mapping[str, ChoiceSettings], *, is_used: bool
) -> Iterator[OwnFault]:
    known = CHOICES.get(name)
    if known is None and not is_used:
        near = difflib.get_close_matches(name, CHOICES, n=1)
        yield OwnFault(("choices", name), "set-unused", name, near[0] if near else "type")
    if known and name not in OPEN_SETS:
        for code in values:
            if code not in known.codes:
                allowed = ", ".join(known.codes)
                yield OwnFault(("choices", name, code), "choice-fixed", code, allowed)
    merged = _choice_set(name, known, values)
    labels = {
        code: {language: merged.label(code, language) for language in LANGUAGES}
        for code in merged.codes
        if known is None or code in known.codes or name in OPEN_SETS
    }
    yield from _doubled_labels(("choices", name), labels, told=values)


def _doubled_names(fields: Iterable[tuple[int, FieldSettings]]) -> Iterator[OwnFault]:
    """Keys and labels that another field has already."""
    keys: set[str] = set()
    labels: dict[str, str] = {}
    for at, one in fields:
        where = ("fields", str(at))
        if one.key in STANDARD.by_key("register"):
            yield OwnFault((*where, "key"), "key-of-xlflow", one.key)
        elif one.key in keys:
            yield OwnFault((*where, "key"), "key-twice", one.key)
        for label in dict.fromkeys(one.label.values()):
            other = STANDARD.key_of("register", label) or labels.get(fold(label))
            if other and other != one.key:
                yield OwnFault((*where, "label"), "label-twice", label, other)
        keys.add(one.key)
        labels |= dict.fromkeys([one.key, *map(fold, one.label.values())], one.key)


def _doubled_labels(
    where: tuple[str, ...],
    labels: Mapping[str, Mapping[Language, str]],
    told: Iterable[str] | None = None,
) -> Iterator[OwnFault]:
    """Values that are shown alike in some language; of two, the one that is `told` is at fault."""
    by_label: dict[tuple[Language, str], str] = {}
    faulty: dict[str, tuple[str, str]] = {}
    for code, texts in labels.items():
        for language, text in texts.items():
            other = by_label.setdefault((language, fold(text)), code)
            if other != code:
                at_fault = code if told is None or code in told else other
                faulty.setdefault(at_fault, (text, other if at_fault == code else code))
    for code, (text, other) in faulty.items():
        yield OwnFault((*where, code), "choice-twice", text, other)


_FIELD = TypeAdapter(FieldSettings)
_CHOICES = TypeAdapter[ChoicesSettings](ChoicesSettings)


def _valid_fields(held: Any) -> list[tuple[int, FieldSettings]]:
    found: list[tuple[int, FieldSettings]] = []
    for at, table in enumerate(held if isinstance(held, list) else ()):
        try:
            found.append((at, _FIELD.validate_python(table)))
        except ValidationError:
            continue
    return found


def _valid_choices(held: Any) -> dict[str, Mapping[str, ChoiceSettings]]:
    found: dict[str, Mapping[str, ChoiceSettings]] = {}
    for name, values in (held if isinstance(held, dict) else {}).items():
        try:
            found |= _CHOICES.validate_python({name: values})
        except ValidationError:
            continue
    return found
