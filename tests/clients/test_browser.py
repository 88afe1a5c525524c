"""The browser of the tests sees what a page does behind one's back."""

from __future__ import annotations

from pathlib import Path

import pytest
from clients.browser import Browser

PAGE = """<!doctype html><html lang="en"><title>A page</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<p>Quiet words.</p>{more}</html>"""


@pytest.fixture
def written(tmp_path: Path):
    def write(more: str = "", policy: str = "script-src 'unsafe-inline'; img-src *") -> Path:
        path = tmp_path / "页 #1.html"
        path.write_text(PAGE.format(more=more, policy=policy), encoding="utf-8")
        return path

    return write


def test_a_page_of_words_is_quiet(browser: Browser, written):
    with browser.visit(written(), dark=True, width=390) as visit:
        assert visit.page.inner_text("p") == "Quiet words."
        assert visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert visit.page.evaluate("innerWidth") == 390
        assert len(visit.requests) == 1
        assert visit.is_quiet


@pytest.mark.parametrize(
    ("more", "noticed"),
    [
        ("<img src='file:///nowhere.png'>", "requests"),
        ("<script>console.error('broken')</script>", "complaints"),
        ("<script>nowhere()</script>", "complaints"),
        ("<script>alert('look')</script>", "dialogs"),
    ],
)
def test_what_a_page_does_is_noticed(browser: Browser, written, more, noticed):
    with browser.visit(written(more)) as visit:
        assert getattr(visit, noticed)
        assert not visit.is_quiet


def test_what_the_policy_of_a_page_forbids_is_noticed(browser: Browser, written):
    with browser.visit(written("<script>1</script>", "script-src 'none'")) as visit:
        while not visit.violations:  # the browser tells a little later
            visit.page.wait_for_timeout(20)
        assert visit.violations == ["script-src-elem inline"]
        assert not visit.is_quiet
