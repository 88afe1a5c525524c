"""Make docs/pictures/ from the sample register, in all three languages.

More than one and two weeks before the day of the pictures some requirements stood a step behind,
and others were not there yet, so that the reports have something to tell. Workbooks are drawn by
LibreOffice, pages and mails by Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, sync_playwright

from xlflow.jobs.inspection import read_now
from xlflow.languages import LANGUAGES, Language
from xlflow.record.register import Table
from xlflow.record.stages import MAIN_LINE
from xlflow.settings import SETTINGS_FILE, Settings, load_settings
from xlflow.workbook.patch import CellEdit, patch

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
XLFLOW = Path(sys.executable).with_name("xlflow")
DAY = date(2026, 11, 25)  # a Wednesday, so that the pictures change only when the program does
BEHIND = {DAY - timedelta(days=15): 2, DAY - timedelta(days=8): 4}  # one in so many, a step
SHARE = r"\\fileserver\team\requirements"
DOTS_PER_INCH = 110
BODY = 0.93  # of a page stands above its footer
RIM = 12  # pixels of white that stay
REGISTER_PAGE, STATUS_PAGE = 3, 1
WIDE, PHONE, LETTER, NOTE = (1440, 900), (390, 844), (720, 1000), (720, 760)
MANAGER, OWNER = "manager@example.com", "technical2@example.com"
QUIETLY = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Draw every picture anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=QUIETLY)
        for language in LANGUAGES:
            settings = company(Path(place) / language, language)
            draw_workbooks(settings, language, Path(place))
            draw_pages(settings, language, browser)
        browser.close()


def company(folder: Path, language: Language) -> Settings:
    """The sample register after three runs, with its reports and mails."""
    xlflow("init", str(folder), "--lang", language, "--sample", "60", "--date", f"{DAY}")
    file = folder / SETTINGS_FILE
    register = Path(load_settings(file).register_location)
    address = f"[register]\naddress = '{SHARE}\\{register.name}'\n"
    text = file.read_text(encoding="utf-8").replace("[register]\n", address)
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)
    today = register.read_bytes()
    now = datetime.combine(DAY, time(9), tzinfo=settings.calendar.zone)
    records = read_now(settings, now).requirements
    for day in BEHIND:
        register.write_bytes(patch(today, list(to_be_as_of(day, records, settings))).data)
        xlflow("run", "--settings", str(file), "--date", f"{day}")
    register.write_bytes(today)  # what people have typed since, as one save
    on_the_day = ("--settings", str(file), "--date", f"{DAY}")
    xlflow("run", *on_the_day)
    xlflow("board", *on_the_day)
    xlflow("mail", "weekly", "--dry-run", "--to", MANAGER, *on_the_day)
    xlflow("mail", "digest", "--dry-run", "--to", OWNER, *on_the_day)
    return settings


def to_be_as_of(day: date, records: Table, settings: Settings) -> Iterator[CellEdit]:
    """Take out what was submitted after the day, and put some of the rest a step behind."""
    choices = settings.schema.choices["status"]
    for at, row in enumerate(records.frame.index.tolist()):
        cells = {str(key): value for key, value in records.frame.loc[row].items()}
        submitted, status = cells["submitted_on"], choices.parse(cells["status"])
        if isinstance(submitted, date) and submitted > day:
            for key in cells:
                yield CellEdit(records.title, row, records.columns[key], None)
        elif at % BEHIND[day] == 0 and status in MAIN_LINE[2:-1]:
            earlier = MAIN_LINE[MAIN_LINE.index(status) - 1]
            label = choices.label(earlier, settings.workbook.language)
            yield CellEdit(records.title, row, records.columns["status"], label)


def xlflow(*arguments: str) -> None:
    """Run a command; its output is of no interest here, nor that it found what to mend."""
    done = subprocess.run([XLFLOW, *arguments], stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"xlflow {arguments[0]}: exit code {done.returncode}")


def draw_workbooks(settings: Settings, language: Language, place: Path) -> None:
    """The register, and the first page of the status workbook."""
    register = Path(settings.register_location)
    status = settings.locate(settings.reports.folder) / f"status-{DAY}.xlsx"
    draw(register, REGISTER_PAGE, PICTURES / f"register.{language}.png", place)
    draw(status, STATUS_PAGE, PICTURES / f"status.{language}.png", place)


def draw(workbook: Path, page: int, picture: Path, place: Path) -> None:
    """One page of a workbook as LibreOffice prints it."""
    profile = (place / "profile").as_uri()
    print_it = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*print_it, "--outdir", place, workbook], check=True, stdout=subprocess.DEVNULL)
    pdf = place / f"{workbook.stem}.pdf"
    render = ["pdftoppm", "-png", "-singlefile", "-r", str(DOTS_PER_INCH)]
    pages = ["-f", str(page), "-l", str(page)]
    subprocess.run([*render, *pages, pdf, picture.with_suffix("")], check=True)
    without_margins(picture)
    print(f"{picture.relative_to(ROOT)}")


def without_margins(picture: Path) -> None:
    """Cut off the white around a picture, and the footer below its last table."""
    with Image.open(picture) as drawn:
        body = drawn.convert("RGB").crop((0, 0, drawn.width, round(drawn.height * BODY)))
    white = Image.new("RGB", body.size, "white")
    left, top, right, bottom = ImageChops.difference(body, white).getbbox() or (0, 0, *body.size)
    rim = (max(left - RIM, 0), max(top - RIM, 0), right + RIM, bottom + RIM)
    body.crop(rim).save(picture, optimize=True)


def draw_pages(settings: Settings, language: Language, browser: Browser) -> None:
    """The board on a desk and on a phone, and both kinds of mail."""
    folder = settings.locate(settings.reports.folder)
    board = folder / "board.html"
    photograph(browser, board, PICTURES / f"board.{language}.png", WIDE)
    photograph(browser, board, PICTURES / f"board-phone.{language}.png", PHONE, dark=True)
    for address, name, size in ((MANAGER, "weekly", LETTER), (OWNER, "digest", NOTE)):
        page = folder / f"{name}.html"
        page.write_text(mail_to(address, folder / "mail"), encoding="utf-8")
        photograph(browser, page, PICTURES / f"{name}.{language}.png", size)


def mail_to(address: str, folder: Path) -> str:
    """The page of the mail to an address."""
    mails = [message_from_bytes(f.read_bytes(), policy=policy.default) for f in folder.iterdir()]
    (mail,) = (mail for mail in mails if mail["To"] == address)
    page = mail.get_body(("html",))
    if page is None:
        sys.exit(f"the mail to {address} has no page")
    return str(page.get_content())


def photograph(
    browser: Browser, page: Path, picture: Path, size: tuple[int, int], *, dark: bool = False
) -> None:
    """What a window of this size shows of a page on the day of the pictures."""
    width, height = size
    shown = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    shown.clock.set_fixed_time(datetime.combine(DAY, time(10)))
    shown.goto(page.as_uri())
    shown.screenshot(path=picture)
    shown.close()
    print(f"{picture.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
