"""What is wrong with a company's own rules, severities and waivers, beside the form of each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlflow.expressions import Fault, Names, understand
from xlflow.expressions.faults import fault
from xlflow.expressions.names import is_usable, unknown_field
from xlflow.languages import fold
from xlflow.record.fields import SHEETS
from xlflow.record.schema import Schema
from xlflow.settings.own_rules import PLACEHOLDER, standard_rules
from xlflow.settings.own_schema import OwnFault, faulty_field_names, schema_in


def rule_faults(held: Mapping[str, Any]) -> Iterator[OwnFault]:
    """All faults in the settings as they were read; what has no right form is passed over."""
    schema, faulty_fields = schema_in(held), faulty_field_names(held)
    rules = _tables(held.get("rules"))
    for at, rule in rules:
        yield from _faults_of_id(at, rule, [other for _, other in rules])
        for found in _faults_of_rule(at, rule, schema):
            # A field that is at fault itself is there all the same: its fault is told.
            named = found.cause.values.get("found") if found.cause else None
            if not (isinstance(named, str) and fold(named) in faulty_fields):
                yield found
    own = [rule["id"] for _, rule in rules if isinstance(rule.get("id"), str)]
    known = [*standard_rules(), *own]
    severities = held.get("severities")
    for named in severities if isinstance(severities, Mapping) else ():
        if named not in known:
            yield _unknown_rule(("severities", named), named, known)
    registers = _ids_of_registers(held)
    for at, waiver in _tables(held.get("waivers")):
        named = waiver.get("register")
        if isinstance(named, str) and named.casefold() not in map(str.casefold, ("", *registers)):
            offered = ", ".join(registers)
            yield OwnFault(("waivers", str(at), "register"), "unknown-register", named, offered)
        waived = waiver.get("rules")
        for named in [waived] if isinstance(waived, str) else waived or ():
            if isinstance(named, str) and named not in known:
                yield _unknown_rule(("waivers", str(at), "rules"), named, known)


def _tables(held: Any) -> list[tuple[int, Mapping[str, Any]]]:
    tables = held if isinstance(held, Sequence) else ()
    return [(at, table) for at, table in enumerate(tables) if isinstance(table, Mapping)]


def _ids_of_registers(held: Mapping[str, Any]) -> list[str]:
    one = held.get("register")
    sections = (
        [one] if isinstance(one, Mapping) else [it for _, it in _tables(held.get("registers"))]
    )
    return [str(section.get("id", "main")) for section in sections]


def _unknown_rule(names: tuple[str, ...], named: str, known: list[str]) -> OwnFault:
    near = difflib.get_close_matches(named, sorted(set(known)), n=2)
    return OwnFault(names, "unknown-rule" if near else "no-such-rule", named, ", ".join(near))


def _faults_of_id(
    at: int, rule: Mapping[str, Any], all_of_them: list[Mapping[str, Any]]
) -> Iterator[OwnFault]:
    rule_id, names = rule.get("id"), ("rules", str(at), "id")
    if rule_id in standard_rules():
        yield OwnFault(names, "id-of-xlflow", str(rule_id))
    elif rule_id and any(other.get("id") == rule_id for other in all_of_them[:at]):
        yield OwnFault(names, "id-twice", str(rule_id))


def _faults_of_rule(at: int, rule: Mapping[str, Any], schema: Schema) -> Iterator[OwnFault]:
    sheet = rule.get("sheet", "register")
    names = Names(sheet if sheet in SHEETS else "register", schema)

    def told(setting: tuple[str, ...], text: str, cause: Fault) -> OwnFault:
        return OwnFault(("rules", str(at), *setting), "expression", text=text, cause=cause)

    for setting in ("when", "demand"):
        text = rule.get(setting)
        if isinstance(text, str) and text:
            expression, faults = understand(text, names)
            yield from (told((setting,), text, one) for one in faults)
            names_nothing = expression is not None and not expression.fields
            if setting == "demand" and names_nothing and not rule.get("field"):
                yield told((setting,), text, fault(0, "no-field"))
    named = rule.get("field")
    if isinstance(named, str) and (wrong := _wrong_field(named, names, 0)):
        yield told(("field",), named, wrong)
    for setting in ("message", "title"):
        texts = rule.get(setting)
        by_language = texts if isinstance(texts, Mapping) else {"": texts}
        for language, said in by_language.items():
            for found in _wrong_placeholders(said, names) if isinstance(said, str) else ():
                yield told((setting, language) if language else (setting,), str(said), found)


def _wrong_placeholders(text: str, names: Names) -> Iterator[Fault]:
    for held in PLACEHOLDER.finditer(text):
        if held[1] is not None and (wrong := _wrong_field(held[1], names, held.start() + 1)):
            yield wrong


def _wrong_field(name: str, names: Names, at: int) -> Fault | None:
    found = names.field(name)
    if found is None:
        return unknown_field(at, name, names)
    return None if is_usable(found) else fault(at, "own-field", found=name)
