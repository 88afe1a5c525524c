"""Mail: the server answers and lets us in (nothing is sent), and what waits in the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from xlflow.jobs.doctor.lines import Line, NotLooked, Text, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.mailing.sending import connection_of, password_of
from xlflow.mail import mailboxes, probe
from xlflow.settings import SETTINGS_FILE

ANSWER_SECONDS = 10.0
"""How long to wait for each answer of the server, if the settings do not say less."""

LIMIT_SECONDS = 40.0
"""How long for all of them, the search for the server's address included."""


WAITS_LONG = timedelta(hours=24)
"""A server that is away over night is no matter for a person."""


def connection(surroundings: Surroundings) -> Iterator[Line]:
    """Connect and log in as for sending."""
    settings = surroundings.settings
    mail = settings.mail
    if not mail.send:
        raise NotLooked(text("skipped.mail"))
    if not (mail.weekly or settings.workbook.responsible):
        path = settings.folder / SETTINGS_FILE
        yield Line("mail.recipients", "bad", Text("jobs.no-weekly-recipients", {"path": path}))
    server = connection_of(settings)
    password = password_of(settings, surroundings.environment)
    patient = replace(server, timeout_seconds=min(server.timeout_seconds, ANSWER_SECONDS))
    if failure := probe(patient, password):
        yield Line("mail.connection", "bad", failure)
        return
    facts = {"host": mail.host, "port": mail.port, "user": mail.user}
    name = "mail.logged-in" if mail.user else "mail.relay"
    yield Line("mail.connection", "good", Text(f"doctor.{name}", facts))


def outbox(surroundings: Surroundings) -> Iterator[Line]:
    """No mail is given up, and none waits for long."""
    ledger = surroundings.ledger.needed()
    if ledger.schema not in (None, ledger.known):
        raise NotLooked(text("skipped.older"))
    mails, since = ledger.mails, ledger.mails_wait_since
    waiting = mails.get("pending", 0) + mails.get("failed", 0)
    if dead := mails.get("dead", 0):
        yield Line("mail.outbox", "bad", text("mail.dead", count=dead))
    if since is not None and surroundings.clock() - since > WAITS_LONG:
        facts = {"count": waiting, "since": surroundings.local(since)}
        yield Line("mail.outbox", "bad", text("mail.waiting-long", **facts))
    elif not dead:
        told = text("mail.outbox", waiting=waiting, sent=mails.get("sent", 0))
        yield Line("mail.outbox", "good", told)


def administrator(surroundings: Surroundings) -> Iterator[Line]:
    """Where jobs run by themselves, somebody is told when one fails."""
    mail = surroundings.settings.mail
    if not mail.send:
        return
    if mail.administrator:
        mailboxes(mail.administrator)  # raises what is wrong with them
        names = ", ".join(mail.administrator)
        yield Line("mail.administrator", "good", text("mail.administrator", names=names))
    elif surroundings.ledger.needed().is_unattended:
        path = surroundings.settings.folder / SETTINGS_FILE
        yield Line("mail.administrator", "bad", text("mail.no-administrator", path=path))
