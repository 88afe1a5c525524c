"""The part of the LibreOffice client that needs `uno`: one office, its documents, JSON lines.

Run by the Python that LibreOffice was packaged for (see `libreoffice.py`), so it uses the standard
library and `uno` only. It starts the office, answers one request a line, and takes the office down
when its standard input ends: a test run that dies in any way leaves no office behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

START_SECONDS = 60


def properties(**values: Any) -> tuple[Any, ...]:
    """UNO's named arguments."""
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


class Office:
    """A LibreOffice of our own: own profile, own pipe, own process group."""

    def __init__(self, soffice: str) -> None:
        self.profile = Path(tempfile.mkdtemp(prefix="xlflow-office-"))
        pipe = "xlflow" + uuid.uuid4().hex
        self.process = subprocess.Popen(
            [
                soffice,
                f"-env:UserInstallation={self.profile.as_uri()}",
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nofirststartwizard",
                f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.context = self.connect(pipe)
        self.desktop = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self.context
        )
        self.documents: dict[int, Any] = {}

    def connect(self, pipe: str) -> Any:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return resolver.resolve(url)
            except NoConnectException:
                if self.process.poll() is not None:
                    raise RuntimeError(f"soffice ended with {self.process.returncode}") from None
                if time.monotonic() > deadline:
                    raise RuntimeError("soffice does not answer") from None
                time.sleep(0.1)

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            self.desktop.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    # What a test can ask for. `doc` is the number that `open` gave.

    def profile_path(self) -> str:
        return str(self.profile)

    def open(self, path: str) -> int:
        document = self.desktop.loadComponentFromURL(
            Path(path).as_uri(), "_blank", 0, properties(Hidden=True)
        )
        if document is None:
            raise ValueError("LibreOffice does not open it")
        number = max(self.documents, default=0) + 1
        self.documents[number] = document
        return number

    def new(self) -> int:
        document = self.desktop.loadComponentFromURL(
            "private:factory/scalc", "_blank", 0, properties(Hidden=True)
        )
        number = max(self.documents, default=0) + 1
        self.documents[number] = document
        return number

    def close(self, doc: int) -> None:
        self.documents.pop(doc).close(True)

    def save(self, doc: int, path: str, filter_name: str) -> None:
        self.documents[doc].storeToURL(Path(path).as_uri(), properties(FilterName=filter_name))

    def sheets(self, doc: int) -> list[str]:
        return list(self.documents[doc].Sheets.ElementNames)

    def range(self, doc: int, sheet: str, address: str) -> Any:
        return self.documents[doc].Sheets.getByName(sheet).getCellRangeByName(address)

    def text(self, doc: int, sheet: str, address: str) -> str:
        return str(self.range(doc, sheet, address).String)

    def formula(self, doc: int, sheet: str, address: str) -> str:
        return str(self.range(doc, sheet, address).Formula)

    def data(self, doc: int, sheet: str, address: str) -> list[list[Any]]:
        return [list(row) for row in self.range(doc, sheet, address).DataArray]

    def set_data(self, doc: int, sheet: str, address: str, rows: list[list[Any]]) -> None:
        self.range(doc, sheet, address).setDataArray(tuple(tuple(row) for row in rows))

    def set_formula(self, doc: int, sheet: str, address: str, formula: str) -> None:
        self.range(doc, sheet, address).Formula = formula

    def recalculate(self, doc: int) -> None:
        self.documents[doc].calculateAll()

    def validation(self, doc: int, sheet: str, address: str) -> dict[str, Any]:
        found = self.range(doc, sheet, address).Validation
        return {
            "type": found.Type.value,
            "operator": found.getOperator().value,
            "formula1": found.getFormula1(),
            "formula2": found.getFormula2(),
            "alert": found.ErrorAlertStyle.value,
            "stops": found.ShowErrorMessage,
            "error_title": found.ErrorTitle,
            "error_text": found.ErrorMessage,
            "prompts": found.ShowInputMessage,
            "prompt_title": found.InputTitle,
            "prompt_text": found.InputMessage,
            "ignores_blank": found.IgnoreBlankCells,
        }

    def run(self, doc: int, code: str, values: dict[str, Any]) -> Any:
        names = {"doc": self.documents[doc], "uno": uno, "properties": properties, **values}
        exec(code, names)
        return names.get("result")


def die_with_parent() -> None:
    """Linux ends the office even when this process is killed outright."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    office = Office(sys.argv[1])
    try:
        print(json.dumps({"value": "ready"}), file=answers, flush=True)
        for line in sys.stdin.buffer:
            request = json.loads(line)
            try:
                value = getattr(office, request["ask"])(**request["with"])
                answer = json.dumps({"value": value}, ensure_ascii=False)
            except Exception as err:  # noqa: BLE001 - whatever it is, the test hears of it
                answer = json.dumps({"error": type(err).__name__, "message": str(err)})
            print(answer, file=answers, flush=True)
    finally:
        office.stop()


if __name__ == "__main__":
    main()
