"""A real LibreOffice for the tests: open a workbook, look at it, type into it, print it.

    with Office.start() as office, office.open(path) as book:
        assert book.text("Register", "A4") == "Number"

`uno` belongs to the system's Python, whose version may differ from the one that runs the tests.
So the office is driven by `uno_worker.py` under that Python, over JSON lines; the worker ends the
office as soon as this process is gone.

Tests take the fixture `soffice` (an `Office` that lives as long as the pytest process).
"""

from __future__ import annotations

import html.parser
import json
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 120
XLSX = "Calc MS Excel 2007 XML"
WORKER = Path(__file__).with_name("uno_worker.py")


class OfficeAbsentError(Exception):
    """This machine lacks LibreOffice, its Python bridge or a PDF renderer."""


class OfficeGoneError(Exception):
    """The office crashed or does not answer any more."""


class OfficeRefusedError(Exception):
    """The office said no: `kind` is UNO's exception, such as `RuntimeException`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


@cache
def uno_python() -> str:
    """The Python that can `import uno`. Raises OfficeAbsentError."""
    candidates = [
        "/usr/bin/python3",
        "/usr/lib/libreoffice/program/python",
        "/opt/libreoffice/program/python",
        sys.executable,
    ]
    for candidate in candidates:
        if not Path(candidate).exists():
            continue
        tried = subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False)
        if tried.returncode == 0:
            return candidate
    raise OfficeAbsentError("no Python here imports uno: apt-get install python3-uno")


def program(name: str, package: str) -> str:
    """The path of a program. Raises OfficeAbsentError, naming the package to install."""
    found = shutil.which(name)
    if found is None:
        raise OfficeAbsentError(f"{name} is not installed: apt-get install {package}")
    return found


def has_writer() -> bool:
    """Whether LibreOffice opens Word documents, not workbooks alone."""
    return (
        Path(program("soffice", "libreoffice-writer-nogui"))
        .resolve()
        .with_name("libswlo.so")
        .exists()
    )


class Office:
    """One running LibreOffice with its own profile."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._buffer = b""

    @classmethod
    def start(cls) -> Office:
        """Start one (about 2 s). Raises OfficeAbsentError where it is not installed."""
        command = [uno_python(), str(WORKER), program("soffice", "libreoffice-calc-nogui")]
        program("pdftoppm", "poppler-utils")
        office = cls(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        )
        try:
            office._answer()
        except BaseException:
            office.stop()
            raise
        return office

    def stop(self) -> None:
        """End the office; harmless when it is gone already."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, question: str, **values: Any) -> Any:
        """Send one request to the worker and wait for its answer."""
        assert self._process.stdin
        line = json.dumps({"ask": question, "with": values}).encode() + b"\n"
        try:
            self._process.stdin.write(line)
        except BrokenPipeError as err:
            raise OfficeGoneError(f"exit code {self._process.poll()}") from err
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_SECONDS)
            chunk = self._process.stdout.read(1 << 20) if ready else b""
            if not chunk:
                if not ready:
                    self._process.kill()
                raise OfficeGoneError("no answer" if not ready else "the worker ended")
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            raise OfficeRefusedError(answer["error"], answer["message"])
        return answer["value"]

    @contextmanager
    def open(self, path: Path) -> Iterator[Book]:
        """Open a workbook, hidden; closed without saving at the end."""
        book = Book(self, self.ask("open", path=str(path.resolve())))
        try:
            yield book
        finally:
            book.close()

    @contextmanager
    def new(self) -> Iterator[Book]:
        """A new, empty spreadsheet."""
        book = Book(self, self.ask("new"))
        try:
            yield book
        finally:
            book.close()


@dataclass(frozen=True, slots=True)
class Validation:
    """What a cell says about what may be typed into it."""

    type: str  # "ANY", "WHOLE", "DATE", "TEXT_LEN", "LIST", "CUSTOM", ...
    operator: str
    formula1: str
    formula2: str
    alert: str  # "STOP", "WARNING", "INFO"
    stops: bool  # an alert is shown at all
    error_title: str
    error_text: str
    prompts: bool
    prompt_title: str
    prompt_text: str
    ignores_blank: bool


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook. Addresses are Excel's: "F12", "A1:C9"."""

    office: Office
    number: int

    def _ask(self, question: str, **values: Any) -> Any:
        return self.office.ask(question, doc=self.number, **values)

    def close(self) -> None:
        """Close without saving; harmless when the office is gone."""
        with suppress(OfficeGoneError):
            self._ask("close")

    def sheets(self) -> list[str]:
        """The tabs from left to right."""
        return list(self._ask("sheets"))

    def text(self, sheet: str, cell: str) -> str:
        """What the cell shows."""
        return str(self._ask("text", sheet=sheet, address=cell))

    def formula(self, sheet: str, cell: str) -> str:
        """What stands in the cell's input line."""
        return str(self._ask("formula", sheet=sheet, address=cell))

    def data(self, sheet: str, area: str) -> list[list[Any]]:
        """Values of an area: text or float."""
        return list(self._ask("data", sheet=sheet, address=area))

    def set_data(self, sheet: str, area: str, rows: Sequence[Sequence[str | float]]) -> None:
        """Type values; sheet protection holds. Raises OfficeRefusedError on a locked cell."""
        self._ask("set_data", sheet=sheet, address=area, rows=[list(row) for row in rows])

    def set_formula(self, sheet: str, cell: str, formula: str) -> None:
        """Enter a text, number or formula (English names); goes around sheet protection."""
        self._ask("set_formula", sheet=sheet, address=cell, formula=formula)

    def recalculate(self) -> None:
        """Calculate every formula anew."""
        self._ask("recalculate")

    def validation(self, sheet: str, cell: str) -> Validation:
        """The cell's validation, `type` "ANY" where it has none."""
        return Validation(**self._ask("validation", sheet=sheet, address=cell))

    def dropdown(self, sheet: str, cell: str) -> list[str]:
        """What the cell's dropdown offers, blanks left out; [] where it has none.

        A literal list, a range and a defined name are understood.
        """
        found = self.validation(sheet, cell)
        if found.type != "LIST":
            return []
        if found.formula1.startswith('"'):
            return [item.strip('"') for item in found.formula1.split('";"')]
        code = """
source = source.lstrip("=").replace("$", "")
if doc.NamedRanges.hasByName(source):
    cells = doc.NamedRanges.getByName(source).getReferredCells()
elif "." in source:
    tab, area = source.rsplit(".", 1)
    cells = doc.Sheets.getByName(tab.strip("'")).getCellRangeByName(area)
else:
    cells = doc.Sheets.getByName(sheet).getCellRangeByName(source)
result = [str(v) for row in cells.DataArray for v in row if v != ""]
"""
        return list(self.run(code, source=found.formula1, sheet=sheet))

    def run(self, code: str, **values: Any) -> Any:
        """Run Python inside the office's bridge: `doc` is the document, `result` comes back.

        The result must be JSON. `uno` and `properties(Name=value)` are at hand. For what the
        methods here do not cover: charts, notes, pictures, names, conditional formats.
        """
        return self._ask("run", code=code, values=values)

    def save_as(self, path: Path, filter_name: str = XLSX) -> Path:
        """Store a copy, as .xlsx unless told otherwise."""
        self._ask("save", path=str(path.resolve()), filter_name=filter_name)
        return path

    def to_pdf(self, path: Path) -> Path:
        """Print all sheets."""
        return self.save_as(path, "calc_pdf_Export")

    def fills(self, folder: Path) -> dict[str, list[list[Shown]]]:
        """What each cell shows, conditional formats applied; visible tab -> rows of cells.

        Read from LibreOffice's own HTML export. Cells under a merged one are left out.
        """
        page = self.save_as(folder / f"fills-{self.number}.html", "HTML (StarCalc)")
        reader = _Fills()
        reader.feed(page.read_text(encoding="utf-8"))
        code = "result = [s.Name for s in map(doc.Sheets.getByIndex, range(doc.Sheets.Count))"
        visible = self.run(f"{code} if s.IsVisible]")
        return dict(zip(visible, reader.tables, strict=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is drawn: its text and its fill, "#rrggbb" or "" for none."""

    text: str
    fill: str


class _Fills(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Shown]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag == "td":
            self._in_cell = True
            self.tables[-1][-1].append(Shown("", (dict(attrs).get("bgcolor") or "").lower()))

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            cells = self.tables[-1][-1]
            cells[-1] = Shown((cells[-1].text + data).strip("\n"), cells[-1].fill)


def render(pdf: Path, folder: Path, dots_per_inch: int = 70) -> list[Path]:
    """Draw each page of a PDF as a PNG in `folder`; the pictures in page order."""
    stem = folder / pdf.stem
    subprocess.run(
        [program("pdftoppm", "poppler-utils"), "-png", "-r", str(dots_per_inch), pdf, stem],
        check=True,
        capture_output=True,
    )
    return sorted(folder.glob(f"{pdf.stem}-*.png"))
