"""A mail's two bodies, made from the same letter: HTML that Outlook draws, and plain text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from xlflow.languages import Language, say

Texts = Callable[..., str]


def texts(kind: str, language: Language) -> Texts:
    """The texts of a kind of mail, which is a catalogue's name."""

    def text(name: str, /, **values: object) -> str:
        return say(language, f"{kind}.{name}", **values)

    return text


def bodies(kind: str, letter: Any, language: Language) -> tuple[str, str]:
    """HTML and plain text of a mail of this kind ("weekly", "digest", "alert")."""
    facts = {"letter": letter, "language": language, "t": texts(kind, language)}
    html, text = (_templates().get_template(f"{kind}.{form}") for form in ("html", "txt"))
    return html.render(facts), text.render(facts)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("xlflow.reports.mails"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
