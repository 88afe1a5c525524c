"""Whatever stands in a template's tags: it is filled in, or refused with a reason."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import word
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from xlflow.languages import LANGUAGES
from xlflow.reports.documents.language import FILTERS, TESTS
from xlflow.reports.documents.rendering import TemplateFaulty

NAMES = (
    *("record.goal", "record.estimate", "record.live_on", "record.interruption", "record"),
    *("progress", "progress[0].text", "own.basic", "own", "today", "label.goal", "x", "x.text"),
    *("loop.index", "1", "-2.5", "'a'", "None", "true", "[1, 2]", "'%9s'", "10 ** 9"),
)
ARGUMENTS = ("", "('-')", "(2)", "('text')", "(attribute='text')", "('by', 'equalto', 'C. *')")
OPERATORS = ("+", "-", "*", "/", "//", "%", "==", "<", ">=", "and", "or", "in", "~")
STEPS = (".text", "[0]", "['a']", ".__class__", "()", "[1:]", ".upper()", ".format")


def larger(inner):
    """An expression around another."""
    return st.one_of(
        st.builds(
            "{}|{}{}".format,
            inner,
            st.sampled_from((*FILTERS, "list", "e")),
            st.sampled_from(ARGUMENTS),
        ),
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("({} is {})".format, inner, st.sampled_from((*TESTS, "even", "in [1]"))),
        st.builds("{}{}".format, inner, st.sampled_from(STEPS)),
        st.builds("not {}".format, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from(NAMES), larger, max_leaves=5)


def around(inner):
    """Tags around others."""
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, EXPRESSIONS, inner, inner),
        st.builds("{{% for x in {} %}}{}{{% endfor %}}".format, EXPRESSIONS, inner),
        st.builds("{{% set y = {} %}}{{{{ y }}}}{}".format, EXPRESSIONS, inner),
    )


TAGS = st.recursive(st.builds("{{{{ {} }}}}".format, EXPRESSIONS), around, max_leaves=3)


def said(template: bytes) -> str | None:
    """What the document says; None if its template was refused, with a reason in each language."""
    try:
        return word.text_of(word.fill(template).data)
    except TemplateFaulty as err:
        for language in LANGUAGES:
            err.message(language)
        return None


@settings(max_examples=150, deadline=None)
@given(TAGS)
def test_any_template_is_filled_or_refused(tags):
    text = said(word.template(tags))
    if text is not None:
        assert "{{" not in text
        assert " object at 0x" not in text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "{{",
                "}}",
                "{%",
                "%}",
                "{%tr ",
                "{%p ",
                "{#",
                "#}",
                "if 1",
                "endif",
                "record.goal",
                "<",
                "&",
                "\n",
            )
        ),
        max_size=9,
    )
)
def test_pieces_of_tags_take_nothing_down(pieces):
    with suppress(TemplateFaulty):
        Document(BytesIO(word.fill(word.template("".join(pieces))).data))
