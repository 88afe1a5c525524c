from __future__ import annotations

import subprocess
import sys

import pytest

from xlflow.languages import LANGUAGES
from xlflow.workbook.share.smb.address import AddressWrong, SmbAddress
from xlflow.workbook.share.smb.host import SmbHost


def test_an_address_names_server_share_folders_and_file() -> None:
    address = SmbAddress.of_file("smb://nas/team/需求/Register 2026.xlsx")

    assert (address.server, address.port, address.share) == ("nas", 445, "team")
    assert address.within_share == r"需求\Register 2026.xlsx"
    assert address.unc == r"\\nas\team\需求\Register 2026.xlsx"
    assert str(address.folder) == "smb://nas/team/需求"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smb://nas/team%20share/%E9%9C%80%E6%B1%82.xlsx", "smb://nas/team share/需求.xlsx"),
        ("SMB://nas:445/team//./a.xlsx", "smb://nas/team/a.xlsx"),
        ("smb://nas:1445/team/a.xlsx", "smb://nas:1445/team/a.xlsx"),
        ("smb://[fe80::1%25]:1445/team/a.xlsx", None),
        ("smb://[::1]:1445/team/a.xlsx", "smb://[::1]:1445/team/a.xlsx"),
        ("smb://10.0.0.7/team/100%.xlsx", "smb://10.0.0.7/team/100%.xlsx"),
        ("smb://nas/team/50%25 done.xlsx", "smb://nas/team/50% done.xlsx"),
        ("smb://nas/team/a%2520b.xlsx", "smb://nas/team/a%2520b.xlsx"),
        ("smb://nas/team/#1.xlsx", "smb://nas/team/#1.xlsx"),
        ("smb://nas/team/v1..2.xlsx", "smb://nas/team/v1..2.xlsx"),
        ("smb://nas/team", None),
        ("smb://nas/team/", None),
        ("smb://nas", None),
        ("smb:///team/a.xlsx", None),
        ("smb://nas:99999/team/a.xlsx", None),
        ("smb://li:geheim@nas/team/a.xlsx", None),
        ("smb://nas/team/../other/a.xlsx", None),
        ("smb://nas/team/%2e%2e/a.xlsx", None),
        ("smb://nas/team/a.xlsx:stream", None),
        (r"smb://nas/team/a\b.xlsx", None),
        ("smb://nas/team/a%2Fb.xlsx", None),
        ("http://nas/team/a.xlsx", None),
    ],
)
def test_an_address_is_read_plain_or_encoded_and_means_one_place(
    typed: str, meant: str | None
) -> None:
    if meant is None:
        with pytest.raises(AddressWrong):
            SmbAddress.of_file(typed)
        return
    address = SmbAddress.of_file(typed)
    assert str(address) == meant
    assert SmbAddress.of_file(str(address)) == address


def test_names_that_look_encoded_are_kept_apart() -> None:
    folder = SmbAddress.parse("smb://nas/team")
    names = {"a b.xlsx", "a%20b.xlsx", "a%2520b.xlsx", "100%.xlsx"}

    assert {SmbAddress.of_file(str(folder.within(name))).path[-1] for name in names} == names


def test_an_ipv6_address_has_no_colon_where_windows_reads_it() -> None:
    address = SmbAddress.of_file("smb://[2001:db8::7]/team/a.xlsx")
    assert address.root == r"\\2001-db8--7.ipv6-literal.net\team"


def test_one_share_has_many_spellings() -> None:
    one = SmbAddress.parse("smb://NAS/Team/a.xlsx")
    assert one.is_on(SmbAddress.parse("smb://nas:445/team"))
    assert not one.is_on(SmbAddress.parse("smb://nas:1445/team"))
    assert not one.is_on(SmbAddress.parse("smb://nas/other"))


def test_a_wrong_address_is_told_before_anybody_is_asked() -> None:
    with pytest.raises(AddressWrong) as error:
        SmbHost.connect("smb://nas/Register.xlsx", None, None)
    assert all("smb://server/share/" in error.value.message(language) for language in LANGUAGES)


WITHOUT_THE_EXTRA = """
import sys

from xlflow.workbook.share.smb.host import SmbHost
assert "smbprotocol" not in sys.modules

sys.modules["smbprotocol"] = None  # as if it were not installed
from xlflow.workbook.share.smb.errors import SmbExtraMissing
try:
    SmbHost.connect("smb://nas/team/a.xlsx", "li", "geheim")
except SmbExtraMissing as err:
    print(*(err.message(language) for language in ("en", "zh-Hans", "zh-Hant")), sep="\\n")
"""


def test_without_the_extra_the_share_is_imported_and_a_connection_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", WITHOUT_THE_EXTRA],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    told = done.stdout.splitlines()
    assert len(set(told)) == 3
    assert all('pip install "xlflow[smb]"' in line for line in told)
