"""Mails go out: stored bytes over one connection, one login a batch, one result a mail.

A mail is never sent twice in a batch. When the connection breaks, nobody can know whether the
server had taken the mail on its way: it counts as not sent, is tried again later with the same
Message-ID, and the others go on over a new connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from xlflow.mail.addresses import Mailbox, mailboxes
from xlflow.mail.connection import Client, Connection, connect, drop, tls_context
from xlflow.mail.failures import Failure, Judge
from xlflow.settings.passwords import Password

ResultOutcome = Literal["sent", "partly", "again", "final", "settings"]

# Two connections lost in a row: the server has a problem that more mails will not solve.
_LOSSES_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of the outbox: its delivery key, its bytes, and the bare addresses still to reach.

    Raises:
        AddressesRefused: One of the recipients is no address.
    """

    key: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.recipients:
            raise ValueError(f"{self.key}: a mail for nobody")
        boxes = mailboxes(Mailbox("", each) for each in self.recipients)
        if tuple(box.address for box in boxes) != self.recipients:
            raise ValueError(f"{self.key}: not bare addresses: {self.recipients}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A recipient that the mail did not reach, and why."""

    address: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mail: each of its recipients is in `accepted` or in `refused`.

    `was_tried` is false if the mail never went over the line: nobody was connected.
    """

    key: str
    accepted: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()
    was_tried: bool = True

    @property
    def outcome(self) -> ResultOutcome:
        """What to do next: nothing ("sent"), tell a person ("partly": some recipients refused for
        good; "final": all), try `left` again later ("again"), correct the "settings".
        """
        outcomes = {refusal.failure.outcome for refusal in self.refused}
        if "settings" in outcomes:
            return "settings"
        if "again" in outcomes:
            return "again"
        if "final" in outcomes:
            return "partly" if self.accepted else "final"
        return "sent"

    @property
    def left(self) -> tuple[str, ...]:
        """The recipients that are still to be reached."""
        return tuple(each.address for each in self.refused if each.failure.outcome != "final")


def deliver(
    batch: Iterable[Outgoing],
    connection: Connection,
    password: Password | None,
    on_result: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Send the mails of `batch` in order; one result each, in the same order.

    Each is asked for when the one before is through. `on_result` is called as soon as a mail's
    result is known, so that the ledger knows it before the next mail goes out; what it raises ends
    the batch.

    Raises:
        AddressesRefused: The connection's sender is no address.
    """
    line = _Line(connection, password)
    results: list[Result] = []
    try:
        for mail in batch:
            result = line.send(mail)
            results.append(result)
            if on_result is not None:
                on_result(result)
    except BaseException:
        line.cut()
        raise
    line.hang_up()
    return results


def probe(connection: Connection, password: Password | None) -> Failure | None:
    """Connect, log in and say goodbye; None if all went well.

    Raises:
        AddressesRefused: The connection's sender is no address.
    """
    line = _Line(connection, password)
    client = line.open()
    if isinstance(client, Failure):
        return client
    line.hang_up()
    return None


class _Line:
    """The connection of a batch: opened when needed, opened anew when it broke."""

    def __init__(self, connection: Connection, password: Password | None) -> None:
        self._connection = connection
        self._password = password
        self._judge = Judge(connection, password)
        self._sender = connection.sender_address
        self._client: Client | None = None
        self._losses = 0
        self._setback: Failure | None = None

    def send(self, mail: Outgoing) -> Result:
        client = self.open()
        if isinstance(client, Failure):
            return _refused(mail, client, was_tried=False)
        result = self._sent(mail, client)
        self._look_after(client, result)
        return result

    def open(self) -> Client | Failure:
        """The connected client, or why there is none; a failure stands for the whole batch."""
        if self._setback is not None:
            return self._setback
        if self._client is None:
            opened = self._opened()
            if isinstance(opened, Failure):
                self._setback = opened
            else:
                self._client = opened
            return opened
        return self._client

    def hang_up(self) -> None:
        """Say QUIT; the mails are through, so that no answer is no failure."""
        if self._client is not None:
            with suppress(OSError):
                self._client.close()
            self.cut()

    def cut(self) -> None:
        if self._client is not None:
            drop(self._client)
            self._client = None

    def _opened(self) -> Client | Failure:
        if failure := self._judge.of_settings():
            return failure
        try:
            context = tls_context(self._connection)
        except OSError as err:
            return self._judge.of_ca_file(err)
        try:
            return connect(self._connection, self._password, context)
        except OSError as err:
            return self._judge.of_connecting(err)

    def _sent(self, mail: Outgoing, client: Client) -> Result:
        try:
            refused: Mapping[str, tuple[int, bytes]] = client.smtp.sendmail(
                self._sender, list(mail.recipients), mail.content
            )
        except OSError as err:
            answers = getattr(err, "recipients", None)
            if isinstance(answers, Mapping):
                return self._of_answers(mail, answers, accepted=())
            return _refused(mail, self._judge.of_sending(err))
        return self._of_answers(
            mail, refused, accepted=tuple(each for each in mail.recipients if each not in refused)
        )

    def _of_answers(
        self, mail: Outgoing, answers: Mapping[str, tuple[int, bytes]], accepted: tuple[str, ...]
    ) -> Result:
        """The result where the server answered recipient by recipient."""
        # One that got no answer of its own shares the last one: the server hung up on it (421).
        last = list(answers.values())[-1:]
        refused = tuple(
            Refusal(each, self._judge.of_recipient(code, reply))
            for each in mail.recipients
            if each not in accepted
            for code, reply in ([answers[each]] if each in answers else last)
        )
        return Result(mail.key, accepted, refused)

    def _look_after(self, client: Client, result: Result) -> None:
        if result.outcome == "settings":
            self._setback = result.refused[0].failure
            self.hang_up()
        elif client.smtp.sock is None:
            self.cut()
            self._losses += 1
            if self._losses >= _LOSSES_IN_A_ROW:
                self._setback = result.refused[0].failure
        else:
            self._losses = 0


def _refused(mail: Outgoing, failure: Failure, *, was_tried: bool = True) -> Result:
    return Result(
        mail.key, (), tuple(Refusal(each, failure) for each in mail.recipients), was_tried
    )
