"""Boards of small registers and of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from board_file import Page
from reports.samples import CALENDAR, SETTINGS, ZONE, view_of

from xlflow.languages import Language
from xlflow.record.register import Register
from xlflow.reports.board import BoardRegister, board_page
from xlflow.timing.deadlines import deadlines


def on_board(register: Register, now: datetime, **more: Any) -> BoardRegister:
    """The register as the board is told of it."""
    found = deadlines(register, SETTINGS, CALENDAR, now, open_only=True)
    return BoardRegister(view_of(register, now), tuple(found), CALENDAR, ZONE, **more)


def board_of(registers: Sequence[Register], now: datetime, language: Language = "en") -> Page:
    """The board of these registers."""
    return Page(board_page([on_board(one, now) for one in registers], language, now))
