"""Who is let into a real Samba, how the talk is protected, and what a person is told if not."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from clients.samba_server import (
    DFS,
    LI,
    PASSWORD,
    STRANGER,
    XLFLOW,
    Place,
    SambaServer,
)

from xlflow.languages import LANGUAGES
from xlflow.workbook.share import ShareError, ShareUnreachable
from xlflow.workbook.share.smb.errors import (
    LogonRefused,
    ServerUnreachable,
    ShareIsDfs,
    ShareRefused,
    ShareUnknown,
)
from xlflow.workbook.share.smb.host import SmbHost

NAME = "register.xlsx"


@pytest.fixture
def place(samba: SambaServer) -> Place:
    place = samba.place()
    place.path(NAME).write_bytes(b"a workbook")
    return place


@contextmanager
def listener(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Somebody who listens, but is no SMB server; the address of a workbook there."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"smb://127.0.0.1:{server.getsockname()[1]}/team/{NAME}"
        thread.join()


def told(error: ShareError) -> str:
    """What the person reads; the same facts in all languages."""
    texts = [error.message(language) for language in LANGUAGES]
    assert len(set(texts)) == len(texts)
    assert all(str(fact) in text for text in texts for fact in error.facts.values() if fact)
    return texts[LANGUAGES.index("en")]


# --- protected


def protection(samba: SambaServer) -> list[str]:
    """How Samba says that its clients' talk is protected: encryption, signing."""
    return [" ".join(row[-2:]) for row in samba.clients()]


def test_the_talk_is_encrypted_where_the_server_can(samba: SambaServer, place: Place) -> None:
    with place.host():
        assert protection(samba) == ["partial(AES-128-GCM) AES-128-GMAC"]


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ("server smb encrypt = required", "AES-128-GCM AES-128-GMAC"),
        ("server smb encrypt = off", "- AES-128-GMAC"),
        ("server smb encrypt = off\n    server max protocol = SMB2_10", "- HMAC-SHA256"),
    ],
)
def test_the_talk_is_signed_in_any_case(configuration: str, expected: str) -> None:
    with SambaServer.start(configuration) as server:
        place = server.place()
        place.path(NAME).write_bytes(b"a workbook")
        with place.host() as host:
            assert host.read(place.location(NAME)) == b"a workbook"
            assert protection(server) == [expected]


def test_a_server_is_reached_by_its_ipv6_address_too(place: Place) -> None:
    location = place.location(NAME).replace("127.0.0.1", "[::1]")
    with SmbHost.connect(location, XLFLOW, PASSWORD) as host:
        assert host.read(location) == b"a workbook"


# --- not let in


@pytest.mark.parametrize(
    ("user", "password"), [(XLFLOW, "wrong"), ("nobody-here", PASSWORD), (rf"OFFICE\{LI}", "")]
)
def test_a_wrong_password_or_account_is_named(place: Place, user: str, password: str) -> None:
    with pytest.raises(LogonRefused) as error:
        SmbHost.connect(place.location(NAME), user, password)
    assert "XLFLOW_SHARE_PASSWORD" in told(error.value)
    assert user in told(error.value)
    assert PASSWORD not in told(error.value)


def test_without_an_account_the_person_is_told_to_set_one(place: Place) -> None:
    with pytest.raises(LogonRefused) as error:
        SmbHost.connect(place.location(NAME), None, None)
    assert "[share] user" in told(error.value)


def test_to_be_let_in_as_a_guest_is_not_to_be_let_in() -> None:
    with (
        SambaServer.start("map to guest = bad user") as server,
        pytest.raises(LogonRefused) as error,
    ):
        server.place().host(user="nobody-here")
    assert "guest" in told(error.value)


def test_an_unknown_share_is_named(place: Place) -> None:
    with pytest.raises(ShareUnknown) as error:
        SmbHost.connect(place.location(NAME).replace("team", "teem"), XLFLOW, PASSWORD)
    assert "teem share" in told(error.value)


def test_a_share_that_the_account_may_not_use_is_named(place: Place) -> None:
    with pytest.raises(ShareRefused) as error:
        place.host(user=STRANGER)
    assert STRANGER in told(error.value)


def test_a_share_that_only_leads_to_others_is_refused(samba: SambaServer) -> None:
    with pytest.raises(ShareIsDfs) as error:
        samba.place(DFS).host()
    assert "DFS" in told(error.value)


# --- no answer


def test_a_server_that_is_off_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ServerUnreachable) as error:
        SmbHost.connect(f"smb://127.0.0.1:{port}/team/{NAME}", XLFLOW, PASSWORD)
    assert "Connection refused" in told(error.value)
    assert isinstance(error.value, ShareUnreachable)


def test_a_server_that_nobody_knows_is_named() -> None:
    with pytest.raises(ServerUnreachable) as error:
        SmbHost.connect(f"smb://nas.invalid/team/{NAME}", XLFLOW, PASSWORD)
    assert "nas.invalid" in told(error.value)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    done = threading.Event()
    with listener(lambda _: done.wait(10) and None) as location:
        with pytest.raises(ServerUnreachable):
            SmbHost.connect(location, XLFLOW, PASSWORD, timeout_seconds=1)
        done.set()


@pytest.mark.parametrize("said", [b"", b"\0\0\0\x04junk"])
def test_who_speaks_something_else_is_no_server(said: bytes) -> None:
    with (
        listener(lambda connection: connection.sendall(said)) as location,
        pytest.raises(ServerUnreachable),
    ):
        SmbHost.connect(location, XLFLOW, PASSWORD, timeout_seconds=1)


PROGRAM = """
import sys
from xlflow.workbook.share.smb.host import SmbHost
from xlflow.workbook.share.smb.errors import ServerUnreachable
try:
    SmbHost.connect(sys.argv[1], "li", "geheim", timeout_seconds=1)
except ServerUnreachable as err:
    print(err)
"""


def test_nothing_is_printed_but_what_the_person_is_told() -> None:
    with listener(lambda connection: connection.sendall(b"\0\0\0\x04junk")) as location:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, location], capture_output=True, text=True, check=True
        )
    assert "none of SMB" in done.stdout
    assert done.stderr == ""


def test_a_lost_connection_is_made_again(samba: SambaServer, place: Place, now: datetime) -> None:
    with place.host() as host:
        samba.crash()
        samba.listen()
        with pytest.raises(ConnectionError):
            host.read(place.location(NAME))
        assert host.read(place.location(NAME)) == b"a workbook"
