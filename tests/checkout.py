"""The repository that the tests run in, and what to do when this machine lacks something."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent


def left_out(reason: str) -> NoReturn:
    """Skip on a person's machine, with a notice; fail where CI=true: nothing is left out there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def tracked() -> list[str]:
    """The files of the repository, as git lists them."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        left_out("not a git checkout")
    return [path for path in listed.stdout.decode().split("\0") if path and (ROOT / path).exists()]
