from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import xlsxwriter
from clients.libreoffice import XLSX, Office, OfficeGoneError, OfficeRefusedError, render


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A small protected workbook: A1 locked, column B open, with a dropdown and a red rule."""
    path = tmp_path / "登记 册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        lists = book.add_worksheet("Lists")
        lists.write_column("A1", ["高", "中", "低"])
        sheet = book.add_worksheet("Register")
        sheet.write("A1", "Priority")
        unlocked = book.add_format({"locked": False})
        sheet.set_column("B:B", 12, unlocked)
        sheet.write("B1", "低", unlocked)
        sheet.write("B2", "最高", unlocked)
        sheet.write("B3", "", unlocked)
        for cell, source in {
            "B1": "=Lists!$A$1:$A$3",
            "B2": "=priorities",
            "B3": ["yes", "no"],
        }.items():
            sheet.data_validation(
                cell,
                {
                    "validate": "list",
                    "source": source,
                    "input_title": "优先级",
                    "input_message": "Pick one",
                    "error_title": "No",
                    "error_message": "Pick one of the list",
                },
            )
        book.define_name("priorities", "=Lists!$A$1:$A$3")
        sheet.conditional_format(
            "B1:B3",
            {
                "type": "formula",
                "criteria": '=AND($B1<>"",COUNTIF(Lists!$A$1:$A$3,$B1)=0)',
                "format": book.add_format({"bg_color": "#FFC7CE"}),
            },
        )
        sheet.protect()
    return path


def test_a_cell_is_read_as_it_is_shown(soffice: Office, workbook: Path) -> None:
    with soffice.open(workbook) as book:
        assert book.sheets() == ["Lists", "Register"]
        assert book.text("Register", "B1") == "低"
        assert book.data("Register", "A1:B2") == [["Priority", "低"], ["", "最高"]]


def test_a_locked_cell_refuses_typing_and_an_open_one_takes_it(
    soffice: Office, workbook: Path
) -> None:
    with soffice.open(workbook) as book:
        with pytest.raises(OfficeRefusedError):
            book.set_data("Register", "A1", [["other"]])
        assert book.text("Register", "A1") == "Priority"
        book.set_data("Register", "B1:B2", [["高"], [2.5]])
        assert book.data("Register", "B1:B2") == [["高"], [2.5]]


@pytest.mark.parametrize(
    ("cell", "offered"),
    [("B1", ["高", "中", "低"]), ("B2", ["高", "中", "低"]), ("B3", ["yes", "no"]), ("A1", [])],
)
def test_a_dropdown_is_read_from_a_range_a_name_and_a_literal_list(
    soffice: Office, workbook: Path, cell: str, offered: list[str]
) -> None:
    with soffice.open(workbook) as book:
        assert book.dropdown("Register", cell) == offered


def test_a_validation_tells_its_prompt_and_its_error(soffice: Office, workbook: Path) -> None:
    with soffice.open(workbook) as book:
        found = book.validation("Register", "B1")
        assert (found.type, found.alert, found.stops) == ("LIST", "STOP", True)
        assert (found.prompt_title, found.prompt_text) == ("优先级", "Pick one")
        assert (found.error_title, found.error_text) == ("No", "Pick one of the list")
        assert book.validation("Register", "A1").type == "ANY"


def test_fills_show_conditional_formats(soffice: Office, workbook: Path, tmp_path: Path) -> None:
    with soffice.open(workbook) as book:
        register = book.fills(tmp_path)["Register"]
        assert (register[0][1].text, register[0][1].fill) == ("低", "")
        assert (register[1][1].text, register[1][1].fill) == ("最高", "#ffc7ce")


def test_formulas_are_calculated_and_stored_in_a_copy(
    soffice: Office, workbook: Path, tmp_path: Path
) -> None:
    with soffice.open(workbook) as book:
        book.set_formula("Register", "B3", "=LEN(B2)*2")
        book.recalculate()
        assert book.text("Register", "B3") == "4"
        copy = book.save_as(tmp_path / "copy.xlsx", XLSX)
    with soffice.open(copy) as book:
        assert book.formula("Register", "B3") == "=LEN(B2)*2"
        assert book.text("Register", "B3") == "4"


def test_anything_else_goes_through_run(soffice: Office) -> None:
    with soffice.new() as book:
        added = book.run(
            """
doc.Sheets.insertNewByName(name, 0)
sheet = doc.Sheets.getByName(name)
sheet.Annotations.insertNew(sheet.getCellByPosition(0, 0).CellAddress, "注释")
result = sheet.Annotations.getByIndex(0).String
""",
            name="附加",
        )
        assert added == "注释"
        assert book.sheets()[0] == "附加"


def test_pages_are_drawn_with_chinese_letters(
    soffice: Office, workbook: Path, tmp_path: Path
) -> None:
    with soffice.open(workbook) as book:
        pages = render(book.to_pdf(tmp_path / "printed.pdf"), tmp_path)
    assert len(pages) == 2
    assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)
    fonts = subprocess.run(
        ["pdffonts", tmp_path / "printed.pdf"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert len(fonts) >= 2, "a Latin and a Chinese font"


def test_what_cannot_be_opened_is_refused_and_the_office_lives_on(
    soffice: Office, workbook: Path, tmp_path: Path
) -> None:
    with pytest.raises(OfficeRefusedError), soffice.open(tmp_path / "absent.xlsx"):
        pass
    with soffice.open(workbook) as book:
        assert book.sheets() == ["Lists", "Register"]


def offices(marker: str) -> list[int]:
    """Process ids whose command line holds the marker."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes()
        except OSError:
            continue
        if marker.encode() in command:
            found.append(int(entry.parent.name))
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.usefixtures("soffice")
def test_a_killed_test_run_leaves_no_office_behind(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from clients.libreoffice import Office
        office = Office.start()
        print(office.ask("profile_path"), flush=True)
        time.sleep(60)
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as run:
        assert run.stdout
        profile = run.stdout.readline().strip()
        assert offices(profile)
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (offices(profile) or Path(profile).exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert offices(profile) == []
    assert not Path(profile).exists()


@pytest.mark.usefixtures("soffice")
def test_a_crashed_office_is_told_and_takes_no_test_run_down() -> None:
    office = Office.start()
    try:
        for process in offices(office.ask("profile_path")):
            os.kill(process, signal.SIGKILL)
        with pytest.raises((OfficeGoneError, OfficeRefusedError)), office.new():
            pass
    finally:
        office.stop()
