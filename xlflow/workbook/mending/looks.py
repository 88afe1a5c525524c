"""The looks of conditional formats (dxf) in a workbook's styles.

Source: ECMA-376 18.8.14 (dxf), 18.8.15 (dxfs), 18.8.39 (styleSheet).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlflow.workbook import markup
from xlflow.workbook.mending.outline import Node, Splice, outline, spliced

_BEFORE_LOOKS = (
    "cellStyles",
    "cellXfs",
    "cellStyleXfs",
    "borders",
    "fills",
    "fonts",
    "numFmts",
)

Look = tuple[object, ...]
"""What a look comes to, however it is written."""


def looks(styles: bytes) -> tuple[Look, ...]:
    """The looks of a workbook by their numbers.

    Raises:
        markup.MarkupError: Malformed.
    """
    return tuple(map(_look, outline(styles).within("dxfs", "dxf")))


def with_looks(
    styles: bytes, template_styles: bytes, wanted: Iterable[int]
) -> tuple[bytes, Mapping[int, int]]:
    """The styles with the looks of the template in them, and where each of them is now.

    Those that the workbook has already are used; others are added behind all.

    Raises:
        markup.MarkupError: Malformed.
    """
    root, template = outline(styles), outline(template_styles)
    known = root.first("dxfs")
    held = [_look(node) for node in (known.children if known else ())]
    offered = list(template.within("dxfs", "dxf"))
    added: list[Node] = []
    places: dict[int, int] = {}
    for number in sorted(set(wanted)):
        look = _look(offered[number])
        if look not in held:
            held.append(look)
            added.append(offered[number])
        places[number] = held.index(look)
    if not added:
        return styles, places
    new = b"".join(_copied(node, root.prefix) for node in added)
    return _with_added(styles, root, new, len(held)), places


def _look(node: Node) -> Look:
    """``<b val="1"/>`` is ``<b/>``."""
    given = sorted(
        (name, value.lower())
        for name, value in markup.attributes(node.tag.attributes)
        if (name, value) not in ((b"val", "1"), (b"val", "true"))
    )
    return (node.name, *given, *map(_look, node.children))


def _copied(node: Node, prefix: bytes) -> bytes:
    """An element without texts in it, written with another prefix."""
    name = prefix + node.name.encode()
    inner = b"".join(_copied(child, prefix) for child in node.children)
    return b"<%s%s>%s</%s>" % (name, node.tag.attributes, inner, name)


def _with_added(styles: bytes, root: Node, new: bytes, count: int) -> bytes:
    name = root.prefix + b"dxfs"
    known = root.first("dxfs")
    if known is None:
        before = (node for wanted in _BEFORE_LOOKS if (node := root.first(wanted)))
        last = next(before, None)
        position = last.end if last else root.tag.end
        element = b'<%s count="%d">%s</%s>' % (name, count, new, name)
        return spliced(styles, [Splice(position, position, element)])
    given = markup.without_attributes(known.tag.attributes, b"count") + b' count="%d"' % count
    inner = styles[known.tag.end : known.inner_end]
    element = b"<%s%s>%s%s</%s>" % (name, given, inner, new, name)
    return spliced(styles, [Splice(known.tag.start, known.end, element)])
