from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from xlflow.workbook.share import LOCAL, OwnerFile, owner_files
from xlflow.workbook.share.owner_files import parse_excel, parse_libreoffice


def excel_owner_file(user: str) -> bytes:
    """As Excel writes it: 165 bytes, the name in 8 bits and in UTF-16."""
    narrow = user.encode("cp1252", errors="replace")
    wide = user.encode("utf-16-le")
    head = bytes([len(narrow)]) + narrow.ljust(54, b" ")
    tail = len(user).to_bytes(2, "little") + wide + b" \0" * (54 - len(user))
    assert len(head + tail) == 165
    return head + tail


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "需求登记.xlsx"
    path.write_bytes(b"a workbook")
    return path


def age(path: Path, now: datetime, minutes: int) -> None:
    moment = (now - timedelta(minutes=minutes)).timestamp()
    os.utime(path, (moment, moment))


def signs(workbook: Path, now: datetime) -> list[OwnerFile]:
    return list(owner_files(LOCAL, str(workbook), now))


@pytest.mark.parametrize("user", ["Li Na", "李娜", "Müller, Jörg", "N" * 52])
def test_the_person_is_read_from_excels_owner_file(user: str) -> None:
    assert parse_excel(excel_owner_file(user)) == user


def test_an_old_owner_file_without_the_wide_name_still_names_the_person() -> None:
    assert parse_excel(b"\x05Li Na" + b" " * 48) == "Li Na"


@pytest.mark.parametrize("data", [b"", b"\0" * 165, b"\xff" * 165, b"\x05", b"\x35short"])
def test_an_owner_file_that_says_nothing_names_nobody(data: bytes) -> None:
    assert parse_excel(data) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Li Na,lina,PC-07,22.11.2026 15:11,file:///home/lina;", ("Li Na", "PC-07")),
        (",root,vm,22.11.2026 15:11,file:///tmp/profile;", ("root", "vm")),
        (r"Na\, Li\;\\,lina,PC,01.01.2026 08:00,;", ("Na, Li;\\", "PC")),
        ("李娜,,,,;", ("李娜", None)),
        ("", (None, None)),
    ],
)
def test_person_and_computer_are_read_from_libreoffices_lock_file(
    data: str, expected: tuple[str | None, str | None]
) -> None:
    assert parse_libreoffice(data.encode()) == expected


def test_each_program_leaves_its_own_sign(workbook: Path, now: datetime) -> None:
    workbook.with_name(f"~${workbook.name}").write_bytes(excel_owner_file("李娜"))
    workbook.with_name(f".~lock.{workbook.name}#").write_text("Wang,w,PC-1,,;", encoding="utf-8")
    workbook.with_name(f".~{workbook.name}").write_bytes(excel_owner_file("Zhao"))
    workbook.with_name("~$another.xlsx").write_bytes(excel_owner_file("Chen"))

    found = {(sign.program, sign.person) for sign in signs(workbook, now)}

    assert found == {("Excel", "李娜"), ("LibreOffice", "Wang (PC-1)"), ("WPS", "Zhao")}


def test_a_server_may_spell_the_name_in_other_case(workbook: Path, now: datetime) -> None:
    register = workbook.rename(workbook.with_name("Register.xlsx"))
    workbook.with_name("~$REGISTER.XLSX").write_bytes(excel_owner_file("Li Na"))

    assert [sign.user for sign in signs(register, now)] == ["Li Na"]


def test_an_owner_file_tells_since_when(workbook: Path, now: datetime) -> None:
    owner = workbook.with_name(f"~${workbook.name}")
    owner.write_bytes(excel_owner_file("Li Na"))
    age(owner, now, minutes=90)

    assert signs(workbook, now)[0].since == now - timedelta(minutes=90)


@pytest.mark.parametrize(("minutes", "stale"), [(29, False), (31, True)])
def test_an_owner_file_that_nobody_holds_goes_stale_after_half_an_hour(
    workbook: Path, now: datetime, minutes: int, stale: bool
) -> None:
    owner = workbook.with_name(f"~${workbook.name}")
    owner.write_bytes(excel_owner_file("Li Na"))
    age(owner, now, minutes)

    assert signs(workbook, now)[0].stale is stale


@pytest.mark.parametrize("held", ["workbook", "owner file"])
def test_an_old_owner_file_is_not_stale_while_somebody_has_one_of_the_two_open(
    workbook: Path, now: datetime, held: str
) -> None:
    owner = workbook.with_name(f"~${workbook.name}")
    owner.write_bytes(excel_owner_file("Li Na"))
    age(owner, now, minutes=600)

    with (workbook if held == "workbook" else owner).open("r+b"):
        assert not signs(workbook, now)[0].stale
    assert signs(workbook, now)[0].stale
