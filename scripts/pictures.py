"""Make docs/pictures/ from the sample register, in all three languages."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from xlflow.languages import LANGUAGES
from xlflow.settings import SETTINGS_FILE, load_settings

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
XLFLOW = Path(sys.executable).with_name("xlflow")
DAY = "2026-11-25"  # a Wednesday, so that the pictures change only when the program does
DOTS_PER_INCH = 110
BODY = 0.93  # of a page stands above its footer
RIM = 12  # pixels of white that stay
REGISTER_PAGE, STATUS_PAGE = 3, 1


def main() -> None:
    """Draw every picture anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for language in LANGUAGES:
            folder = Path(place) / language
            xlflow("init", str(folder), "--lang", language, "--sample", "60", "--date", DAY)
            settings = load_settings(folder / SETTINGS_FILE)
            xlflow("run", "--settings", str(folder / SETTINGS_FILE), "--date", DAY)
            register = Path(settings.register_location)
            status = next((folder / "reports").glob("*.xlsx"))
            draw(register, REGISTER_PAGE, PICTURES / f"register.{language}.png", Path(place))
            draw(status, STATUS_PAGE, PICTURES / f"status.{language}.png", Path(place))


def xlflow(*arguments: str) -> None:
    """Run a command; its output is of no interest here."""
    subprocess.run([XLFLOW, *arguments], check=True, stdout=subprocess.DEVNULL)


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


if __name__ == "__main__":
    main()
