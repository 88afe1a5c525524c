"""The mail server: it answers, lets us in, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xlflow.jobs.doctor.lines import Line, NotLooked, Text, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.sending import connection_of, password_of
from xlflow.mail import probe
from xlflow.settings import SETTINGS_FILE

ANSWER_SECONDS = 10.0
"""How long to wait for each answer of the server, if the settings do not say less."""

LIMIT_SECONDS = 40.0
"""How long for all of them, the search for the server's address included."""


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
