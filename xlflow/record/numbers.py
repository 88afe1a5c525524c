"""What a requirement's number looks like: ``YYYY-NNN``, after the prefix of its register if any.

Source: the process standard, "the requirement record": the year of submission, a running number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

# Digits of ASCII only: \d takes those of every script.
_YEAR_AND_SERIAL = r"([0-9]{4})-([0-9]{3}|[1-9][0-9]{3,8})"
_NEARLY = r"\s*([0-9]{4})\s*[^0-9]?\s*0*([0-9]{1,9})"


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of one register are written and read.

    `prefix`: "IT" for IT-2024-015; "" for none.
    """

    prefix: str = ""

    def written(self, year: int, serial: int) -> str:
        """The number as it is written: three digits, four from 1000 on.

        >>> NumberFormat().written(2024, 15), NumberFormat("IT").written(2024, 1000)
        ('2024-015', 'IT-2024-1000')
        """
        return f"{self._before}{year}-{serial:03d}"

    def parsed(self, text: object) -> tuple[int, int] | None:
        """Year and serial of a well-formed number, blanks around it aside; None of anything else.

        >>> NumberFormat("IT").parsed("IT-2024-015"), NumberFormat("IT").parsed("2024-015")
        ((2024, 15), None)
        """
        found = self._exact.fullmatch(text.strip()) if isinstance(text, str) else None
        return (int(found[1]), int(found[2])) if found else None

    def year(self, text: object) -> int:
        """The year in a well-formed number; 0 in anything else."""
        found = self.parsed(text)
        return found[0] if found else 0

    def meant(self, text: object) -> str:
        """The number that a text nearly is, such as 2024-15 or it 2024/015; "" if none.

        >>> NumberFormat().meant("2024/15"), NumberFormat("IT").meant("it-2024-15")
        ('2024-015', 'IT-2024-015')
        >>> NumberFormat("IT").meant("2024-15"), NumberFormat("IT").meant("HR-2024-015")
        ('IT-2024-015', '')
        """
        if not isinstance(text, str):
            return ""
        found = self._nearly.fullmatch(unicodedata.normalize("NFKC", text).strip())
        return self.written(int(found[1]), int(found[2])) if found else ""

    @property
    def example(self) -> str:
        """A number for messages that tell what one looks like: that of the worked example."""
        return self.written(2024, 15)

    @property
    def _before(self) -> str:
        return f"{self.prefix}-" if self.prefix else ""

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(re.escape(self._before) + _YEAR_AND_SERIAL)

    @cached_property
    def _nearly(self) -> re.Pattern[str]:
        before = rf"(?:{re.escape(self.prefix)}\s*[^0-9]?)?" if self.prefix else ""
        return re.compile(before + _NEARLY, re.IGNORECASE)


PLAIN = NumberFormat()
"""The standard's own numbers."""
