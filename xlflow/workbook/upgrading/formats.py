"""The cell formats of new columns: those that the workbook has, or copies of them behind all.

Source: ECMA-376 18.8.10 (cellXfs), 18.8.33 (protection), 18.8.45 (xf).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlflow.workbook import markup
from xlflow.workbook.mending.formats import cell_formats
from xlflow.workbook.mending.outline import Node, Splice, outline, spliced
from xlflow.workbook.upgrading.columns import Look


def with_formats(styles: bytes, looks: Iterable[Look]) -> tuple[bytes, Mapping[Look, int]]:
    """The styles with what is missing of `looks` behind all, and the number of each.

    Raises:
        markup.MarkupError: Malformed.
    """
    root = outline(styles)
    known = root.first("cellXfs")
    held = list(known.children) if known else []
    opened = cell_formats(styles).opened
    numbers: dict[Look, int] = {}
    added: dict[bytes, int] = {}
    for look in dict.fromkeys(looks):
        if look.format >= len(held):  # a workbook without formats of its own
            numbers[look] = 0
            continue
        base = held[look.format]
        other = held[look.number] if look.number is not None and look.number < len(held) else base
        has_number = base.get("numFmtId") == other.get("numFmtId")
        if has_number and (not look.is_open or look.format in opened):
            numbers[look] = look.format
            continue
        copy = _copy(styles, base, other.get("numFmtId"), is_open=look.is_open)
        numbers[look] = added.setdefault(copy, len(held) + len(added))
    if known is None or not added:
        return styles, numbers
    given = markup.without_attributes(known.tag.attributes, b"count")
    given += b' count="%d"' % (len(held) + len(added))
    return spliced(
        styles,
        [
            Splice(known.tag.attributes_start, known.tag.attributes_end, given),
            Splice(known.inner_end, known.inner_end, b"".join(added)),
        ],
    ), numbers


def _copy(styles: bytes, node: Node, number: str, *, is_open: bool) -> bytes:
    """A format with another number format, open for typing if asked for."""
    name = node.prefix + b"xf"
    changed = [b"numFmtId", b"applyNumberFormat", *([b"applyProtection"] if is_open else [])]
    given = markup.without_attributes(node.tag.attributes, *changed)
    given += b' numFmtId="%s" applyNumberFormat="1"' % (number or "0").encode()
    parts = {child.name: styles[child.tag.start : child.end] for child in node.children}
    if is_open:
        given += b' applyProtection="1"'
        parts["protection"] = b'<%sprotection locked="0"/>' % node.prefix
    inner = b"".join(parts.get(held, b"") for held in ("alignment", "protection", "extLst"))
    return b"<%s%s>%s</%s>" % (name, given, inner, name)
