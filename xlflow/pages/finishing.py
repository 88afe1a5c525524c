"""Finishing a workbook of XlsxWriter: what it would only warn of and drop becomes our error."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from xlsxwriter import Workbook

from xlflow.errors import XlflowError


@contextmanager
def finished(
    book: Workbook, refused: Callable[[str], XlflowError], warning: type[Warning] = UserWarning
) -> Iterator[None]:
    """Write the workbook on leaving, unless something went wrong before.

    `refused` makes the error of what XlsxWriter says; `warning` is the kind that counts as one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", warning)
        try:
            yield
            book.close()
        except UserWarning as said:  # the kind that XlsxWriter gives
            raise refused(str(said)) from said
