"""A real browser for the tests: open a page, look at it, click and type in it, print it.

    with Browser.start() as browser, browser.visit(path, width=390, dark=True) as visit:
        visit.page.click("text=Filters")
        assert visit.is_quiet

`visit.page` is playwright's page. What it asked for, said and broke on the way is kept beside it.
Tests take the fixture `browser` (a `Browser` that lives as long as the pytest process).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Dialog, Page, Playwright

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_QUIETLY = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ANSWER_MILLISECONDS = 30_000

# Listens before anything of the page runs; a meta tag's policy tells nobody but the document.
_WATCH = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class BrowserAbsentError(Exception):
    """This machine lacks a browser that can be driven."""


@dataclass
class Visit:
    """A page in the browser, and what was noticed since it was asked for."""

    page: Page
    requests: list[str] = field(default_factory=list)  # all, the page's own first
    complaints: list[str] = field(default_factory=list)  # of the console, warnings included
    dialogs: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """What the page tried against its own content security policy."""
        found: list[str] = self.page.evaluate("window.__violations")
        return found

    @property
    def is_quiet(self) -> bool:
        """Whether it asked for nothing but itself, and nothing broke."""
        asked = [one for one in self.requests[1:] if not one.startswith(("data:", "blob:"))]
        return not (asked or self.complaints or self.dialogs or self.violations)

    def _watch(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dismiss)

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@dataclass
class Browser:
    """A running browser without windows."""

    chromium: Chromium
    _driver: Playwright

    @classmethod
    def start(cls) -> Browser:
        """Start it.

        Raises:
            BrowserAbsentError
        """
        program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
        if program is None:
            raise BrowserAbsentError("no Chromium here: apt-get install chromium")
        from playwright.sync_api import sync_playwright

        driver = sync_playwright().start()
        try:
            return cls(driver.chromium.launch(executable_path=program, args=_QUIETLY), driver)
        except BaseException:
            driver.stop()
            raise

    @contextmanager
    def visit(
        self,
        page: Path | str,
        *,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        at: datetime | None = None,
        **context: Any,
    ) -> Iterator[Visit]:
        """Open a file or an address, in a window of this size that remembers nothing.

        `at`: what the page's clock shows. `context`: further settings of playwright's context,
        such as `reduced_motion="reduce"`.
        """
        fresh = self.chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            **context,
        )
        try:
            fresh.set_default_timeout(ANSWER_MILLISECONDS)
            fresh.add_init_script(_WATCH)
            if at is not None:
                fresh.clock.set_fixed_time(at)
            visit = Visit(fresh.new_page())
            visit._watch()
            visit.page.goto(page.resolve().as_uri() if isinstance(page, Path) else page)
            yield visit
        finally:
            fresh.close()

    def close(self) -> None:
        """End it."""
        self.chromium.close()
        self._driver.stop()

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
