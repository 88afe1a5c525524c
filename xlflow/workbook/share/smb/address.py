"""Where a workbook lies on a server: smb://server[:port]/share/folder/name.xlsx."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from xlflow.errors import UsageError

DEFAULT_PORT = 445

_ADDRESS = re.compile(
    r"smb://(?P<server>\[[0-9a-f:.]+\]|[^/:@\[\]]+)(:(?P<port>\d{1,5}))?"
    r"/(?P<share>[^/]+)(/(?P<path>.*))?",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"%(?=[0-9A-Fa-f]{2})")
# No server takes these in a name, and a colon would lead into another stream of the file.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]|\A\.\.?\Z')


class AddressWrong(UsageError):
    """The text is no address of a workbook on a server's share."""

    def __init__(self, address: str) -> None:
        super().__init__("smb.address-wrong", address=address)


@dataclass(frozen=True, slots=True)
class SmbAddress:
    """A file or folder on a share, or the share itself; never an account.

    `server`: a name, or an IP address without brackets. `path`: folders and name, decoded.
    """

    server: str
    port: int
    share: str
    path: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> SmbAddress:
        """Read an address, percent-encoded or plain; ``str`` of the result reads back the same.

        Raises:
            AddressWrong: It names nothing on a share, or holds an account.
        """
        found = _ADDRESS.fullmatch(text)
        if not found:
            raise AddressWrong(text)
        port = int(found["port"] or DEFAULT_PORT)
        parts = (found["share"], *(found["path"] or "").split("/"))
        share, *path = (unquote(part) for part in parts if part not in ("", "."))
        if not 0 < port < 1 << 16 or any(_FORBIDDEN.search(part) for part in (share, *path)):
            raise AddressWrong(text)
        return cls(found["server"].strip("[]"), port, share, tuple(path))

    @classmethod
    def of_file(cls, text: str) -> SmbAddress:
        """The same, of something that lies on a share.

        Raises:
            AddressWrong
        """
        address = cls.parse(text)
        if not address.path:
            raise AddressWrong(text)
        return address

    def __str__(self) -> str:
        server = f"[{self.server}]" if ":" in self.server else self.server
        port = "" if self.port == DEFAULT_PORT else f":{self.port}"
        # readable, and a name that holds "%20" is told from one that holds a space
        names = "/".join(_ESCAPED.sub("%25", part) for part in (self.share, *self.path))
        return f"smb://{server}{port}/{names}"

    @property
    def root(self) -> str:
        r"""The share as the protocol names it: ``\\server\share``."""
        return rf"\\{_in_unc(self.server)}\{self.share}"

    @property
    def within_share(self) -> str:
        r"""The path as the protocol names it: ``folder\name.xlsx``; empty for the share itself."""
        return "\\".join(self.path)

    @property
    def unc(self) -> str:
        r"""How people type it in Windows: ``\\server\share\folder\name.xlsx``."""
        return "\\".join((self.root, *self.path))

    @property
    def folder(self) -> SmbAddress:
        """The folder that it lies in."""
        return replace(self, path=self.path[:-1])

    def within(self, name: str) -> SmbAddress:
        """The address of `name` in this folder."""
        return replace(self, path=(*self.path, name))

    def is_on(self, other: SmbAddress) -> bool:
        """Whether both lie on one share."""
        return self._place() == other._place()

    def _place(self) -> tuple[str, int, str]:
        return self.server.casefold(), self.port, self.share.casefold()


def _in_unc(server: str) -> str:
    """A server's name as UNC paths have it, where an IPv6 address may hold no colon.

    Source: MS-DTYP 2.2.57, ipv6-literal.
    """
    try:
        is_ipv6 = ipaddress.ip_address(server).version == 6
    except ValueError:
        return server
    return f"{server.replace(':', '-')}.ipv6-literal.net" if is_ipv6 else server
