"""Sending what waits in the outbox: each mail once, whatever happens between two steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from xlflow.errors import UsageError
from xlflow.ledger import Delivery, Ledger, LedgerError
from xlflow.ledger.outbox import CLAIM
from xlflow.mail import (
    AddressesRefused,
    Connection,
    Failure,
    Outgoing,
    Refusal,
    Result,
    deliver,
    next_try,
    reasons,
    stored_reasons,
)
from xlflow.settings import SETTINGS_FILE, Settings
from xlflow.settings.passwords import MAIL, Password, read_password

BATCH = 50  # mails a login: many servers turn away who sends more
# A mail has a handful of answers to wait for; each may take the whole timeout.
_ANSWERS_A_MAIL = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one mail of the outbox.

    `was_tried`: it went over the line; else nobody was connected, for the reason in `refused`.
    """

    key: str
    accepted: tuple[str, ...]
    refused: Mapping[str, Failure]  # address -> why
    next_try_at: datetime | None  # None: it is not tried again
    was_tried: bool = True

    @property
    def setback(self) -> Failure | None:
        """What stops all mails, not this one alone: settings at fault, or no server."""
        for failure in self.refused.values():
            if failure.outcome == "settings" or not self.was_tried:
                return failure
        return None

    @property
    def is_dead(self) -> bool:
        """Whether it is given up for some recipient: a person must see to it."""
        return bool(self.refused) and self.next_try_at is None


def connection_of(settings: Settings) -> Connection:
    """The mail server of the settings.

    Raises:
        UsageError: The settings name no sender.
    """
    mail = settings.mail
    if mail.sender is None:
        raise UsageError("jobs.no-sender", path=settings.folder / SETTINGS_FILE)
    return Connection(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        sender=mail.sender,
        timeout_seconds=mail.timeout_seconds,
        ca_file=settings.locate(mail.ca_file) if mail.ca_file else None,
    )


def password_of(settings: Settings, environment: Mapping[str, str]) -> Password | None:
    """The password for the login; None for a relay without one.

    Raises:
        PasswordRefused: There is none, or it is not kept safely.
    """
    mail = settings.mail
    if mail.user is None:
        return None
    file = settings.locate(mail.password_file) if mail.password_file else None
    return read_password(MAIL, user=mail.user, environment=environment, file=file, keyring=True)


def send_waiting(
    ledger: Ledger,
    connection: Connection,
    password: Password | None,
    now: datetime,
    watch: Callable[[], float] = time.monotonic,
) -> tuple[Sent, ...]:
    """Send the mails that are due, until none is or nobody lets us in; one login a batch.

    The ledger knows of each mail before the next one goes out. Several may send at the same time.
    `watch` tells the seconds that pass meanwhile.
    """
    began = watch()

    def clock() -> datetime:
        return now + timedelta(seconds=watch() - began)

    sender = _Sender(ledger, connection, password, clock)
    sent: list[Sent] = []
    while of_batch := sender.send_batch():
        sent += of_batch
        if any(each.setback for each in of_batch):
            break
    return tuple(sent)


def setback_of(sent: Sequence[Sent]) -> Failure | None:
    """What stopped all mails, to be told once; None where each went its way."""
    return next((each.setback for each in sent if each.setback), None)


def forget_old_mails(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """Forget the texts of mails that were sent, or given up, too long ago; how many.

    Their keys stay, so that none goes out a second time.
    """
    return ledger.outbox.forget(now - timedelta(days=settings.mail.keep_days))


class _Sender:
    """One of those that send from an outbox; `clock` goes on while it works."""

    def __init__(
        self,
        ledger: Ledger,
        connection: Connection,
        password: Password | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._connection = connection
        self._password = password
        self._clock = clock
        self._claim = max(CLAIM, timedelta(seconds=connection.timeout_seconds * _ANSWERS_A_MAIL))
        self._claimed: dict[str, Delivery] = {}
        self._sent: list[Sent] = []

    def send_batch(self) -> list[Sent]:
        """Send some of the mails that are due; nothing where none is."""
        while True:
            held = self._ledger.outbox.claim(self._clock(), limit=BATCH, claim_for=self._claim)
            self._claimed = {delivery.key: delivery for delivery in held}
            self._sent = []
            try:
                deliver(self._ready(), self._connection, self._password, on_result=self._note)
            except BaseException:
                self._let_go()
                raise
            if self._sent or not held:
                return self._sent

    def _ready(self) -> Iterator[Outgoing]:
        """The claimed mails, each when it is its turn and still ours: those before took time."""
        for delivery in self._claimed.values():
            if not self._ledger.outbox.hold(delivery, self._clock() + self._claim):
                continue
            try:
                mail = Outgoing(delivery.key, delivery.recipients, delivery.content)
            except (AddressesRefused, ValueError):
                self._note(self._for_nobody(delivery))
            else:
                yield mail

    def _let_go(self) -> None:
        """Somebody stopped the sending: the next one need not wait for the claims to end.

        The mail that was on its way keeps its claim, which `hold` has made longer.
        """
        with suppress(LedgerError):
            for delivery in self._claimed.values():
                self._ledger.outbox.release(delivery)

    def _for_nobody(self, delivery: Delivery) -> Result:
        """A mail that no server would take must not stop the others."""
        where = self._connection
        failure = Failure("final", "no-address", where.host, where.port)
        addresses = delivery.recipients or ("",)
        return Result(delivery.key, (), tuple(Refusal(each, failure) for each in addresses))

    def _note(self, result: Result) -> None:
        """Tell the ledger what became of a mail."""
        outbox, now = self._ledger.outbox, self._clock()
        delivery = self._claimed[result.key]
        tries = delivery.tries + (1 if result.was_tried else 0)
        told = _reasons(delivery, result)
        again_at: datetime | None = None
        match result.outcome:
            case "sent" | "partly":
                outbox.sent(result.key, now, told)
            case "final":
                outbox.dead(result.key, told or "", now)
            case "settings":
                # Not the mail's fault: it waits, and no try is counted.
                again_at = now
                outbox.again(result.key, result.left, now, told or "", counts=False)
            case "again":
                again_at = next_try(max(tries, 1), now)
                if again_at is None:
                    outbox.dead(result.key, told or "", now)
                else:
                    counts = result.was_tried
                    outbox.again(result.key, result.left, again_at, told or "", counts=counts)
        failures = {refusal.address: refusal.failure for refusal in result.refused}
        self._sent.append(
            Sent(result.key, result.accepted, failures, again_at, was_tried=result.was_tried)
        )


def _reasons(delivery: Delivery, result: Result) -> str | None:
    """Why somebody was not reached: this time, and for good before; None where all were."""
    before = [
        Refusal(reason.address, reason.failure)
        for reason in reasons(delivery.last_error)
        if reason.failure is not None and reason.address not in delivery.recipients
    ]
    refused = [*result.refused, *before]
    return stored_reasons(refused) if refused else None
