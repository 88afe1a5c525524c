"""Why a workbook, or an edit of one, is refused: what is wrong, where, and what to do next.

Nothing was written when one of these is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from xlflow.errors import XlflowError
from xlflow.languages import Language, say


class WorkbookRefused(XlflowError):
    """A file that xlflow does not read, or does not write to. `file` is its name."""

    reason: ClassVar[str] = ""

    def __init__(self, file: str, **facts: Any) -> None:
        super().__init__(f"workbook.refused.{self.reason}", file=file, **facts)


class NotAWorkbook(WorkbookRefused):
    """Not a zip archive, or one that holds no workbook."""

    reason = "not-a-workbook"


class LegacyWorkbook(WorkbookRefused):
    """The format of Excel 97 to 2003 (.xls)."""

    reason = "legacy"


class BinaryWorkbook(WorkbookRefused):
    """The binary format (.xlsb)."""

    reason = "binary"


class EncryptedWorkbook(WorkbookRefused):
    """A password is needed to open it."""

    reason = "encrypted"


class SignedWorkbook(WorkbookRefused):
    """Digitally signed: any change would break the signature. Refused for writing only."""

    reason = "signed"


class LegacySharedWorkbook(WorkbookRefused):
    """Shared in the manner before co-authoring, with a revision log. Refused for writing only."""

    reason = "legacy-shared"


class DamagedWorkbook(WorkbookRefused):
    """Cut short, a wrong CRC, broken deflate data or malformed XML in `part`."""

    reason = "damaged"

    def __init__(self, file: str, part: str = "") -> None:
        super().__init__(file, part=part or "zip")


class DoubledPart(WorkbookRefused):
    """Two parts of the same name, or of names that differ only in case."""

    reason = "doubled-part"


class UnsafePartName(WorkbookRefused):
    """A part whose name points out of the package."""

    reason = "unsafe-part-name"


class UnsupportedCompression(WorkbookRefused):
    """A part that is encrypted, or compressed by something other than deflate."""

    reason = "unsupported-compression"


class WorkbookTooLarge(WorkbookRefused):
    """The file is larger than the settings allow. `megabytes` and `limit` are rounded."""

    reason = "too-large"


class TooManyParts(WorkbookRefused):
    """More zip entries than `limit`."""

    reason = "too-many-parts"


class ExpandsTooFar(WorkbookRefused):
    """`part` would inflate to more than the limits allow: perhaps a zip bomb."""

    reason = "expands-too-far"


class UnsafeXml(WorkbookRefused):
    """A document type declaration, the way to entity expansion. Excel writes none."""

    reason = "unsafe-xml"


class UnsupportedEncoding(WorkbookRefused):
    """`part` is XML in another encoding than UTF-8."""

    reason = "unsupported-encoding"


class SheetMissing(WorkbookRefused):
    """No sheet of that name."""

    reason = "sheet-missing"


class SheetDoubled(WorkbookRefused):
    """Two sheets of that name."""

    reason = "sheet-doubled"


class NotAWorksheet(WorkbookRefused):
    """A chart, dialog or macro sheet: it has no cells."""

    reason = "not-a-worksheet"


class SheetUnsupported(WorkbookRefused):
    """Rows in alternate content, which depend on who reads them, or under two prefixes."""

    reason = "sheet-unsupported"


class NotVerified(WorkbookRefused):
    """What was to be put in place is not what was asked for, in `part`: a fault of xlflow."""

    reason = "not-verified"


@dataclass(frozen=True, slots=True)
class CellRefusal:
    """One cell that may not be written, and why (a name under `workbook.cell`)."""

    sheet: str
    address: str  # "F12"
    reason: str

    def message(self, language: Language) -> str:
        """The cell as Excel writes it, and the reason."""
        # here, because the record's values bring pandas along
        from xlflow.record.register import quoted

        reason = say(language, f"workbook.cell.{self.reason}")
        return f"{quoted(self.sheet)}!{self.address}: {reason}"


class EditsRefused(XlflowError):
    """Cells that may not be written: all of them at once. `cells` holds a `CellRefusal` each."""

    cells: tuple[CellRefusal, ...]

    def __init__(self, file: str, cells: Iterable[CellRefusal]) -> None:
        refused = tuple(cells)
        super().__init__("workbook.edits-refused", file=file, cells=refused, count=len(refused))

    def message(self, language: Language) -> str:
        """A line for the file, then a line for each cell."""
        lines = [say(language, self.key, file=self.file, count=self.count)]
        lines += [f"  {cell.message(language)}" for cell in self.cells]
        return "\n".join(lines)
