"""The Jinja environment in which templates are filled: sandboxed, escaped, with a budget.

A person's text comes out as typed: it is escaped for XML, and its braces so that neither Jinja nor
docxtpl ever takes them for a tag.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from traceback import walk_tb
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

from xlflow.languages import Language
from xlflow.reports.documents.language import FILTERS, TESTS, Budget, Fault, admit
from xlflow.reports.documents.values import Gap, Missing, Values, names_in, shown, with_unit
from xlflow.reports.texts import plain_text

_COUNTER = "xlflow_turns"
_LARGEST = 10**15
_LOOP = {"index", "index0", "first", "last", "length", "revindex"}
_DATE_FORM = re.compile(r"(?:[^%]|%[YmdHMyB%])*", re.DOTALL)
_LONGEST_FORM = 80
_MOST_DIGITS = 6
_BRACES = {ord("{"): "&#123;", ord("}"): "&#125;"}
# What wrong values in an expression raise.
_FAILURES = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    TemplateError,
)


class Sandbox(SandboxedEnvironment):
    """Fills the parts of one document.

    `gaps`: the blank fields that were printed, in order. `read`: what was looked at, each value
    with its holder and name, and of lists how long they are.
    `is_xml`: whether what is filled is XML; the document's properties are plain text.
    """

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))

    def __init__(
        self, language: Language, names: Mapping[str, Any], *, is_xml: bool = True
    ) -> None:
        super().__init__(
            autoescape=is_xml, undefined=_Unknown, finalize=self._finished, cache_size=0
        )
        self.language = language
        self.is_xml = is_xml
        self.names = names
        self.gaps: dict[Gap, None] = {}
        self.read: list[tuple[str, str, str]] = []
        self.source = ""
        self.budget = Budget()
        self.template_class = _Filling
        self.globals.clear()
        known = self.filters
        self.filters = {name: known[name] for name in FILTERS if name in known}
        self.filters |= self._own_filters() | {_COUNTER: lambda items: self.budget.turns(items)}
        self.tests = {name: self.tests[name] for name in TESTS}

    def from_string(
        self,
        source: str | nodes.Template,
        globals: Any = None,  # noqa: A002 - Jinja's name
        template_class: type[Template] | None = None,
    ) -> Template:
        """A template, if it holds nothing but what is offered.

        Raises:
            Fault: It does not, with its line.
        """
        self.source = str(source)
        self.budget = Budget()
        try:
            tree = self.parse(str(source))
            admit(tree, _COUNTER)
            self._note_lists(tree)
            return super().from_string(tree, globals, template_class)
        except TemplateSyntaxError as err:
            raise self.placed(Fault("syntax", err.lineno, why=err.message or "")) from err
        except Fault as err:
            self.placed(err)
            raise
        except (*_FAILURES, MemoryError, SyntaxError) as err:  # nested deeper than Python goes
            raise self.placed(Fault("cannot", why=str(err))) from err

    def placed(self, fault: Fault) -> Fault:
        """The fault, with the part that is being filled."""
        fault.source = self.source
        return fault

    def wrap_str_format(self, value: Any) -> None:
        """A text has no methods, `format` among them."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A value by its name."""
        return self._noted(obj, attribute, super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A value by its name or place."""
        return self._noted(obj, argument, super().getitem(obj, argument))

    def _noted(self, obj: Any, name: object, value: Any) -> Any:
        if isinstance(obj, Values):
            self.read.append((str(obj), str(name), _plain(value)))
        return value

    def _note_lists(self, tree: nodes.Template) -> None:
        for name in sorted({found.name for found in tree.find_all(nodes.Name)}):
            if isinstance(held := self.names.get(name), list):
                self.read.append((name, "", _plain(held)))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """Only what a loop tells of itself; `Values` are reached as items."""
        return isinstance(obj, LoopContext) and attr in _LOOP

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """Whatever else could be reached from a value does not exist."""
        return self.undefined(obj=obj, name=attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic is for numbers, and dates may be subtracted."""
        if operator == "-" and isinstance(left, date) and isinstance(right, date):
            return (left - right).days
        for value in (left, right):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Fault("no-number", found=_called(value))
        result = super().call_binop(context, operator, left, right)
        if abs(result) > _LARGEST:
            raise Fault("too-large-number")
        return result

    def _finished(self, value: Any) -> Any:
        """A value as it is printed."""
        if isinstance(value, Markup):
            return value
        text = plain_text(self._text(value))
        return Markup(str(escape(text)).translate(_BRACES)) if self.is_xml else text  # noqa: S704

    def _text(self, value: Any) -> str:
        if isinstance(value, Missing):
            if value.gap is None:
                return ""
            self.gaps[value.gap] = None
            return f"【{value.gap.label}】"
        if isinstance(value, Undefined):
            return str(value)  # raises, with its name
        if value is None or isinstance(value, bool | int | float | str | date):
            return "" if value is None else shown(value, self.language)
        raise Fault("no-value", found=_called(value))

    def _own_filters(self) -> dict[str, Callable[..., Any]]:
        def formatted(value: Any, form: str = "%Y-%m-%d") -> Any:
            if not isinstance(value, date):
                return value
            if len(form) > _LONGEST_FORM or not _DATE_FORM.fullmatch(form):
                raise Fault("no-date-format", form=form)
            return value.strftime(form)

        def rounded(value: Any, digits: int = 0) -> Any:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return value
            return round(value, min(max(digits, 0), _MOST_DIGITS))

        def joined(items: Any, between: str = ", ") -> str:
            texts = [self._text(item) for item in self.budget.turns(items)]
            self.budget.write(len(texts) * len(between))
            return str(between).join(texts)

        return {
            "days": lambda value: with_unit(value, "days", self.language),
            "hours": lambda value: with_unit(value, "hours", self.language),
            "date": formatted,
            "join": joined,
            "round": rounded,
            "upper": lambda value: self._text(value).upper(),
            "lower": lambda value: self._text(value).lower(),
        }


class _Filling(Template):
    """A template that counts what it writes, and tells the line of what goes wrong."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        sandbox = self.environment
        assert isinstance(sandbox, Sandbox)  # noqa: S101 - tells the type checker
        pieces: list[str] = []
        try:
            for piece in self.generate(*args, **kwargs):
                sandbox.budget.write(len(piece))
                pieces.append(piece)
        except Fault as err:
            err.line = err.line or _line_of(err)
            sandbox.placed(err)
            raise
        except _FAILURES as err:
            raise sandbox.placed(Fault("cannot", _line_of(err), why=str(err))) from err
        return "".join(pieces)


class _Unknown(StrictUndefined):
    """A name that does not exist: a fault wherever it is used, but in ``is defined``."""

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: Any = None, _exc: Any = None
    ) -> None:
        super().__init__(hint, obj, name, exc=_unknown(obj, name))


def _unknown(holder: Any, name: object) -> Any:
    """What is raised where the name is used."""

    def fault(_message: str) -> Fault:
        if not isinstance(holder, Values):
            return Fault("unknown", name=str(name) if holder is missing else f"….{name}")
        whole = f"{holder}.{name}"
        near = difflib.get_close_matches(str(name), names_in(holder), n=1)
        if not near:
            return Fault("unknown", name=whole)
        return Fault("unknown-near", name=whole, near=f"{holder}.{near[0]}")

    return fault


def _plain(value: Any) -> str:
    """A value that was looked at, the same text in every process; of a list, how long it is."""
    if isinstance(value, list):
        return str(len(value))
    return "" if isinstance(value, Undefined) else str(value)


def _called(value: object) -> str:
    """How a wrong value is named to the person who wrote the template."""
    if isinstance(value, Missing) and value.gap:
        return f"【{value.gap.label}】"
    return (
        str(value)[:40] if isinstance(value, str | int | float | Values) else type(value).__name__
    )


def _line_of(err: BaseException) -> int:
    """The template's line in which it was raised; 0 where that cannot be told."""
    lines = [
        lineno
        for frame, lineno in walk_tb(err.__traceback__)
        if frame.f_code.co_filename == "<template>"
    ]
    return lines[-1] if lines else 0
