from __future__ import annotations

from pathlib import Path

from clients.libreoffice import Office
from company import Company, new

from xlflow.workbook.share import WorkbookOpen


def test_a_register_that_libreoffice_has_open_waits_for_the_next_run(
    soffice: Office, tmp_path: Path
):
    company = Company(tmp_path / "company")
    company.has(new("Something new"))
    before = company.sha()
    with soffice.open(company.file) as book:
        assert book.text("Register", "B4") == "Something new"
        assert isinstance(company.runs().deferred, WorkbookOpen)
        assert company.sha() == before
    assert list(company.runs().numbered.values()) == ["2024-001"]
