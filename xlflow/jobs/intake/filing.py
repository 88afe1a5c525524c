"""Where forms go, and the texts beside them: each step leaves something that the next call knows.

receipt written -> form renamed to where it stays -> noted in the ledger
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from xlflow.jobs.intake.inbox import Inbox
from xlflow.jobs.intake.results import as_file, form_of, is_ours, is_result, kept_names
from xlflow.workbook.share import ShareError, Step, WorkbookOpen
from xlflow.workbook.share.errors import HeldElsewhere, ShareReadOnly, explained
from xlflow.workbook.share.snapshot import sha256

_UNFINISHED = ".xlflow-"
"""What the name of a text begins with while it is being written."""


@dataclass(frozen=True)
class Cabinet:
    """The inbox with what is done in it; `like`: a file whose rights new ones may have."""

    inbox: Inbox
    like: str
    step: Step

    def file_away(self, name: str, sha: str, number: str, text: str) -> str:
        """Move a form out of the inbox, with a receipt beside it; the receipt's place.

        `sha`: what the form held when it was taken in. If somebody has edited or taken it away
        since, the receipt is written all the same.

        Raises:
            ShareError: It cannot be done now; the next call tries again.
        """
        source, content = self._in_inbox(name), as_file(text)
        with explained(source):
            held = self._sha(source)
            for turn in range(1, 1_000):
                form, receipt = (self._in_done(kept) for kept in kept_names(name, number, turn))
                there = self._sha(form)
                if there is not None and not (there == sha and held != sha):
                    continue  # another one of that name
                if not self._written(receipt, content, source):
                    continue
                if held == sha:
                    try:
                        self.inbox.host.rename(source, form, self.step)
                    except FileExistsError:
                        continue
                return receipt
        raise FileExistsError(source)

    def tell(self, results: Mapping[str, str], waiting: Collection[str]) -> Iterator[ShareError]:
        """Let the texts beside forms be these, and no others but those of `waiting` forms.

        Tells what cannot be written or removed now; the next call tries again.
        """
        names = set(self.inbox.host.names(self.inbox.folder))
        for name in sorted(filter(is_result, names)):
            try:
                if name.startswith(_UNFINISHED):
                    self.inbox.host.remove(self._in_inbox(name), self.step)
                elif name not in results and form_of(name) not in waiting:
                    self._remove(name)
            except ShareError as err:
                yield err
        for name, text in results.items():
            try:
                self._let_be(name, as_file(text), is_there=name in names)
            except ShareError as err:
                yield err

    def _let_be(self, name: str, content: bytes, *, is_there: bool) -> None:
        location = self._in_inbox(name)
        if is_there and (self._read(location) == content or not self._remove(name)):
            return
        with explained(location), suppress(FileExistsError):
            self._create(location, content, self._in_inbox(form_of(name)))

    def _remove(self, name: str) -> bool:
        """Remove a text, if it is ours and nobody has it open."""
        location = self._in_inbox(name)
        held = self._read(location)
        if held is None or not is_ours(held):
            return False
        with explained(location), suppress(HeldElsewhere):
            self.inbox.host.remove(location, self.step)
            return True
        return False

    def _written(self, location: str, content: bytes, source: str) -> bool:
        """Whether a receipt stands at `location` now; not if another file has the name."""
        held = self._read(location)
        if held is not None:
            return held == content
        try:
            self._create(location, content, source)
        except FileExistsError:
            return self._read(location) == content
        return True

    def _create(self, location: str, content: bytes, source: str) -> None:
        """A new file, whole or not at all, with the rights of the form, else of the register."""
        host = self.inbox.host
        folder, name = host.split(location)
        unfinished = host.within(folder, _UNFINISHED + name)
        host.remove(unfinished, self.step)  # what a killed call left
        try:
            host.create(unfinished, content, source, self.step)
        except (PermissionError, FileNotFoundError):
            host.create(unfinished, content, self.like, self.step)
        host.rename(unfinished, location, self.step)

    def _sha(self, location: str) -> str | None:
        held = self._read(location)
        return None if held is None else sha256(held)

    def _read(self, location: str) -> bytes | None:
        """A file's bytes; None where there is none.

        Raises:
            WorkbookOpen: Somebody is writing into it.
        """
        try:
            return self.inbox.host.read(location)
        except FileNotFoundError:
            return None
        except HeldElsewhere as err:
            raise WorkbookOpen(location) from err
        except PermissionError as err:
            raise ShareReadOnly(location) from err

    def _in_inbox(self, name: str) -> str:
        return self.inbox.host.within(self.inbox.folder, name)

    def _in_done(self, name: str) -> str:
        return self.inbox.host.within(self.inbox.done, name)
