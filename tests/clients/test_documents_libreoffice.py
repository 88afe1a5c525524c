"""The Word documents in a real LibreOffice: nothing is cut off, signatures stay on one page."""

from __future__ import annotations

import subprocess
import unicodedata
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import word
from checkout import left_out
from clients.libreoffice import Office, has_writer

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.example import NUMBER
from xlflow.record.fields import REGISTER
from xlflow.reports.documents.kinds import BY_ID, KINDS, Kind
from xlflow.reports.documents.templates import build_template
from xlflow.reports.documents.values import Source

SENTENCES: dict[Language, str] = {
    "en": "Push the status to every client within 5 seconds & show it as <paid>. ",
    "zh-Hans": "支付后五秒内须把订单状态推送到所有客户端，并显示为“已支付”。",
    "zh-Hant": "付款後五秒內須把訂單狀態推送到所有用戶端，並顯示為「已付款」。",
}
HOLDS_MUCH = (
    "background",
    "goal",
    "description",
    "solution",
    "criteria",
    "rollback",
    "retrospective",
)


@pytest.fixture
def writer(soffice: Office) -> Office:
    """LibreOffice, if it opens Word documents."""
    if not has_writer():
        left_out("no Writer in LibreOffice: apt-get install libreoffice-writer-nogui")
    return soffice


def usual(language: Language) -> Source:
    return word.example(language)


def half_empty(language: Language) -> Source:
    """A record in which every second field is blank, and no line of a child sheet."""
    typed = [field.key for field in REGISTER if not field.is_own]
    blank = [key for key in typed[::2] if key != "title"]
    return word.example(language, progress=[], **dict.fromkeys(blank))


def very_long(language: Language) -> Source:
    """A record with pages of text, words without spaces, and many lines in each child sheet."""
    text = SENTENCES[language]
    texts = {key: "\n".join(f"{n}. {text * 4}" for n in range(1, 9)) for key in HOLDS_MUCH}
    issue = {
        "number": NUMBER,
        "raised_at": datetime.fromisoformat("2024-03-06T14:30"),
        "issue": text * 2,
        "measure": text,
        "state": "in-progress",
        "owner": "C. *",
    }
    change = {
        "number": NUMBER,
        "change_number": f"{NUMBER}-C1",
        "date": date(2024, 3, 7),
        "by": "C. *",
        "change": text * 3,
        "reason": text,
        "effect": text,
    }
    return word.example(
        language,
        title=(text * 3)[:60],
        resources="https://example.com/" + "path/" * 60,
        issues=[issue] * 15,
        changes=[change] * 9,
        **texts,
    )


def pages(office: Office, data: bytes, folder: Path) -> list[str]:
    """What each page of a document says when it is printed."""
    docx, pdf = folder / "document.docx", folder / "document.pdf"
    docx.write_bytes(data)
    with office.open(docx) as document:
        document.save_as(pdf, "writer_pdf_Export")
    command = ["pdftotext", "-layout", "-enc", "UTF-8", pdf, "-"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    return printed.removesuffix("\f").split("\f")


def letters(text: str) -> Counter[str]:
    """How often each letter stands in a text, blanks left out."""
    return Counter("".join(unicodedata.normalize("NFKC", text).split()))


def says_something(page: str) -> bool:
    """Whether more than header and footer is on a page."""
    return any(line.strip() for line in page.strip().splitlines()[1:-1])


def document(kind: Kind, held: Source, language: Language) -> bytes:
    return word.fill(build_template(kind, language), held, language).data


@pytest.mark.parametrize("made_of", [usual, half_empty, very_long])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_letter_is_printed(
    writer: Office, tmp_path: Path, kind: Kind, language: Language, made_of: Any
) -> None:
    data = document(kind, made_of(language), language)
    printed = pages(writer, data, tmp_path)
    body = "".join(word.texts(data)[1:-1])
    assert letters(body) - letters("".join(printed)) == Counter()
    assert not {"\ufffd", "{", "}"} & set("".join(printed))
    for number, page in enumerate(printed, 1):
        footer = say(language, "documents.page.footer", page=number, pages=len(printed))
        assert letters(footer) - letters(page.strip().splitlines()[-1]) == Counter()
        assert NUMBER in page
        assert says_something(page)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_chinese_is_drawn_in_a_chinese_font(
    writer: Office, tmp_path: Path, language: Language
) -> None:
    pages(writer, document(BY_ID["solution"], usual(language), language), tmp_path)
    found = subprocess.run(
        ["pdffonts", tmp_path / "document.pdf"], check=True, capture_output=True, text=True
    )
    chinese = subprocess.run(
        ["fc-list", ":lang=zh", "postscriptname"], check=True, capture_output=True, text=True
    )
    names = {line.rpartition("=")[2].strip() for line in chinese.stdout.splitlines()}
    drawn = {line.split()[0].rpartition("+")[2] for line in found.stdout.splitlines()[2:]}
    assert any(name and font.startswith(name) for name in names for font in drawn)


@pytest.mark.parametrize("lines", range(1, 33, 2))
def test_a_signature_block_is_never_broken_over_two_pages(
    writer: Office, tmp_path: Path, lines: int
) -> None:
    held = word.example(solution="\n".join(f"Part {n}" for n in range(lines)))
    printed = pages(writer, document(BY_ID["solution"], held, "en"), tmp_path)
    (page,) = [page for page in printed if "Signature" in page]
    for label in ("Sign-off", "With both signatures", "Side", "Name", "Signature", "4 March 2024"):
        assert label in page.partition("Sign-off")[1] + page.partition("Sign-off")[2]
    assert all(map(says_something, printed))
