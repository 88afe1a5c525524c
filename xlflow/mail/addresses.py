"""Who a mail is from and for: mailboxes as people type them, all faults at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from xlflow.errors import XlflowError
from xlflow.languages import Language, say

FaultReason = Literal["blank", "no-at", "several", "full-width", "name", "domain", "length"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_FULL_WIDTH = frozenset("＠．。｡，；＜＞\u3000")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person's or a system's address; `name` may be empty, in any script."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class AddressFault:
    """A text that is no mail address, and why."""

    text: str
    reason: FaultReason


class AddressesRefused(XlflowError):
    """Some of the addresses are none; `faults` holds every one of them."""

    def __init__(self, faults: Iterable[AddressFault]) -> None:
        super().__init__("mail.addresses-refused", faults=tuple(faults))

    def message(self, language: Language) -> str:
        """All faulty addresses, each with what is wrong about it."""
        faults: tuple[AddressFault, ...] = self.facts["faults"]
        return "\n".join(
            [
                say(language, self.key, faults=len(faults)),
                *(
                    say(language, f"mail.address-fault.{fault.reason}", address=fault.text)
                    for fault in faults
                ),
            ]
        )


def mailboxes(entries: Iterable[str | Mailbox]) -> tuple[Mailbox, ...]:
    """Each entry as a mailbox: ``zhang@example.com`` or ``张经理 <zhang@example.com>``.

    Domains in other scripts become their ASCII form.

    Raises:
        AddressesRefused: Names every entry that is no address.
    """
    read = [_mailbox(entry) for entry in entries]
    faults = [each for each in read if isinstance(each, AddressFault)]
    if faults:
        raise AddressesRefused(faults)
    return tuple(each for each in read if isinstance(each, Mailbox))


def clean_line(text: str) -> str:
    """`text` as one line: no line separators, control characters or lone surrogates."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    # split() takes the separators U+2028 and U+2029 for space, but not every control character.
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join("".join(kept).split())


def _mailbox(entry: str | Mailbox) -> Mailbox | AddressFault:
    if isinstance(entry, Mailbox):
        name, text = entry.name, entry.address
    elif named := _NAMED.fullmatch(entry.strip()):
        name, text = named["name"].strip().strip("\"'"), named["address"]
    else:
        name, text = "", entry
    address = text.strip()
    if reason := _fault(address):
        return AddressFault(clean_line(str(entry)), reason)
    local, _, domain = address.partition("@")
    return Mailbox(clean_line(name), f"{local}@{_ascii_domain(domain)}")


def _fault(address: str) -> FaultReason | None:
    """Why it is no address. Source: RFC 5321, 4.1.2 and 4.5.3.1, without quoted local parts."""
    if not address:
        return "blank"
    if _FULL_WIDTH & set(address):
        return "full-width"
    if address.count("@") > 1 or re.search(r"[,;\r\n]", address):
        return "several"
    local, at, domain = address.partition("@")
    if not at:
        return "no-at"
    if not _LOCAL.fullmatch(local):
        return "name"
    labels = (_ascii_domain(domain) or "").split(".")
    if not all(_LABEL.fullmatch(label) and len(label) <= 63 for label in labels):
        return "domain"
    if len(labels) < 2 and domain.lower() != "localhost":
        return "domain"
    return "length" if len(local) > 64 or len(address) > 254 else None


def _ascii_domain(domain: str) -> str | None:
    """`domain` in ASCII; None if it has no such form. Source: RFC 3490."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
