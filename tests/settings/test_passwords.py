from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from xlflow.languages import LANGUAGES
from xlflow.settings.passwords import MAIL, SHARE, Password, PasswordRefused, read_password

SECRET = "Tr0ub4dor&3"
VARIABLE = MAIL.variable


class MemoryKeyring(KeyringBackend):
    """A keyring without a desktop session."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before, ours = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "密码.txt"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o600)
    return path


def test_the_environment_comes_before_the_file(file: Path) -> None:
    password = read_password(MAIL, user="xlflow", environment={VARIABLE: "other"}, file=file)
    assert password.reveal() == "other"


def test_an_empty_variable_counts_as_unset(file: Path) -> None:
    password = read_password(MAIL, user="xlflow", environment={VARIABLE: ""}, file=file)
    assert password.reveal() == SECRET


@pytest.mark.parametrize("written", [f"{SECRET}\r\n", f"\ufeff{SECRET}\r\n", SECRET])
def test_a_file_written_on_windows_is_read(file: Path, written: str) -> None:
    file.write_bytes(written.encode())
    assert read_password(MAIL, user="xlflow", environment={}, file=file).reveal() == SECRET


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644])
def test_a_file_that_others_may_read_or_write_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(PasswordRefused) as refused:
        read_password(MAIL, user="xlflow", environment={}, file=file)
    for language in LANGUAGES:
        assert f"chmod 600 {file}" in refused.value.message(language)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasswordRefused, match=r"absent\.txt.*No such file"):
        read_password(MAIL, user="xlflow", environment={}, file=tmp_path / "absent.txt")


@pytest.mark.parametrize("secret", ["密码123", "two\nlines", "tab\tbed", "nul\0"])
def test_a_password_that_the_protocol_cannot_carry_is_refused_unseen(secret: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        read_password(MAIL, user="xlflow", environment={VARIABLE: secret})
    for language in LANGUAGES:
        assert secret not in refused.value.message(language)
        assert VARIABLE in refused.value.message(language)
    assert secret not in repr(refused.value)


def test_the_password_of_a_share_has_its_own_places_and_may_be_chinese(
    backend: MemoryKeyring,
) -> None:
    password = read_password(SHARE, user="wang", environment={SHARE.variable: "密码123"})
    assert password.reveal() == "密码123"
    backend.set_password("xlflow", "wang", SECRET)  # that of the mail account
    with pytest.raises(PasswordRefused, match="keyring set xlflow-share wang"):
        read_password(SHARE, user="wang", environment={VARIABLE: SECRET}, keyring=True)


@pytest.mark.parametrize("secret", ["two\nlines", "nul\0"])
def test_no_password_has_control_characters(secret: str) -> None:
    with pytest.raises(PasswordRefused, match="control characters"):
        read_password(SHARE, user="wang", environment={SHARE.variable: secret})


def test_a_file_in_another_encoding_is_refused_unseen(file: Path) -> None:
    file.write_bytes(b"pass\xff\xfeword")
    with pytest.raises(PasswordRefused) as refused:
        read_password(MAIL, user="xlflow", environment={}, file=file)
    assert refused.value.__suppress_context__
    assert "word " not in str(refused.value).replace("password ", "")


def test_an_empty_file_is_refused(file: Path) -> None:
    file.write_text("\n")
    with pytest.raises(PasswordRefused, match="is empty"):
        read_password(MAIL, user="xlflow", environment={}, file=file)


def test_the_keyring_is_asked_for_the_user(backend: MemoryKeyring) -> None:
    backend.set_password("xlflow", "wang", SECRET)
    assert read_password(MAIL, user="wang", environment={}, keyring=True).reveal() == SECRET
    with pytest.raises(PasswordRefused, match="keyring set xlflow li"):
        read_password(MAIL, user="li", environment={}, keyring=True)


def test_a_keyring_that_does_not_work_is_told(backend: MemoryKeyring) -> None:
    keyring.set_keyring(NoKeyring())
    with pytest.raises(PasswordRefused, match="NoKeyringError"):
        read_password(MAIL, user="wang", environment={}, keyring=True)


def test_a_keyring_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(PasswordRefused, match=r'pip install "xlflow\[keyring\]"'):
        read_password(MAIL, user="wang", environment={}, keyring=True)


def test_without_any_source_the_three_ways_are_told() -> None:
    with pytest.raises(PasswordRefused) as refused:
        read_password(MAIL, user="wang", environment={})
    assert refused.value.exit_code == 2
    for language in LANGUAGES:
        assert VARIABLE in refused.value.message(language)
        assert "keyring" in refused.value.message(language)


def test_a_password_shows_itself_nowhere() -> None:
    password = Password(SECRET)
    assert SECRET not in f"{password} {password!r} {[password]}"
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(password)
