"""500 people, senders that are killed, and servers that refuse, dawdle and hang up.

At the end everybody has exactly the mails due. Where nobody can know whether a server has a mail
(it hung up, or fell silent, or the sender was killed in that moment) the same Message-ID may have
come twice; never another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from clients.mail_trial import (
    CHARACTERS,
    TUESDAY,
    Job,
    Killer,
    Mailboxes,
    TrialCompany,
    copies,
    digest_job,
    load_all,
    send_job,
    unwatched,
)
from clients.smtp_server import SmtpServer
from jobs.digest_company import at
from workbook.children import KILLED, KilledAt, Step, WarmParent

from xlflow.jobs.mailing.digest import prepare_digests
from xlflow.jobs.mailing.outbox import put_back_in_line
from xlflow.jobs.mailing.posting import Post
from xlflow.ledger import Ledger

PEOPLE = 500
PORTION = 50
KILLS = 3
LATER = timedelta(hours=5)  # longer than any wait, and than the claims of a killed sender
SOON = timedelta(minutes=20)  # longer than its claims
MOST_ROUNDS = 40


class Trial:
    """Processes work round by round, each through another server, until no mail waits."""

    def __init__(self, seed: int, url: str, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.company = TrialCompany(folder / "company", url, PEOPLE)
        self.mailboxes = Mailboxes(seed)
        self.kills = 0
        self.rounds = 0
        self.now = at(TUESDAY)
        with ExitStack() as held:
            self.servers: list[SmtpServer] = [
                held.enter_context(self.mailboxes.server(name)) for name in CHARACTERS
            ]
            self.ledger = held.enter_context(Ledger.open(url))
            self._held = held.pop_all()

    def close(self) -> None:
        self._held.close()

    def warm(self, job: Job) -> WarmParent:
        """A process that starts others in no time."""
        port = self.servers[0].connection().port
        return WarmParent(load_all, job, self.company.settings_file, port)

    def works(self, parent: WarmParent, job: Job, pause: timedelta, commits: int) -> None:
        """One or two processes do the job. They are killed, until enough were: before one of
        their first `commits`, or while a server is at one of their first mails.
        """
        server = self.servers[self.rounds % len(self.servers)]
        arguments = (self.company.settings_file, server.connection().port, self.now)
        killer = Killer(self.chance.randrange(3, PORTION))
        children = [parent.start(job, *arguments, self._step(commits))]
        if self.kills < KILLS and self.chance.random() < 0.5:
            killer.process, self.mailboxes.on_mail = children[0], killer
        if self.chance.random() < 0.5:
            children.append(parent.start(job, *arguments, self._step(commits)))
        codes = [parent.wait(children[0])]
        killer.process = None  # its number may soon be another's
        codes += [parent.wait(child) for child in children[1:]]
        self.mailboxes.on_mail = None
        assert set(codes) <= {0, KILLED}
        self.kills += codes.count(KILLED)
        self.rounds += 1
        self.now += pause
        assert self.rounds < MOST_ROUNDS, self.ledger.outbox.counts()

    def _step(self, commits: int) -> Step:
        return KilledAt(self.chance.randrange(2, commits)) if self.kills < KILLS else unwatched

    def waiting(self) -> int:
        """How many mails wait."""
        counts = self.ledger.outbox.counts()
        return counts.get("pending", 0) + counts.get("failed", 0)


def sends_by_portions(trial: Trial, posts: Sequence[Post]) -> None:
    """Mails are put by again and again, each time more of them, and sent."""
    with trial.warm(send_job) as parent:
        number = 0
        while number < len(posts) or trial.waiting():
            number += PORTION
            with trial.ledger.transaction():
                for made in posts[:number]:
                    made.put(trial.ledger, trial.now)
            trial.works(parent, send_job, LATER, 2 * PORTION)


def sends_digests(trial: Trial) -> dict[str, str]:
    """The digests of the day are made by processes that are killed, and sent; key -> address."""
    trial.company.has_much_to_do()
    due = prepare_digests([trial.company.settings], trial.ledger, at(TUESDAY)).digests
    with trial.warm(digest_job) as parent:
        while trial.kills < KILLS:
            trial.works(parent, digest_job, SOON, PEOPLE)
        assert trial.now.date() == TUESDAY
        trial.works(parent, digest_job, SOON, PEOPLE)
    with trial.warm(send_job) as parent:
        while trial.waiting():
            trial.works(parent, send_job, LATER, PEOPLE)
    return {digest.post.key: digest.portion.address for digest in due}


def expect_everybody_has_exactly_the_mails_due(trial: Trial, due: dict[str, str]) -> None:
    """`due`: key -> address, one each. What came are the bytes that the outbox holds."""
    stored = {address: trial.ledger.outbox.get(key) for key, address in due.items()}
    mails = [mail for server in trial.servers for mail in server.mails]
    came = copies(mails)
    assert set(came) == {one for one in stored if not trial.mailboxes.is_unknown(one)}
    assert set(trial.ledger.outbox.known_keys()) == set(due)
    for mail in mails:
        (address,) = mail.recipients
        held = stored[address]
        assert held is not None
        assert set(came[address]) == {held.message_id}
        assert mail.content == held.content
        assert (mail.was_encrypted, mail.user) == (True, "xlflow")
    doubled = {address: ids.total() - 1 for address, ids in came.items() if ids.total() > 1}
    unexplained = [
        address for address, count in doubled.items() if count > trial.mailboxes.uncertain[address]
    ]
    assert trial.kills >= KILLS
    assert len(trial.mailboxes.uncertain) > 1
    assert len(unexplained) <= trial.kills


def expect_dead_letters_for_strangers_only(trial: Trial, due: dict[str, str]) -> None:
    """Once the strangers have mailboxes, and their mails are put back in line, nobody is left."""
    strangers = {one for one in trial.company.people if trial.mailboxes.is_unknown(one)}
    outbox = trial.ledger.outbox
    dead = outbox.listing(["dead"])
    assert {mail.recipients[0] for mail in dead} == strangers
    assert len(strangers) > 1
    assert outbox.counts() == {"sent": PEOPLE - len(dead), "dead": len(dead)}

    trial.mailboxes.is_lenient = True
    put_back_in_line(trial.ledger, [mail.key for mail in dead], trial.now)
    with trial.warm(send_job) as parent:
        trial.works(parent, send_job, LATER, PEOPLE)
    expect_everybody_has_exactly_the_mails_due(trial, due)


def try_mails(trial: Trial) -> None:
    posts = trial.company.posts()
    sends_by_portions(trial, posts)
    due = {made.key: made.message.recipients[0] for made in posts}
    assert len(due) == PEOPLE
    expect_everybody_has_exactly_the_mails_due(trial, due)
    expect_dead_letters_for_strangers_only(trial, due)


def try_digests(trial: Trial) -> None:
    due = sends_digests(trial)
    assert len(due) == PEOPLE
    expect_everybody_has_exactly_the_mails_due(trial, due)
    for mail in trial.servers[-1].mails:
        number = trial.company.people.index(mail.recipients[0])
        text = mail.message.get_body(("plain",))
        assert text is not None
        assert f"For Zhang{number:03} *" in text.get_content()
    expect_dead_letters_for_strangers_only(trial, due)


@pytest.fixture
def trial(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[Trial]:
    trial = Trial(request.param, url, tmp_path)
    yield trial
    trial.close()


@pytest.mark.parametrize("trial", [1], indirect=True)
def test_everybody_has_the_digest_of_the_day_whatever_happens(trial: Trial) -> None:
    try_digests(trial)


@pytest.mark.soak
@pytest.mark.parametrize("trial", range(1, 12), indirect=True)
def test_everybody_has_exactly_the_mails_due_whatever_happens(trial: Trial) -> None:
    try_mails(trial)


@pytest.mark.soak
@pytest.mark.parametrize("trial", range(2, 8), indirect=True)
def test_everybody_has_the_digest_of_the_day_with_any_chance(trial: Trial) -> None:
    try_digests(trial)
