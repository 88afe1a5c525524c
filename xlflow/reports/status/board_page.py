"""The board as a sheet: a column a status, a card a record, the most pressing on top."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlflow.pages.heights import row_height
from xlflow.record.stages import OPEN
from xlflow.reports.figures.overview import Figures, in_charge
from xlflow.reports.links import Link
from xlflow.reports.naming import group_name, person_name
from xlflow.reports.status.book import LAST_ROW, Page
from xlflow.reports.status.looks import FONTS
from xlflow.reports.status.report import Report, Standing
from xlflow.reports.texts import one_line
from xlflow.timing.cells import Cells

_HEADER, _FIRST = 4, 5
_CARD_CHARS = 24
_MOST = (LAST_ROW - _FIRST) // 2
_LONGEST_TITLE, _LONGEST_REASON = 60, 80


@dataclass(frozen=True, slots=True)
class _Card:
    """A record on the board: its number, and below it what people need to know.

    `look`: "card", "card-late" or "card-blocked".
    """

    status: str
    days_late: int
    due_on: date | None
    record: Link
    text: str
    look: str

    @property
    def order(self) -> tuple[object, ...]:
        """The latest first, then what is due next."""
        return (-self.days_late, self.due_on or date.max)


def write_board(page: Page, report: Report) -> None:
    """Lay the open records out on an empty page."""
    totals = report.totals
    statuses = [*OPEN, *([""] if _unclear(totals) else [])]
    columns = _columns(report)
    page.bare()
    page.row(1, 30)
    page.row(2, 18)
    page.row(_HEADER, 32)
    page.write(1, 1, report.say("page.board"), "title")
    closed, cancelled = totals.in_status("closed"), totals.in_status("cancelled")
    page.write(2, 1, report.say("note.board", closed=closed, cancelled=cancelled), "note")
    for number, status in enumerate(statuses, 1):
        page.column(number, _CARD_CHARS)
        name = group_name("status", status, totals.schema, report.language)
        count = len(columns.get(status, ()))
        look = "header-blocked" if status == "blocked" else "header"
        page.write(_HEADER, number, report.say("board-column", name=name, count=count), look)
    last = _write_cards(page, [columns.get(status, ()) for status in statuses])
    if not any(columns.values()):
        page.row(_FIRST, 28)
        page.write(_FIRST, 1, report.say("kindly.board"), "kind")
        last = _FIRST
    page.freeze(_FIRST, 1)
    area = page.area(1, 1, last, len(statuses))
    page.paper(area, report.footer, pages_high=0, header_row=_HEADER)


def _unclear(totals: Figures) -> bool:
    return any(group.open for group in totals.statuses if not group.name)


def _write_cards(page: Page, columns: Sequence[Sequence[_Card]]) -> int:
    """Write the cards side by side, each over two rows; returns the last row."""
    _, points = FONTS[page.book.language]
    high = min(max(map(len, columns)), _MOST)
    for at in range(high):
        row = _FIRST + 2 * at
        texts = []
        for number, cards in enumerate(columns, 1):
            if at < len(cards):
                card = cards[at]
                # A program other than Excel does not wrap a text that is a link.
                page.write(row, number, card.record, f"{card.look}-number")
                page.write(row + 1, number, card.text, card.look)
                texts.append((card.text, _CARD_CHARS - 2))
        page.fit_row(row + 1, row_height(texts, points))
    return _FIRST + 2 * high - 1


def _columns(report: Report) -> Mapping[str, Sequence[_Card]]:
    """Status -> its cards; "" = those whose status is on no list."""
    columns: dict[str, list[_Card]] = defaultdict(list)
    for standing in report.standings:
        for card in _cards(standing, report):
            columns[card.status].append(card)
    return {status: sorted(cards, key=lambda it: it.order) for status, cards in columns.items()}


def _cards(standing: Standing, report: Report) -> Iterator[_Card]:
    """The open records of a register."""
    view, places = standing.view, report.places(standing.view.name)
    cells = Cells(view.register.requirements)
    days_late = {line.deadline.row: line.deadline.days_late for line in view.longest_overdue}
    texts = {key: cells.texts(key) for key in ("number", "title", "blocked_reason")}
    statuses, marks, who = cells.codes("status"), cells.codes("mark"), in_charge(cells)
    for at, row in enumerate(cells.rows):
        status, late = statuses[at], days_late.get(row, 0)
        if status not in OPEN and status:
            continue
        is_blocked = status == "blocked" or marks[at] == "blocked"
        guide = view.guidance.get(row)
        record = places.record(texts["number"][at], row)
        name = " ".join((*report.register_cell(view.name), record.text))
        lines = [
            one_line(texts["title"][at], _LONGEST_TITLE),
            one_line(person_name(who[at], report.language)),
            guide.deadline if guide else "",
        ]
        if is_blocked:
            lines.append(_blocked(one_line(texts["blocked_reason"][at], _LONGEST_REASON), report))
        look = "card-blocked" if is_blocked else "card-late" if late else "card"
        yield _Card(
            status,
            late,
            guide.due_on if guide else None,
            Link(name, record.target),
            "\n".join(line for line in lines if line),
            look,
        )


def _blocked(reason: str, report: Report) -> str:
    if not reason:
        return report.say("board-blocked-mark")
    return report.say("board-blocked", reason=reason)
