"""Show the main job on a sample register: make it, check it, run twice, board, prepare mails."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from xlflow.languages import LANGUAGES, from_locale
from xlflow.settings import SETTINGS_FILE, load_settings

ROOT = Path(__file__).resolve().parent.parent
XLFLOW = Path(sys.executable).with_name("xlflow")
RECORDS = 60
CLEAN, FINDINGS = 0, 1


def texts(language: str) -> dict[str, str]:
    """What the demo says, in one language."""
    with (ROOT / "scripts" / "demo.toml").open("rb") as file:
        return dict(tomllib.load(file)[language])


def free_folder() -> Path:
    """`demo`, or `demo-2` and so on where there is one already."""
    names = itertools.chain(["demo"], (f"demo-{n}" for n in itertools.count(2)))
    return next(path for name in names if not (path := ROOT / name).exists())


def step(title: str, *arguments: str, folder: Path, expected: tuple[int, ...]) -> None:
    """Show a command and run it; exit when it does not end as it should."""
    print(f"\n# {title}\n$ xlflow {shlex.join(arguments)}", flush=True)
    code = subprocess.run([XLFLOW, *arguments], cwd=folder, check=False).returncode
    if code not in expected:
        sys.exit(f"xlflow {arguments[0]}: exit code {code}")


def newest(folder: Path, ending: str) -> Path:
    """The newest file with this ending, seen from the folder."""
    found = sorted(folder.rglob(f"*{ending}"), key=lambda path: path.stat().st_mtime_ns)
    if not found:
        sys.exit(f"{folder}: no {ending} was written")
    return found[-1]


def sha256(path: Path) -> str:
    """The fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--lang", choices=LANGUAGES, default=from_locale())
    parser.add_argument("folder", nargs="?", type=Path, help="a new folder for the results")
    asked = parser.parse_args()
    folder = (asked.folder or free_folder()).resolve()
    os.environ["XLFLOW_LANG"] = asked.lang
    say = texts(asked.lang)

    sample = ("init", str(folder), "--lang", asked.lang, "--sample", str(RECORDS))
    step(say["init"], *sample, folder=Path.cwd(), expected=(CLEAN,))
    settings = load_settings(folder / SETTINGS_FILE)
    register = Path(settings.register_location)
    step(say["check"], "check", folder=folder, expected=(FINDINGS,))
    step(say["run"], "run", folder=folder, expected=(CLEAN, FINDINGS))
    before = sha256(register)
    step(say["again"], "run", folder=folder, expected=(CLEAN, FINDINGS))
    if sha256(register) != before:
        sys.exit(f"{register}: the second run changed the workbook")
    step(say["board"], "board", folder=folder, expected=(CLEAN,))
    step(say["mail"], "mail", "weekly", "--dry-run", folder=folder, expected=(CLEAN,))
    weekly = newest(folder, ".eml")
    step(say["digest"], "mail", "digest", "--dry-run", folder=folder, expected=(CLEAN,))

    reports = settings.locate(settings.reports.folder)
    print()
    print(
        say["results"]
        .strip()
        .format(
            folder=folder,
            register=register.name,
            status=newest(reports, ".xlsx").relative_to(folder),
            board=newest(reports, ".html").relative_to(folder),
            mail=weekly.relative_to(folder),
            ledger=newest(folder, ".db").relative_to(folder),
            quoted_folder=shlex.quote(str(folder)),
            xlflow=shlex.quote(str(XLFLOW)),
        )
    )


if __name__ == "__main__":
    main()
