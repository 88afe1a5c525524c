"""``xlflow mail digest``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.cli.tables import print_table
from xlflow.errors import EXIT_CLEAN, EXIT_WORLD
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.jobs.mailing.digest import Digest, DigestOutcome, Digests
    from xlflow.jobs.mailing.reminding.choosing import Silence
    from xlflow.jobs.mailing.sending import Sent

_COLUMNS = ("person", "address", "overdue", "due-soon", "sent-back", "people", "first")
_RECORDS_SHOWN = 5


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "digest", day=True, registers="some")
    @click.option("--dry-run", is_flag=True, help=say(language, "digest.option.dry-run"))
    @click.option("--send", is_flag=True, help=say(language, "cli.option.send"))
    @click.option(
        "--to", "people", multiple=True, metavar="PERSON", help=say(language, "digest.option.to")
    )
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    def digest(
        door: Door, dry_run: bool, send: bool, people: tuple[str, ...], as_json: bool
    ) -> None:
        outcome = _look(door, people) if dry_run else _send(door, people, send=send)
        code = EXIT_WORLD if _is_trouble(outcome) else EXIT_CLEAN
        if as_json:
            door.print_json(_as_dict(outcome, door))
        else:
            _print(door, outcome, dry_run=dry_run)
        raise click.exceptions.Exit(code)

    return digest


def _look(door: Door, people: tuple[str, ...]) -> DigestOutcome:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.mailing.digest import DigestOutcome, prepare_digests, write_digests
    from xlflow.ledger.reading import reading

    registers = door.company.some(door.registers)
    common = registers[0]
    with (
        progress_bar(door) as progress,
        reading(common.ledger.url, beside=common.folder) as ledger,
    ):
        digests = prepare_digests(registers, ledger, door.now, progress, people)
    return DigestOutcome(digests, written=write_digests(digests, common))


def _send(door: Door, people: tuple[str, ...], *, send: bool) -> DigestOutcome:
    from xlflow.cli.progress import progress_bar
    from xlflow.jobs.keeping import open_ledger
    from xlflow.jobs.mailing.digest import send_digests
    from xlflow.jobs.mailing.sending import password_of

    registers = door.company.some(door.registers)
    common = registers[0]
    is_sent = send or common.mail.send
    password = password_of(common, os.environ) if is_sent else None
    with progress_bar(door) as progress, open_ledger(common) as ledger:
        return send_digests(
            registers, ledger, password, door.now, progress, to=people, send=is_sent
        )


def _print(door: Door, outcome: DigestOutcome, *, dry_run: bool) -> None:
    from xlflow.cli.sending import tell_of_sent

    digests = outcome.digests
    if dry_run and digests.digests:
        heads = [_told(door, f"column.{name}") for name in _COLUMNS]
        print_table(door, heads, [_row(digest) for digest in digests.digests])
    if outcome.written:
        count, folder = len(outcome.written), outcome.written[0].parent
        door.out.print(_told(door, "written", count=count, folder=folder), markup=False)
    if not digests.digests:
        door.out.print(_told(door, "nothing-new"), markup=False)
    for address in outcome.already:
        door.out.print(_told(door, "already", address=address), markup=False)
    _print_lost(door, digests)
    for register, count in digests.unseen.items():
        text = _told(door, "unseen", register=register, count=count)
        door.out.print(text, style="yellow", markup=False)
    for register, error in digests.failed.items():
        click.secho(f"{register}: {error.message(door.language)}", fg="red", err=True)
    tell_of_sent(door, outcome.sent)


def _print_lost(door: Door, digests: Digests) -> None:
    from xlflow.jobs.mailing.reminding.choosing import silence

    for one in silence(digests.lost):
        who = one.unreachable.name or one.unreachable.department
        reason = f"digest.reason.{one.unreachable.reason}"
        facts = {
            "who": who or say(door.language, "reports.nobody"),
            "why": say(door.language, reason, department=one.unreachable.department),
            "count": one.count,
            "records": _records(one, door.language),
        }
        text = f"{_told(door, 'lost')}{say(door.language, 'digest.silent', **facts)}"
        door.out.print(text, style="yellow", markup=False)


def _records(one: Silence, language: Language) -> str:
    from xlflow.reports.naming import record_name

    names = dict.fromkeys(record_name(*record, language) for record in one.records)
    more = ["…"] if len(names) > _RECORDS_SHOWN else []
    return ", ".join([*names][:_RECORDS_SHOWN] + more)


def _row(digest: Digest) -> tuple[str, ...]:
    from xlflow.reports.mails.digest import SECTIONS

    counts = digest.counts
    figures = (str(counts[section] or "") for section in SECTIONS)
    return (digest.portion.name, digest.portion.address, *figures, digest.first)


def _refused(sent: Iterable[Sent]) -> list[tuple[str, Any]]:
    return [pair for one in sent for pair in one.refused.items()]


def _is_trouble(outcome: DigestOutcome) -> bool:
    return bool(outcome.digests.failed or _refused(outcome.sent))


def _told(door: Door, name: str, **values: object) -> str:
    return say(door.language, f"digest.command.{name}", **values)


def _as_dict(outcome: DigestOutcome, door: Door) -> dict[str, Any]:
    from xlflow.jobs.mailing.reminding.choosing import silence
    from xlflow.reports.mails.digest import SECTIONS

    digests = outcome.digests
    accepted = {address for sent in outcome.sent for address in sent.accepted}
    return {
        "day": digests.day.isoformat(),
        "mails": [
            {
                "person": digest.portion.name,
                "address": digest.portion.address,
                "subject": digest.post.message.subject,
                "new": {section.replace("-", "_"): digest.counts[section] for section in SECTIONS},
                "waiting": digest.portion.waiting,
                "known": len(digest.portion.known),
                "queued": digest.portion.address in outcome.queued,
                "sent": digest.portion.address in accepted,
            }
            for digest in digests.digests
        ],
        "written": [str(path) for path in outcome.written],
        "nobody_to_tell": [
            {
                "name": one.unreachable.name or None,
                "department": one.unreachable.department or None,
                "reason": one.unreachable.reason,
                "waiting": one.count,
                "numbers": list(dict.fromkeys(number for number, _ in one.records if number)),
            }
            for one in silence(digests.lost)
        ],
        "unseen": dict(digests.unseen),
        "failed": {id_: err.message(door.language) for id_, err in digests.failed.items()},
        "refused": {
            address: failure.message(door.language) for address, failure in _refused(outcome.sent)
        },
    }
