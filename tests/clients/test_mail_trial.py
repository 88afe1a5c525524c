"""500 people, senders that are killed, and servers that refuse, dawdle and hang up.

At the end everybody has exactly the mails due. Where nobody can know whether a server has a mail
(it hung up, or fell silent, or the sender was killed in that moment) the same Message-ID may have
come twice; never another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from clients.mail_trial import (
    CHARACTERS,
    Killer,
    Mailboxes,
    TrialCompany,
    copies,
    killed_at_commit,
    load_all,
    send_job,
    unwatched,
)
from clients.smtp_server import SmtpServer
from company import NOW
from workbook.children import KILLED, WarmParent

from xlflow.jobs.outbox import put_back_in_line
from xlflow.ledger import Ledger

PEOPLE = 500
PORTION = 50
KILLS = 3
ROUND = timedelta(hours=5)  # longer than any wait, and than a killed sender's claims
MOST_ROUNDS = 40


class Trial:
    """Mails are put by a portion at a time, and sent round by round, until none waits."""

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.company = TrialCompany(folder / "company", url, PEOPLE)
        self.mailboxes = Mailboxes(seed)
        self.kills = 0
        self.now = NOW
        with ExitStack() as held:
            self.servers = [held.enter_context(self.mailboxes.server(name)) for name in CHARACTERS]
            self.ledger = held.enter_context(Ledger.open(self.company.settings.ledger.url))
            self._held = held.pop_all()

    def close(self) -> None:
        self._held.close()

    def goes_through(self) -> None:
        """All mails are put by and sent."""
        posts = self.company.posts()
        file, port = self.company.settings_file, self.servers[0].connection().port
        with WarmParent(load_all, file, port) as parent:
            for number in range(MOST_ROUNDS):
                # The job that makes the mails is run again and again, too.
                with self.ledger.transaction():
                    for made in posts[: (number + 1) * PORTION]:
                        made.put(self.ledger, self.now)
                self._sends(parent, self.servers[number % len(self.servers)])
                self.now += ROUND
                if self._is_through(len(posts)):
                    return
        raise AssertionError(
            f"mails wait after {MOST_ROUNDS} rounds: {self.ledger.outbox.counts()}"
        )

    def _sends(self, parent: WarmParent, server: SmtpServer) -> None:
        """One or two processes send; one of them may be killed."""
        arguments = (self.company.settings_file, server.connection().port, self.now)
        step, killer = unwatched, Killer(0)
        if self.kills < KILLS:
            if self.chance.random() < 0.5:
                step = killed_at_commit(self.chance)
            else:
                killer.count = self.chance.randrange(3, 45)
                self.mailboxes.on_mail = killer
        children = [parent.start(send_job, *arguments, step)]
        killer.process = children[0]
        if self.chance.random() < 0.5:
            children.append(parent.start(send_job, *arguments, unwatched))
        codes = [parent.wait(child) for child in children]
        self.mailboxes.on_mail = None
        assert set(codes) <= {0, KILLED}
        self.kills += codes.count(KILLED)

    def _is_through(self, mails: int) -> bool:
        counts = self.ledger.outbox.counts()
        settled = counts.get("sent", 0) + counts.get("dead", 0)
        return settled == mails and self.kills >= KILLS


@pytest.fixture
def trial(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[Trial]:
    trial = Trial(request.param, url, tmp_path)
    yield trial
    trial.close()


def expect_everybody_has_exactly_the_mails_due(trial: Trial) -> None:
    posts = {made.message.recipients[0]: made.message for made in trial.company.posts()}
    mails = [mail for server in trial.servers for mail in server.mails]
    came = copies(mails)
    assert set(came) == set(posts) - trial.mailboxes.unknown
    for address, ids in came.items():
        assert set(ids) == {posts[address].message_id}
    for mail in mails:
        assert mail.content == posts[mail.recipients[0]].content
        assert (mail.was_encrypted, mail.user) == (True, "xlflow")
    doubled = {address: ids.total() - 1 for address, ids in came.items() if ids.total() > 1}
    unexplained = [
        address for address, count in doubled.items() if count > trial.mailboxes.uncertain[address]
    ]
    assert len(unexplained) <= trial.kills


def try_it(trial: Trial) -> None:
    trial.goes_through()
    expect_everybody_has_exactly_the_mails_due(trial)
    refused, outbox = set(trial.mailboxes.unknown), trial.ledger.outbox
    assert len(refused) > 3
    assert len(trial.mailboxes.uncertain) > 3
    dead = outbox.listing(["dead"])
    assert {mail.recipients[0] for mail in dead} == refused
    assert outbox.counts() == {"sent": PEOPLE - len(refused), "dead": len(refused)}

    # Their mailboxes are made, and the dead letters put back in line: nobody is left out.
    trial.mailboxes.is_lenient = True
    trial.mailboxes.unknown.clear()
    put_back_in_line(trial.ledger, [mail.key for mail in dead], trial.now)
    trial.goes_through()
    expect_everybody_has_exactly_the_mails_due(trial)


@pytest.mark.parametrize("trial", [1], indirect=True)
def test_everybody_has_exactly_the_mails_due_whatever_happens(trial: Trial) -> None:
    try_it(trial)


@pytest.mark.soak
@pytest.mark.parametrize("trial", range(2, 12), indirect=True)
def test_everybody_has_exactly_the_mails_due_with_any_chance(trial: Trial) -> None:
    try_it(trial)
