"""From a text to its tree, by recursive descent.

    either     = both { "or" both }
    both       = denied { "and" denied }
    denied     = "not" denied | compared
    compared   = sum { ("==" | "!=" | "<" | "<=" | ">" | ">=") sum }
               | sum ["not"] "in" "[" sum { "," sum } "]"
               | sum ["not"] ("contains" | "matches") sum
    sum        = product { ("+" | "-") product }
    product    = signed { ("*" | "/") signed }
    signed     = "-" signed | value
    value      = number | day | text | "true" | "false" | field
               | function "(" [ either { "," either } ] ")" | "(" either ")"

`a < b < c` means `a < b and b < c`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from math import inf

from xlflow.expressions.faults import Fault, fault
from xlflow.expressions.tokens import KEYWORDS, Token, tokens
from xlflow.expressions.tree import (
    COMPARISONS,
    Binary,
    Call,
    Joined,
    Listed,
    Literal,
    Name,
    Node,
    Unary,
)

MAX_CHARACTERS = 1000
MAX_DEPTH = 30
"""How deep brackets, signs and sums may be nested: nobody reads more."""


def parse(source: str) -> tuple[Node | None, list[Fault]]:
    """The tree of an expression, and what is wrong with how it is written.

    All faults of its words are told, and the first one of its order.
    """
    if len(source) > MAX_CHARACTERS:
        return None, [fault(MAX_CHARACTERS, "too-long", allowed=str(MAX_CHARACTERS))]
    held, faults = tokens(source)
    if len(held) == 1:
        return None, faults or [fault(0, "empty")]
    try:
        return _Parser(held).whole(), faults
    except _FaultFound as err:
        # Where a sign was skipped, what follows seems out of order: one fault is enough.
        return None, faults or [err.fault]


class _FaultFound(Exception):
    """Ends the reading; never leaves this module."""

    def __init__(self, found: Fault) -> None:
        super().__init__(found)
        self.fault = found


class _Parser:
    """Reads the tokens one after another."""

    def __init__(self, held: list[Token]) -> None:
        self._held = held
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        """The tree of all tokens."""
        tree = self._either()
        if self._token.kind != "end":
            raise self._unexpected()
        return tree

    @property
    def _token(self) -> Token:
        return self._held[self._next]

    def _take(self, *words: str) -> Token | None:
        """The next token, if it is one of these signs or keywords."""
        token = self._token
        if not token.is_(*words):
            return None
        self._next += 1
        return token

    def _either(self) -> Node:
        with self._deeper():
            return self._joined("or", self._both)

    def _both(self) -> Node:
        return self._joined("and", self._denied)

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        at, parts = self._token.at, [part()]
        while self._take(word):
            parts.append(part())
        return Joined(at, word, tuple(parts)) if len(parts) > 1 else parts[0]

    def _denied(self) -> Node:
        if token := self._take("not"):
            with self._deeper():
                return Unary(token.at, "not", self._denied())
        return self._compared()

    def _compared(self) -> Node:
        left = self._sum()
        if found := self._searched(left):
            return found
        at, parts = self._token.at, list[Node]()
        while sign := self._take(*COMPARISONS):
            right = self._sum()
            parts.append(Binary(sign.at, sign.text, left, right))
            left = right
        if len(parts) > 1:
            return Joined(at, "and", tuple(parts))
        return parts[0] if parts else left

    def _searched(self, left: Node) -> Node | None:
        """`in`, `contains` and `matches`, also with `not` before them."""
        start = self._next
        denied = self._take("not")
        word = self._take("in", "contains", "matches")
        if word is None:
            self._next = start
            return None
        operator = word.text.casefold()
        right = self._list() if operator == "in" else self._sum()
        found = Binary(word.at, operator, left, right)
        return Unary(denied.at, "not", found) if denied else found

    def _list(self) -> Node:
        opened = self._take("[", "(")
        if opened is None:
            raise _FaultFound(fault(self._token.at, "no-list", found=self._token.text))
        closing = "]" if opened.text == "[" else ")"
        return Listed(opened.at, tuple(self._items(self._sum, closing, opened)))

    def _sum(self) -> Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Node:
        return self._chain(self._signed, "*", "/")

    def _chain(self, part: Callable[[], Node], *signs: str) -> Node:
        """What is reckoned from left to right: each operator makes the tree one deeper."""
        depth, tree = self._depth, part()
        while sign := self._take(*signs):
            self._go_deeper()
            tree = Binary(sign.at, sign.text, tree, part())
        self._depth = depth
        return tree

    def _signed(self) -> Node:
        if token := self._take("-"):
            with self._deeper():
                return Unary(token.at, "-", self._signed())
        return self._value()

    def _value(self) -> Node:
        token = self._token
        if token.is_("("):
            return self._bracketed()
        if token.is_("true", "false"):
            self._next += 1
            return Literal(token.at, token.text.casefold() == "true")
        if token.kind in ("sign", "end") or token.is_(*KEYWORDS):
            raise self._unexpected()
        self._next += 1
        if token.kind == "name":
            return self._named(token)
        return Literal(token.at, _literal(token))

    def _bracketed(self) -> Node:
        opened = self._token
        self._next += 1
        inner = self._either()
        if not self._take(")"):
            raise self._not_closed(opened)
        return inner

    def _named(self, name: Token) -> Node:
        opened = None if name.quoted else self._take("(")
        if opened is None:
            return Name(name.at, name.text)
        return Call(name.at, name.text, tuple(self._items(self._either, ")", opened)))

    def _items(self, item: Callable[[], Node], closing: str, opened: Token) -> Iterator[Node]:
        """What stands between brackets, separated by commas."""
        if self._take(closing):
            return
        while True:
            yield item()
            if self._take(closing):
                return
            if not self._take(","):
                raise self._not_closed(opened)

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._go_deeper()
        yield
        self._depth -= 1

    def _go_deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _FaultFound(fault(self._token.at, "too-deep", allowed=str(MAX_DEPTH)))

    def _unexpected(self) -> _FaultFound:
        token = self._token
        if token.kind == "end":
            return _FaultFound(fault(token.at, "breaks-off"))
        return _FaultFound(fault(token.at, "unexpected", found=token.text))

    def _not_closed(self, opened: Token) -> _FaultFound:
        if self._token.kind == "end":
            return _FaultFound(fault(opened.at, "not-closed", found=opened.text))
        return self._unexpected()


def _literal(token: Token) -> float | str | date:
    if token.kind == "number":
        if (number := float(token.text)) == inf:
            raise _FaultFound(fault(token.at, "too-large", found=token.text))
        return number
    if token.kind == "text":
        return token.text
    try:
        return date(*map(int, token.text.split("-")))
    except ValueError:
        raise _FaultFound(fault(token.at, "no-such-day", found=token.text)) from None
