"""``xlflow check``."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from xlflow.cli.options import Door
from xlflow.cli.options import command as new_command
from xlflow.errors import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from xlflow.languages import Language, say

if TYPE_CHECKING:
    from xlflow.checks.finding import Finding
    from xlflow.jobs.inspection import Checked
    from xlflow.settings import Settings

SEVERITIES = ("error", "warning", "info")


def command(language: Language) -> click.Command:
    """The command, with its help in `language`."""

    @new_command(language, "check", day=True, registers="each")
    @click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json", "csv")),
        default="text",
        help=say(language, "cli.option.format"),
    )
    @click.option("--json", "as_json", is_flag=True, help=say(language, "cli.option.json"))
    @click.option(
        "--fail-on",
        type=click.Choice((*SEVERITIES, "never")),
        default="warning",
        help=say(language, "cli.option.fail-on"),
    )
    @click.option("--number", "numbers", multiple=True, help=say(language, "cli.option.number"))
    @click.option("--rule", "rules", multiple=True, help=say(language, "cli.option.rule"))
    @click.option("--waived", is_flag=True, help=say(language, "cli.option.waived"))
    def check(
        door: Door,
        form: str,
        as_json: bool,
        fail_on: str,
        numbers: tuple[str, ...],
        rules: tuple[str, ...],
        waived: bool,
    ) -> None:
        from xlflow.cli.progress import progress_bar
        from xlflow.jobs.inspection import check_register

        with progress_bar(door) as progress:
            checked = check_register(door.settings, door.now, progress)
        checked = _chosen(checked, door.settings, numbers, rules)
        findings = list(checked.findings)
        if as_json or form == "json":
            door.print_json(_as_dict(checked, door.language))
        elif form == "csv":
            print_csv(door, findings)
        else:
            print_findings(door, checked)
            if waived:
                print_waived(door, checked)
            door.tell_of_waivers(0 if waived else len(checked.waived), checked.waiver_notes)
        raise click.exceptions.Exit(exit_code(Counter(f.severity for f in findings), fail_on))

    return check


def exit_code(findings: Mapping[str, int], fail_on: str) -> int:
    """1 if a finding is as severe as `fail_on` or more, else 0; `findings` counts them."""
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    return EXIT_FINDINGS if any(findings.get(severity) for severity in failing) else EXIT_CLEAN


def print_findings(door: Door, checked: Checked) -> None:
    """Print the findings and their sum."""
    from xlflow.reports.terminal import finding_lines

    language, findings = door.language, checked.findings
    for line in finding_lines(findings, checked.register, language):
        door.out.print(line)
    counts = {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}
    door.out.print(
        say(
            language,
            "findings.total",
            records=len(checked.register.requirements),
            errors=counts["error"],
            warnings=counts["warning"],
            infos=counts["info"],
            faulty=len({(found.table, found.row) for found in findings}),
        )
    )


def print_waived(door: Door, checked: Checked) -> None:
    """Print the findings that are not counted, each with its reason and its end."""
    from xlflow.reports.terminal import waived_lines

    door.out.print()
    for line in waived_lines(checked.waived, checked.register, door.language):
        door.out.print(line)


def _as_dict(checked: Checked, language: Language) -> dict[str, Any]:
    """The findings for programs: what was checked, when, and one object a finding."""
    return {
        "file": checked.register.path,
        "register": checked.register.register_id,
        "checked_at": checked.now.isoformat(timespec="seconds"),
        "records": len(checked.register.requirements),
        "findings": [found.to_dict(language) for found in checked.findings],
        "waived": [one.to_dict(language) for one in checked.waived],
        "waiver_notes": [note.to_dict(language) for note in checked.waiver_notes],
    }


def print_csv(door: Door, findings: list[Finding]) -> None:
    """Print the findings as CSV; several registers make one table."""
    has_head = door.several is not None and door.several.has_head
    click.echo(as_csv_text(findings, door.language, has_head=not has_head), nl=False)
    if door.several is not None:
        door.several.has_head = True


def as_csv_text(findings: list[Finding], language: Language, *, has_head: bool = True) -> str:
    """The findings as CSV (RFC 4180), the header in `language`."""
    from xlflow.reports.export.csv_form import harmless

    columns = (
        *("file", "sheet", "cell", "row", "number", "field", "status"),
        *("rule", "severity", "message", "found", "expected", "owner"),
    )
    text = io.StringIO()
    rows = csv.writer(text)
    if has_head:
        rows.writerow([say(language, f"findings.column.{name}") for name in columns])
    for found in findings:
        held = found.to_dict(language)
        cells = (held[name] for name in columns)
        rows.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def _chosen(
    checked: Checked, settings: Settings, numbers: tuple[str, ...], rules: tuple[str, ...]
) -> Checked:
    """The findings of these records and rules only.

    Raises:
        UsageError: There is no such record or rule.
    """
    import difflib

    from xlflow.checks.rules import rules as rules_of
    from xlflow.jobs.child_lines import number_text

    known = [rule.id for rule in rules_of(settings)]
    for rule in rules:
        if rule not in known:
            near = ", ".join(difflib.get_close_matches(rule, known, n=2)) or "?"
            raise UsageError("cli.check.unknown-rule", rule=rule, near=near)
    held = set(map(number_text, checked.register.requirements.frame["number"]))
    for number in numbers:
        if number not in held:
            raise UsageError("cli.check.unknown-number", number=number)

    def is_chosen(found: Finding) -> bool:
        return (not numbers or found.number in numbers) and (not rules or found.rule in rules)

    return replace(
        checked,
        findings=tuple(filter(is_chosen, checked.findings)),
        waived=tuple(one for one in checked.waived if is_chosen(one.finding)),
    )
