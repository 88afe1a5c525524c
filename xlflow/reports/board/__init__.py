"""The board: one HTML file that shows where every requirement stands, without any network."""

from __future__ import annotations

from xlflow.reports.board.page import board_page as board_page
from xlflow.reports.board.register import BoardRegister as BoardRegister
