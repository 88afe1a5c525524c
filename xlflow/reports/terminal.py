"""Findings on the terminal: grouped by record, and the same fault of many rows in one line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rich.text import Text

from xlflow.checks.finding import Finding
from xlflow.checks.waivers import Waived
from xlflow.languages import Language, say
from xlflow.record.register import Register

_FOLDED_FROM = 10  # the same message in so many rows becomes one line
_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_TITLE_CHARS = 60


def finding_lines(
    findings: Iterable[Finding], register: Register, language: Language
) -> Iterator[Text]:
    """The lines to print, records in the order of the register."""
    held = list(findings)
    messages = {id(found): found.message(language) for found in held}
    repeats = Counter((found.rule, found.field, messages[id(found)]) for found in held)
    single: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    folded: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for found in held:
        key = (found.rule, found.field, messages[id(found)])
        if repeats[key] >= _FOLDED_FROM:
            folded[key].append(found)
        else:
            single[found.table, found.row].append(found)
    titles = _titles(register)
    for (table, row), group in single.items():
        yield _heading(group[0], titles.get(row, "") if table == "register" else "", language)
        for found in group:
            yield _line(found, found.cell, messages[id(found)], language)
        yield Text()
    for group in folded.values():
        rows = say(language, "findings.rows", count=len(group), rows=_rows(group))
        yield _line(group[0], rows, messages[id(group[0])], language)


def waived_lines(
    waived: Iterable[Waived], register: Register, language: Language
) -> Iterator[Text]:
    """The findings that are not counted, each with the reason and the end of its waiver."""
    titles, last = _titles(register), None
    held = list(waived)
    yield Text(say(language, "waivers.title" if held else "waivers.none"), style="bold")
    for one in held:
        found = one.finding
        if (found.table, found.row) != last:
            last = (found.table, found.row)
            title = titles.get(found.row, "") if found.table == "register" else ""
            yield _heading(found, title, language)
        yield _line(found, found.cell, found.message(language), language)
        yield Text(
            "    " + say(language, "waivers.line", until=one.until.isoformat(), reason=one.reason),
            style="dim",
        )


def _heading(found: Finding, title: str, language: Language) -> Text:
    status = found.schema.choices["status"].label(found.status, language) if found.status else ""
    parts = (found.number or "", title[:_TITLE_CHARS], status)
    text = "  ".join(part for part in parts if part)
    return Text(text or f"{found.sheet} {found.row}", style="bold")


def _line(found: Finding, where: str, message: str, language: Language) -> Text:
    label = found.label(language)
    line = Text("  ")
    line.append(where, style="dim")
    line.append(f"  {say(language, f'findings.severity.{found.severity}')}  ")
    line.stylize(_STYLES[found.severity], len(where) + 2)
    if label:
        line.append(f"【{label}】")
    line.append(message)
    line.append(f"  {found.rule}", style="dim")
    return line


def _rows(group: list[Finding]) -> str:
    """Rows as people write them: 4-17, 20, 31."""
    spans: list[list[int]] = []
    for row in sorted({found.row for found in group}):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in spans[:12]]
    return ", ".join(shown) + (", …" if len(spans) > len(shown) else "")


def _titles(register: Register) -> Mapping[int, str]:
    frame = register.requirements.frame
    titles = frame["title"].to_numpy()
    return {row: str(title or "") for row, title in zip(frame.index.tolist(), titles, strict=True)}
