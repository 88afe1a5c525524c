"""Write the reference pages docs/<language>/*.md from the code, or compare them with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from xlflow.checks import rules as all_rules
from xlflow.cli import program
from xlflow.languages import LANGUAGES, Language, entry, say
from xlflow.record.choices import CHOICES
from xlflow.record.fields import MODULES, SHEETS, Field
from xlflow.reports.documents.kinds import KINDS
from xlflow.reports.documents.language import FILTERS
from xlflow.reports.documents.templates import template_name
from xlflow.settings import settings_text

DOCS = Path(__file__).resolve().parent.parent / "docs"


def rules_page(language: Language) -> Iterator[str]:
    """Every rule: id, severity, from which status, what it demands, and its source."""
    yield from title(language, "rules")
    yield f"{say(language, 'cli.docs.own-rules')}\n"
    yield from table(
        [
            say(language, f"cli.rules.{name}")
            for name in ("id", "title", "severity", "since", "source")
        ],
        (
            (
                f"`{rule.id}`",
                rule.title(language),
                say(language, f"findings.severity.{rule.severity}"),
                say(language, f"record.choice.status.{rule.since}"),
                rule.source_text(language),
            )
            for rule in all_rules()
        ),
    )


def fields_page(language: Language) -> Iterator[str]:
    """Every field, module by module, and the child sheets."""
    yield from title(language, "fields")
    for module in MODULES:
        held = [field for field in SHEETS["register"] if field.module == module]
        yield from fields_table(say(language, f"record.module.{module}"), held, language)
    for sheet in ("progress", "issues", "changes"):
        yield from fields_table(say(language, f"record.sheet.{sheet}"), SHEETS[sheet], language)


def fields_table(heading: str, held: Sequence[Field], language: Language) -> Iterator[str]:
    """One module or sheet."""
    yield f"## {heading}\n"
    yield from table(
        [say(language, f"cli.fields.{name}") for name in ("label", "key", "kind", "needed", "by")],
        (
            (
                field.label(language),
                f"`{field.key}`",
                kind(field, language),
                say(language, f"record.choice.status.{field.required_from}")
                if field.required_from
                else "",
                say(language, f"cli.writer.{field.writer}"),
            )
            for field in held
        ),
    )
    yield ""


def kind(field: Field, language: Language) -> str:
    """What a cell of the field holds; a choice names them all."""
    if field.choices:
        return " / ".join(CHOICES[field.choices].labels(language))
    return say(language, f"cli.kind.{field.kind}")


def settings_page(language: Language) -> Iterator[str]:
    """The whole settings file with its defaults."""
    yield from title(language, "settings")
    register = f"{say(language, 'record.sheet.register')}.xlsx"
    text = settings_text(language, {"register": {"path": register, "language": language}})
    yield f"```toml\n{text}```"


def commands_page(language: Language) -> Iterator[str]:
    """The help of every command."""
    yield from title(language, "commands")
    yield from helps(program(language), "xlflow", None)


def helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """The help of a command and of those in it."""
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=96, max_content_width=96
    )
    yield f"## `{context.command_path}`\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from helps(found, inner, context)


def documents_page(language: Language) -> Iterator[str]:
    """The Word documents, and what their templates may name."""

    def text(name: str, **values: object) -> str:
        return say(language, f"documents.docs.{name}", **values)

    yield f"# {text('title')}\n"
    yield f"<!-- {say(language, 'cli.docs.generated')} -->\n"
    for name in ("intro", "tags", "safe"):
        yield f"{text(name)}\n"
    yield f"## {text('documents')}\n"
    yield from table(
        [text("name"), text("step"), text("file")],
        (
            (kind.name(language), str(kind.step), f"`{template_name(kind.id, language)}`")
            for kind in KINDS
        ),
    )
    yield f"\n## {text('fields')}\n\n{text('fields-text')}\n"
    yield from names_table("record", SHEETS["register"], language)
    for sheet in ("progress", "issues", "changes"):
        fields = SHEETS[sheet]
        yield f"\n## {text('lines', sheet=say(language, f'record.sheet.{sheet}'))}\n"
        yield f"{text('lines-text', sheet=sheet, key=fields[1].key)}\n"
        yield from names_table("line", fields, language)
    for heading, names, first, texts in (
        ("names", NAMES, "tag", "meaning-of"),
        ("filters", FILTERS, "filter", "what-filters-do"),
    ):
        yield f"\n## {text(heading)}\n"
        known = entry(language, f"documents.docs.{texts}")
        rows = ((f"`{name}`", known.get(name, known.get("others", ""))) for name in names)
        yield from table([text(first), text("meaning")], rows)


NAMES = ("own", "deadlines", "register", "document", "today", "loop")


def names_table(holder: str, fields: Sequence[Field], language: Language) -> Iterator[str]:
    """What a template calls each field, with the codes of choices."""
    yield from table(
        [
            say(language, "documents.docs.tag"),
            say(language, "cli.fields.label"),
            say(language, "documents.docs.codes"),
        ],
        (
            (
                f"`{holder}.{field.key}`",
                field.label(language),
                " ".join(f"`{code}`" for code in CHOICES[field.choices].codes)
                if field.choices
                else "",
            )
            for field in fields
        ),
    )


def title(language: Language, page: str) -> Iterator[str]:
    """The heading of a page."""
    yield f"# {say(language, f'cli.docs.{page}')}\n"
    yield f"<!-- {say(language, 'cli.docs.generated')} -->\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


PAGES: dict[str, Callable[[Language], Iterator[str]]] = {
    "rules": rules_page,
    "fields": fields_page,
    "settings": settings_page,
    "commands": commands_page,
    "documents": documents_page,
}


def main() -> int:
    """Write the pages, or tell which differ."""
    parser = argparse.ArgumentParser(prog="scripts/build_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    compare = parser.parse_args().check
    stale = []
    for language in LANGUAGES:
        for page, write in PAGES.items():
            path = DOCS / language / f"{page}.md"
            text = "\n".join(write(language)).rstrip() + "\n"
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not compare:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(
            f"{'differs from the code' if compare else 'written'}: {path.relative_to(DOCS.parent)}"
        )
    return 1 if compare and stale else 0


if __name__ == "__main__":
    sys.exit(main())
