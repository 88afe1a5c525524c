"""The board as one HTML file: data, script and style inside, and nothing else let in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from xlflow.languages import Language, say
from xlflow.reports.board.contents import Contents
from xlflow.reports.board.register import BoardRegister
from xlflow.reports.naming import file_name

_SCRIPTS = (
    *("elements", "data", "folding", "filters", "cards"),
    *("record", "charts", "weeks", "keyboard", "page"),
)


def board_page(
    registers: Sequence[BoardRegister],
    language: Language,
    now: datetime,
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The board of these registers at `now`, which is told in its own time zone.

    `left_out`: the ids of registers that could not be read, and why. The same registers and
    moment give the same bytes.
    """
    contents = Contents(registers, language, now)
    script, style = _script(), _file("page.css")
    before, _, after = say(
        language, "board.page.as-of", at=f"{now:%Y-%m-%d %H:%M}", files="\0"
    ).partition("\0")
    page: str = _template().render(
        language=language,
        title=say(language, "board.page.title"),
        as_of={"before": before, "after": after},
        files=[{"file": file_name(one.view.register), "link": one.link} for one in registers],
        missing=[
            say(language, "reports.left-out", register=register, reason=reason)
            for register, reason in left_out.items()
        ],
        policy=_policy(script, style),
        style=style,
        script=script,
        data=contents.data,
        details=contents.pieces,
        t=lambda name: say(language, f"board.page.{name}"),
    )
    return page.encode()


def _policy(script: str, style: str) -> str:
    """Nothing but this very script and style, no network, no frames, no forms."""
    rules: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": f"'sha256-{_digest(script)}'",
        "style-src": f"'sha256-{_digest(style)}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _script() -> str:
    """All scripts as one, whose names are nobody else's."""
    body = "\n".join(_file(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}}})();\n'


@cache
def _file(name: str) -> str:
    return files("xlflow.reports.board").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("xlflow.reports.board"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    return environment.get_template("page.html")
