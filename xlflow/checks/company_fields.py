"""Rules: the fields that a company adds by its settings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlflow.checks.column import as_texts
from xlflow.checks.estimates import is_no_number
from xlflow.checks.finding import Choice
from xlflow.checks.rule import Fault, Rule, fault, rule
from xlflow.checks.view import View
from xlflow.record.fields import Kind

_ANY: dict[str, tuple[str, ...]] = {"register": ()}  # which ones, the settings tell


@rule("company-field-blank", fields=_ANY, source="company")
def company_field_blank(r: View) -> Iterator[Fault]:
    """A field of the company's own is filled from the status that the settings name."""
    for field in r.fields():
        if field.is_companys and field.required_from:
            asked = Choice("status", field.required_from)
            yield fault(r.blank(field.key) & r.asked(field), field.key, status=asked)


@rule("company-text-too-long", fields=_ANY, source="company")
def company_text_too_long(r: View) -> Iterator[Fault]:
    """A text in a field of the company's own keeps to the limit that the settings set."""
    language = r.book.register.language
    for field in r.fields(Kind.TEXT):
        limit = field.limit.get(language) if field.is_companys else None
        if limit:
            texts = r.distinct(field.key, as_texts)
            length = r.pick(field.key, [len(text) for text in texts], np.int64)
            over = length - limit
            yield fault(over > 0, field.key, expected=limit, length=length, limit=limit, over=over)


@rule("amount-not-a-number", fields=_ANY, source="company")
def amount_not_a_number(r: View) -> Iterator[Fault]:
    """A number in a field of the company's own is entered as a number, without a unit."""
    for field in r.fields(Kind.AMOUNT):
        yield fault(r.ask(field.key, is_no_number), field.key)


RULES: tuple[Rule, ...] = (company_field_blank, company_text_too_long, amount_not_a_number)
