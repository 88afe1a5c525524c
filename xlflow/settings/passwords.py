"""Where a password comes from: environment, file or keyring; never the settings themselves."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from xlflow.errors import UsageError


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a password opens: the section of the settings that names its user, and its places.

    `is_ascii`: the protocol carries nothing else.
    """

    section: str
    variable: str
    keyring_service: str
    is_ascii: bool


# smtplib encodes a password as ASCII, and its error would print it.
MAIL = Purpose("mail", "XLFLOW_MAIL_PASSWORD", "xlflow", is_ascii=True)
SHARE = Purpose("share", "XLFLOW_SHARE_PASSWORD", "xlflow-share", is_ascii=False)


class PasswordRefused(UsageError):
    """There is no password where one was promised, or not one that can be used."""

    def __init__(self, reason: str, purpose: Purpose, **facts: Any) -> None:
        key = f"settings.password.{reason}"
        super().__init__(key, variable=purpose.variable, section=purpose.section, **facts)


class Password:
    """A password that shows itself to nobody but who asks by `reveal`.

    Raises:
        PasswordRefused: It is empty, or holds what the protocol cannot carry.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str, purpose: Purpose = MAIL, where: str | None = None) -> None:
        where = where or purpose.variable
        if not secret:
            raise PasswordRefused("empty", purpose, where=where)
        if not secret.isprintable() or (purpose.is_ascii and not secret.isascii()):
            kind = "characters-ascii" if purpose.is_ascii else "characters"
            raise PasswordRefused(kind, purpose, where=where)
        self._secret = secret

    def reveal(self) -> str:
        """The password itself, for the login and nothing else."""
        return self._secret

    def __repr__(self) -> str:
        return "Password('***')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a password is not written anywhere")


def read_password(
    purpose: Purpose,
    *,
    user: str,
    environment: Mapping[str, str],
    file: Path | None = None,
    keyring: bool = False,
) -> Password:
    """The password of `user`: from its variable if set, else `file`, else the keyring.

    Raises:
        PasswordRefused: None of them has it, others can read the file, keyring does not work.
    """
    if secret := environment.get(purpose.variable):
        return Password(secret, purpose)
    if file is not None:
        return _from_file(file, purpose)
    if keyring:
        return _from_keyring(user, purpose)
    raise PasswordRefused("missing", purpose, user=user)


def _from_file(path: Path, purpose: Purpose) -> Password:
    try:
        with path.open("rb") as handle:
            mode = os.fstat(handle.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise PasswordRefused("file-open-to-others", purpose, path=path)
            # Notepad puts a byte order mark before the text and a line end behind it.
            text = handle.read(4096).decode("utf-8-sig")
    except OSError as err:
        raise PasswordRefused("file-unreadable", purpose, path=path, cause=err.strerror) from err
    except UnicodeDecodeError:
        # Not "from err": its text holds the bytes.
        raise PasswordRefused("encoding", purpose, where=str(path)) from None
    return Password(text.rstrip("\r\n"), purpose, where=str(path))


def _from_keyring(user: str, purpose: Purpose) -> Password:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as err:
        raise PasswordRefused("keyring-absent", purpose) from err
    try:
        secret = keyring.get_password(purpose.keyring_service, user)
    except KeyringError as err:
        raise PasswordRefused("keyring-failed", purpose, cause=type(err).__name__) from err
    if secret is None:
        service = purpose.keyring_service
        raise PasswordRefused("keyring-without", purpose, user=user, service=service)
    return Password(secret, purpose, where="keyring")
