"""A real Samba on loopback: shares, accounts and all its state in a folder of their own.

    with SambaServer.start() as server:
        place = server.place()
        place.path("register.xlsx").write_bytes(...)
        with place.host() as host:
            host.read(place.location("register.xlsx"))

Samba acts as the account that logs in, so it runs as root only; elsewhere the tests are left out.
Tests take the fixture `samba` (a server that lives as long as the pytest process).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self

from xlflow.workbook.share.smb.host import SmbHost

PASSWORD = "geheim 密码"

# Accounts that every Debian has stand behind the people, so that none must be made.
XLFLOW, LI, WANG = "daemon", "games", "news"
STRANGER = "uucp"  # may use no share
ADMINISTRATOR = "backup"  # may give files to others

SHARE = "team share"
READ_ONLY = "archive"
NTFS = "ntfs"  # keeps lists of rights as Windows does, beside the file system's own
DFS = "dfs"

_CONFIGURATION = """\
[global]
    server role = standalone server
    interfaces = 127.0.0.1 ::1
    bind interfaces only = yes
    smb ports = {port}
    disable netbios = yes
    load printers = no
    private dir = {state}
    state directory = {state}
    cache directory = {state}
    lock directory = {state}
    pid directory = {state}
    ncalrpc dir = {state}/ncalrpc
    log file = {state}/log
    passdb backend = tdbsam
    create mask = 0666
    read only = no
    invalid users = {stranger}
    admin users = {administrator}
    path = {folder}
    {more}

[{share}]
[{ntfs}]
    vfs objects = acl_xattr
    acl_xattr:ignore system acls = yes
    acl_xattr:default acl style = everyone
[{read_only}]
    read only = yes
[{dfs}]
    msdfs root = yes
"""


class SambaAbsentError(Exception):
    """Samba cannot run here; the text says why."""


@dataclass
class SambaServer:
    """A server; `folder` is what all its shares show, as this machine sees it."""

    folder: Path
    state: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    _places: count[int] = field(default_factory=count)

    @classmethod
    def start(cls, more: str = "") -> Self:
        """Start a server. `more`: further lines of its configuration.

        Raises:
            SambaAbsentError
        """
        if not shutil.which("smbd", path=_PATH) or not shutil.which("smbclient"):
            raise SambaAbsentError(
                "no Samba here: apt-get install samba samba-vfs-modules smbclient"
            )
        if os.geteuid() != 0:
            raise SambaAbsentError("Samba runs as root only")
        home = Path(tempfile.mkdtemp(prefix="samba-"))
        home.chmod(0o755)
        server = cls(home / "shared", home / "state", _free_port())
        server.folder.mkdir()
        server.folder.chmod(0o777)
        (server.state / "ncalrpc").mkdir(parents=True)
        server.configuration.write_text(
            _CONFIGURATION.format(
                port=server.port,
                state=server.state,
                folder=server.folder,
                share=SHARE,
                ntfs=NTFS,
                read_only=READ_ONLY,
                dfs=DFS,
                stranger=STRANGER,
                administrator=ADMINISTRATOR,
                more=more,
            ),
            encoding="utf-8",
        )
        for account in (XLFLOW, LI, WANG, STRANGER, ADMINISTRATOR):
            samba_command("smbpasswd", "-c", str(server.configuration), "-a", "-s", account)
        server.listen()
        return server

    @property
    def configuration(self) -> Path:
        return self.state / "smb.conf"

    def place(self, share: str = SHARE) -> Place:
        """A new folder, for one test."""
        place = Place(self.port, self.folder, share, f"需求 {next(self._places)}")
        place.folder.mkdir()
        place.folder.chmod(0o777)
        return place

    def listen(self, largest_file_bytes: int = resource.RLIM_INFINITY) -> None:
        """Start it, again after `crash`."""
        limit = partial(
            resource.setrlimit, resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes)
        )
        self._process = subprocess.Popen(
            [
                shutil.which("smbd", path=_PATH) or "smbd",
                "--foreground",
                "--no-process-group",
                f"--configfile={self.configuration}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limit,
        )
        give_up_at = time.monotonic() + 10
        while time.monotonic() < give_up_at:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        self.crash()
        raise AssertionError("smbd did not listen within 10 s")

    def crash(self) -> None:
        """End it and all that it does for its clients, as when its power fails."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def clients(self) -> list[list[str]]:
        """Samba's own table: a row a connection, from the number of the process that serves it."""
        table = samba_command("smbstatus", f"--configfile={self.configuration}", "--processes")
        return [line.split() for line in table.splitlines() if line[:1].isdigit()]

    def hang(self) -> list[int]:
        """Stop answering those who are connected now; what was stopped, for `go_on`."""
        stopped = [int(row[0]) for row in self.clients()]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        return stopped

    def go_on(self, stopped: list[int]) -> None:
        for process in stopped:
            os.kill(process, signal.SIGCONT)

    @contextlib.contextmanager
    def with_room_for(self, size_bytes: int) -> Iterator[None]:
        """Restart it where no file may grow beyond `size_bytes`."""
        self.crash()
        self.listen(size_bytes)
        try:
            yield
        finally:
            self.crash()
            self.listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()
        shutil.rmtree(self.folder.parent)


@dataclass(frozen=True)
class Place:
    """A folder on a share of the server that listens at `port`, and shows `shared`."""

    port: int
    shared: Path
    share: str
    name: str

    @property
    def folder(self) -> Path:
        """The folder as this machine sees it."""
        return self.shared / self.name

    def path(self, name: str) -> Path:
        """A file as this machine sees it."""
        return self.folder / name

    def location(self, name: str) -> str:
        """The same file as the settings would name it."""
        return f"smb://127.0.0.1:{self.port}/{self.share}/{self.name}/{name}"

    def unc(self, name: str) -> str:
        """The same file as Windows names it."""
        return rf"\\127.0.0.1\{self.share}\{self.name}\{name}"

    def names(self) -> set[str]:
        """What lies in the folder."""
        return {path.name for path in self.folder.iterdir()}

    def shell(self, commands: str, user: str = ADMINISTRATOR) -> str:
        """What Samba's own client prints about this folder."""
        share = f"//127.0.0.1/{self.share}"
        port = str(self.port)
        return samba_command(
            "smbclient", share, "-p", port, "-U", user, "-D", self.name, "-c", commands
        )

    def host(self, user: str = XLFLOW, **options: float) -> SmbHost:
        """A connection of its own."""
        return SmbHost.connect(self.location("register.xlsx"), user, PASSWORD, **options)


def samba_command(*arguments: str) -> str:
    """Run one of Samba's own programs, and give it the password; what it prints."""
    done = subprocess.run(
        arguments,
        input=f"{PASSWORD}\n{PASSWORD}\n",
        env={**os.environ, "PASSWD": PASSWORD, "PATH": _PATH, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def id_of(account: str) -> tuple[int, int]:
    """The numbers of an account and its group on this machine."""
    entry = pwd.getpwnam(account)
    return entry.pw_uid, entry.pw_gid


_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
