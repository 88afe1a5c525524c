"""Build what workbook_templates/ holds, or check that it is up to date.

The three empty registers, and the templates of the Word documents in three languages.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import KINDS
from xlflow.reports.documents.templates import build_template, template_name
from xlflow.workbook.template import build_register

FOLDER = Path(__file__).resolve().parent.parent / "workbook_templates"


def parts(workbook: bytes) -> dict[str, bytes]:
    """Part name -> content. How well a part is compressed depends on the machine's zlib."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        return {name: package.read(name) for name in package.namelist()}


def built_files() -> Iterator[tuple[Path, bytes]]:
    """Each file, as seen from the folder, and what the code builds."""
    for language in LANGUAGES:
        yield Path(f"register.{language}.xlsx"), build_register(language)
        for kind in KINDS:
            name = template_name(kind.id, language)
            yield Path("documents", name), build_template(kind, language)


def outdated(path: Path, built: bytes) -> list[str]:
    """The parts in which the file differs from what was built; all of them if it is missing."""
    new = parts(built)
    old = parts(path.read_bytes()) if path.exists() else {}
    return sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    only_check = parser.parse_args().check

    all_current = True
    for name, built in built_files():
        path = FOLDER / name
        if not (differing := outdated(path, built)):
            continue
        all_current = False
        if only_check:
            print(f"{name} differs from what the code builds: {', '.join(differing)}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built)
            print(f"{name} built")
    if only_check and not all_current:
        print("Type: scripts/build_templates")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
