"""The drive that the register lies on: this machine's file systems, or a server's share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from xlflow.settings import Settings, is_smb
from xlflow.settings.passwords import SHARE, Password, read_password
from xlflow.workbook.share import LOCAL, Host
from xlflow.workbook.share.smb.address import SmbAddress
from xlflow.workbook.share.smb.host import SmbHost


@contextmanager
def drive_of(settings: Settings) -> Iterator[Host]:
    """The drive of the settings' register, connected while the context lasts.

    Raises:
        PasswordRefused: The share wants one, and there is none.
        ShareError: The server cannot be reached, or does not let us in.
    """
    if not is_smb(settings.workbook.path):
        yield LOCAL
        return
    password = _password_of(settings, os.environ)
    secret = password.reveal() if password else None
    with SmbHost.connect(settings.workbook.path, settings.share.user, secret) as host:
        yield host


def address_for_people(settings: Settings, location: str) -> str:
    r"""How people reach the register at `location`: as the settings say, else its whole path.

    One on a server's share is ``\\server\share\...`` to them.
    """
    if settings.workbook.address:
        return settings.workbook.address
    return SmbAddress.of_file(location).unc if is_smb(location) else str(Path(location).resolve())


def _password_of(settings: Settings, environment: Mapping[str, str]) -> Password | None:
    """The password of the share's user; None if this computer's own login shall do."""
    share = settings.share
    if share.user is None:
        return None
    file = settings.locate(share.password_file) if share.password_file else None
    return read_password(SHARE, user=share.user, environment=environment, file=file, keyring=True)
