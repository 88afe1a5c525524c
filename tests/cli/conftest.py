"""What the tests of commands share: a person who types them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from xlflow.cli import main


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: object
    out: str
    err: str


@pytest.fixture
def xlflow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """Types `xlflow` and the arguments; the person speaks English."""
    monkeypatch.setenv("XLFLOW_LANG", "en")

    def call(*arguments: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(ended.value.code, said.out, said.err)

    return call
