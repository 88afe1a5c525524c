"""The file of a board, read as a browser reads it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any


@dataclass(frozen=True)
class Page:
    """A board, and what stands in it."""

    content: bytes

    @cached_property
    def text(self) -> str:
        return self.content.decode()

    @cached_property
    def elements(self) -> list[tuple[str, dict[str, str], str]]:
        """The scripts and styles: name, attributes, what stands in them."""
        reader = _Reader()
        reader.feed(self.text)
        return reader.found

    @cached_property
    def data(self) -> dict[str, Any]:
        """Everything but the records' pages."""
        (found,) = (held for _, given, held in self.elements if given.get("id") == "data")
        return json.loads(found)

    @property
    def cards(self) -> list[dict[str, Any]]:
        return self.data["cards"]

    @cached_property
    def pages(self) -> list[dict[str, Any]]:
        """The records' pages, in the order of the cards."""
        pieces = (held for _, given, held in self.elements if given.get("class") == "details")
        return [page for piece in pieces for page in json.loads(piece)]

    @property
    def policy(self) -> dict[str, str]:
        """The content security policy, by directive."""
        (found,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', self.text)
        rules = (rule.strip().partition(" ") for rule in html.unescape(found).split(";"))
        return {name: value for name, _, value in rules}


class _Reader(HTMLParser):
    """Collects scripts and styles, whose content HTML reads as it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str], str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.found.append((tag, {name: value or "" for name, value in attrs}, ""))
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            name, given, held = self.found[-1]
            self.found[-1] = (name, given, held + data)
