"""Commands under one name: `xlflow` itself, and `xlflow mail`."""

from __future__ import annotations

import difflib
from typing import Any

import click

from xlflow.cli.usage import ToldUsageError, meant
from xlflow.cli.wording import context_class, explain_help_option, language_option
from xlflow.errors import EXIT_USAGE
from xlflow.languages import Language, say


class CommandGroup(click.Group):
    """Commands under one name, which without one show their help."""

    def __init__(self, name: str, language: Language, **options: Any) -> None:
        super().__init__(name, **options)
        self.language = language
        self.context_class = context_class(language)
        self.params.append(language_option(language))
        explain_help_option(self, language)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show the help where nothing was typed."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(EXIT_USAGE)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed; a ToldUsageError if there is none of that name."""
        names = self.list_commands(ctx)
        if args[0] not in names:
            near = difflib.get_close_matches(args[0], names, n=1)
            text = say(self.language, "cli.usage.command", found=args[0])
            raise ToldUsageError(text + meant(near, self.language), ctx)
        return super().resolve_command(ctx, args)
