"""Where the password comes from: environment, file or keyring; never the settings."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from xlflow.errors import UsageError

VARIABLE = "XLFLOW_MAIL_PASSWORD"
KEYRING_SERVICE = "xlflow"


class PasswordRefused(UsageError):
    """There is no password where one was promised, or not one that can be used."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(f"mail.password.{reason}", variable=VARIABLE, **facts)


class Password:
    """A password that shows itself to nobody but who asks by `reveal`.

    Raises:
        PasswordRefused: It is empty, or holds what the protocol cannot carry.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str, where: str = VARIABLE) -> None:
        if not secret:
            raise PasswordRefused("empty", where=where)
        # smtplib encodes it as ASCII, and its error would print it.
        if not secret.isascii() or not secret.isprintable():
            raise PasswordRefused("characters", where=where)
        self._secret = secret

    def reveal(self) -> str:
        """The password itself, for the login and nothing else."""
        return self._secret

    def __repr__(self) -> str:
        return "Password('***')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a password is not written anywhere")


def read_password(
    *,
    user: str,
    environment: Mapping[str, str],
    file: Path | None = None,
    keyring: bool = False,
) -> Password:
    """The password of `user`: from XLFLOW_MAIL_PASSWORD if set, else `file`, else the keyring.

    Raises:
        PasswordRefused: None of them has it, others can read the file, keyring does not work.
    """
    if secret := environment.get(VARIABLE):
        return Password(secret)
    if file is not None:
        return _from_file(file)
    if keyring:
        return _from_keyring(user)
    raise PasswordRefused("missing", user=user)


def _from_file(path: Path) -> Password:
    try:
        with path.open("rb") as handle:
            mode = os.fstat(handle.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise PasswordRefused("file-open-to-others", path=path)
            # Notepad puts a byte order mark before the text and a line end behind it.
            text = handle.read(4096).decode("utf-8-sig")
    except OSError as err:
        raise PasswordRefused("file-unreadable", path=path, cause=err.strerror) from err
    except UnicodeDecodeError:
        # Not "from err": its text holds the bytes.
        raise PasswordRefused("characters", where=str(path)) from None
    return Password(text.rstrip("\r\n"), where=str(path))


def _from_keyring(user: str) -> Password:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as err:
        raise PasswordRefused("keyring-absent") from err
    try:
        secret = keyring.get_password(KEYRING_SERVICE, user)
    except KeyringError as err:
        raise PasswordRefused("keyring-failed", cause=type(err).__name__) from err
    if secret is None:
        raise PasswordRefused("keyring-without", user=user, service=KEYRING_SERVICE)
    return Password(secret, where="keyring")
