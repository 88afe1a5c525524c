"""Names of files and folders that every system takes, Windows among them.

Source: Microsoft, "Naming Files, Paths, and Namespaces".
"""

from __future__ import annotations

import re

_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_LONGEST = 80


def fit_name(text: str) -> str:
    """`text` as a name of a file or folder, without an ending.

    >>> fit_name('a/b: "c"?'), fit_name("con"), fit_name("..")
    ('a_b_ _c_', '_con', '_')
    """
    name = " ".join(_UNFIT.sub("_", text).split())[:_LONGEST].rstrip(". ")
    return f"_{name}" if not name or _RESERVED.match(name) else name
