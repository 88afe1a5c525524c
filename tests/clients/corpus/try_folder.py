"""Set cells in every workbook of a folder and tell what went wrong, or why it was refused.

.venv/bin/python tests/clients/corpus/try_folder.py FOLDER
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from clients.corpus.comparisons import Account, compare, compare_without_formulas  # noqa: E402

from xlflow.workbook.refusals import WorkbookRefused  # noqa: E402

SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb"}


def main(folder: Path) -> int:
    """Try them all; 1 if anything went wrong."""
    total = Account()
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        name = str(path.relative_to(folder))
        try:
            total.add(compare(name, path.read_bytes()))
            total.add(compare_without_formulas(name, path.read_bytes()))
        except WorkbookRefused as err:
            total.counts[f"workbooks refused: {err.reason}"] += 1
            say(f"refused: {err}")
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault
            total.faults.append(f"{name}: {traceback.format_exc(limit=-3)}")
    say(*(f"{count:10,} {what}" for what, count in sorted(total.counts.items())))
    say(*total.faults)
    return bool(total.faults)


def say(*lines: str) -> None:
    """Print lines at once."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
