"""A record's folder of documents goes where the record goes, and back with it.

`documents/2024-015` becomes `documents/archive/2024/2024-015`. The folder is renamed on its own
drive, so that no file is ever half copied; where both are there, files move one by one, and none
takes the place of another. Doing it twice equals doing it once.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from xlflow.files import explained
from xlflow.workbook.share import LOCAL, no_step

_ARCHIVE = "archive"


def archived_folder(root: Path, name: str, year: int) -> Path:
    """Where the documents of an archived record lie; `root` is the folder of all documents.

    `name`: what the folder of the record is called there.
    """
    return root / _ARCHIVE / str(year) / name


def put_away(root: Path, name: str, year: int) -> bool:
    """Move the documents of a record into the archive; False if it has none.

    Raises:
        FileNotWritten: A file of it is open or may not be moved; the next call goes on there.
    """
    return _move(root / name, archived_folder(root, name, year))


def fetch_back(root: Path, name: str, year: int) -> bool:
    """Move the documents of a record back; False if the archive has none.

    Raises:
        FileNotWritten: As `put_away`.
    """
    return _move(archived_folder(root, name, year), root / name)


def _move(source: Path, target: Path) -> bool:
    if not source.is_dir():
        return False
    with explained(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() and _renamed(source, target):
            return True
        for file in sorted(_files(source)):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            _move_file(file, place)
        for folder in sorted(_folders(source), reverse=True):
            folder.rmdir()
    return True


def _renamed(source: Path, target: Path) -> bool:
    """Whether the folder as a whole could be renamed; somebody may have made the target now."""
    try:
        source.rename(target)
    except OSError as err:
        if err.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise
        return False
    return True


def _move_file(file: Path, place: Path) -> None:
    """Move a file to a free name; one that is there with the same content is the same file."""
    if place.is_file() and place.read_bytes() == file.read_bytes():
        file.unlink()
        return
    for name in _names(place):
        try:
            LOCAL.rename(str(file), str(name), no_step)
        except FileExistsError:
            continue
        return


def _names(place: Path) -> Iterator[Path]:
    yield place
    for number in count(2):
        yield place.with_stem(f"{place.stem} ({number})")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())
