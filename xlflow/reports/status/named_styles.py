"""Cell styles with names: who restyles "Overdue" in Excel once restyles all such cells.

XlsxWriter gives every cell a format of its own and knows no named styles; what it writes of the
formats is completed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any
from xml.sax.saxutils import quoteattr

from xlsxwriter.packager import Packager
from xlsxwriter.workbook import Workbook

_FORMATS = re.compile(r'<cellXfs count="\d+">(.*?)</cellXfs>', re.DOTALL)
_FORMAT = re.compile(r"<xf [^>]*/>|<xf [^>]*[^/]>.*?</xf>", re.DOTALL)
_STYLE_FORMATS = re.compile(r'<cellStyleXfs count="\d+">(.*?)</cellStyleXfs>', re.DOTALL)
_STYLES = re.compile(r'<cellStyles count="\d+">(.*?)</cellStyles>', re.DOTALL)
_OWN = re.compile(r' apply[A-Z]\w+="1"')  # what a cell has otherwise than its style
_STYLE_ID = ' xfId="0"'


class StyledWorkbook(Workbook):  # type: ignore[misc]  # XlsxWriter has no type hints
    """A workbook whose formats may have names."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._named: dict[str, Any] = {}

    def add_style(self, name: str, properties: Mapping[str, Any]) -> Any:
        """A format that is a cell style of this name."""
        self._named[name] = self.add_format(dict(properties))
        return self._named[name]

    def _get_packager(self) -> Packager:
        return _StylingPackager(self._names)

    def _names(self) -> Mapping[int, str]:
        """Number of a format -> its style; looks that are alike have one format and one style."""
        indexes = {name: form.xf_index for name, form in self._named.items()}
        return {index: name for name, index in reversed(indexes.items()) if index}


class _StylingPackager(Packager):  # type: ignore[misc]
    def __init__(self, names: Callable[[], Mapping[int, str]]) -> None:
        super().__init__()
        self._names = names

    def _write_styles_file(self) -> None:
        super()._write_styles_file()
        file: StringIO = self.filenames[-1][0]
        told = with_names(file.getvalue(), self._names())
        file.seek(0)
        file.truncate()
        file.write(told)


def with_names(styles: str, names: Mapping[int, str]) -> str:
    """The part ``styles.xml`` with formats made named styles; `names` by the format's number.

    Source: ECMA-376 18.8.7, 18.8.9, 18.8.10; a cell's xf tells only what differs from its style.
    """
    formats = _FORMAT.findall(_FORMATS.search(styles)[1])  # type: ignore[index]  # always written
    of_styles = _FORMAT.findall(_STYLE_FORMATS.search(styles)[1])  # type: ignore[index]
    elements = []
    for at in sorted(names):
        number = len(of_styles)
        of_styles.append(formats[at].replace(_STYLE_ID, "", 1))
        formats[at] = _OWN.sub("", formats[at].replace(_STYLE_ID, f' xfId="{number}"', 1))
        elements.append(f'<cellStyle name={quoteattr(names[at])} xfId="{number}"/>')
    standard = _STYLES.search(styles)[1]  # type: ignore[index]
    for pattern, tag, held in (
        (_FORMATS, "cellXfs", formats),
        (_STYLE_FORMATS, "cellStyleXfs", of_styles),
        (_STYLES, "cellStyles", [*elements, standard]),
    ):
        told = f'<{tag} count="{len(held)}">{"".join(held)}</{tag}>'
        styles = pattern.sub(told.replace("\\", r"\\"), styles, count=1)
    return styles
