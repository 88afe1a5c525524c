"""The workbook that the template is written into, locked and described.

XlsxWriter made strict: what it would drop with a warning or a return code becomes an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from types import TracebackType
from typing import Any, Self

from xlsxwriter.workbook import Workbook

from xlflow.languages import Language
from xlflow.pages.finishing import finished
from xlflow.pages.fitting import FittingWorksheet
from xlflow.workbook.schema import LANGUAGE_PROPERTY, REGISTER_PROPERTY, SCHEMA, SCHEMA_PROPERTY
from xlflow.workbook.template.refusal import TemplateRefused, accepted
from xlflow.workbook.template.tab import Tab

_ALLOWED = {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True}

CREATED = datetime(2024, 3, 1)  # noqa: DTZ001 - pinned, so that the same input gives the same bytes


class TemplateBook:
    """A new workbook, its structure locked; a context manager that writes it on leaving."""

    def __init__(self, target: BytesIO, password: str) -> None:
        self._book = _LockedWorkbook(target, {"in_memory": True})
        self._password = password
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(
            finished(self._book, lambda said: TemplateRefused("XlsxWriter", said))
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, fault, at)

    def describe(self, language: Language, register_id: str, *, title: str) -> None:
        """The document properties by which a reader knows the register."""
        self._book.set_properties({"title": title, "created": CREATED})
        self._book.set_custom_property(SCHEMA_PROPERTY, SCHEMA, "number_int")
        self._book.set_custom_property(LANGUAGE_PROPERTY, language, "text")
        self._book.set_custom_property(REGISTER_PROPERTY, register_id, "text")

    def note(self, name: str, value: str | int) -> None:
        """One more custom document property."""
        kind = "number_int" if isinstance(value, int) else "text"
        self._book.set_custom_property(name, value, kind)

    def add_format(self, **properties: Any) -> Any:
        """A cell format of XlsxWriter."""
        return self._book.add_format(properties)

    def add_open_tab(self, title: str) -> Tab:
        """A new sheet to the right of the others, which people may change as they like."""
        return Tab(self._book.add_worksheet(title, FittingWorksheet), title)

    def add_tab(self, title: str, *, hidden: bool = False) -> Tab:
        """A new sheet to the right of the others, protected."""
        sheet = self._book.add_worksheet(title, FittingWorksheet)
        if hidden:
            sheet.hide()
        sheet.protect(self._password, _ALLOWED)
        self._book.lock = {"lockStructure": 1}
        if self._password:
            self._book.lock["workbookPassword"] = sheet.protect_options["password"]
        return Tab(sheet, title)

    def define_names(self, names: Mapping[str, str], *, hidden: str) -> None:
        """Names for the whole workbook: name -> what it refers to, without "=".

        Those that begin with `hidden` do not show in Excel's lists of names.
        """
        for name, target in names.items():
            accepted(self._book.define_name(name, f"={target}"), name)
            self._book.defined_names[-1][3] = name.startswith(hidden)


class _LockedWorkbook(Workbook):  # type: ignore[misc]  # XlsxWriter has no type hints
    """XlsxWriter can protect sheets, but not the list of sheets."""

    lock: dict[str, object]

    def _write_book_views(self) -> None:
        # Source: ECMA-376 18.2.29; it stands right before the book views.
        self._xml_empty_tag("workbookProtection", list(self.lock.items()))
        super()._write_book_views()
