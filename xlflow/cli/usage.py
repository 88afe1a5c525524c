"""What was typed wrong on the command line, told in the language of the person.

Click's own messages are English; what each is about is known by the parameter or the command.
"""

from __future__ import annotations

import click

from xlflow.languages import Language, say


class ToldUsageError(click.UsageError):
    """A usage error whose message is in the language of the person already."""


def usage_text(err: click.ClickException, language: Language) -> str:
    """What was typed wrong, and what to type instead."""
    match err:
        case ToldUsageError():
            return err.message
        case click.NoSuchOption():
            text = say(language, "cli.usage.option", found=err.option_name)
            return text + meant(err.possibilities, language)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return say(language, "cli.usage.missing", name=_name(parameter))
        case click.BadParameter(param=click.Parameter() as parameter):
            return _of_value(parameter, err.message, language)
        case click.BadOptionUsage():
            return _of_option(err, language)
        case click.UsageError(ctx=click.Context() as context):
            return _of_arguments(context, err.message, language)
        case _:
            return err.format_message()


def meant(possibilities: object, language: Language) -> str:
    """What is near to what was typed, as the end of a message; "" if nothing is."""
    if not isinstance(possibilities, list | tuple) or not possibilities:
        return ""
    return say(language, "cli.usage.meant", near=", ".join(sorted(possibilities)))


def _of_value(parameter: click.Parameter, reason: str, language: Language) -> str:
    """Which values the parameter takes."""
    name = _name(parameter)
    match parameter.type:
        case click.Choice(choices=choices):
            return say(language, "cli.usage.choice", name=name, choices=", ".join(choices))
        case click.IntRange(min=int(least), max=int(most)):
            return say(language, "cli.usage.range", name=name, least=least, most=most)
        case click.Path(dir_okay=False):
            return say(language, "cli.usage.file", name=name)
        case click.Path(file_okay=False):
            return say(language, "cli.usage.folder", name=name)
        case _:
            return say(language, "cli.usage.value", name=name, reason=reason)


def _of_option(err: click.BadOptionUsage, language: Language) -> str:
    """Whether the option needs a value, or takes none."""
    held = err.ctx.command.params if err.ctx else []
    needs_value = any(
        err.option_name in option.opts and not getattr(option, "is_flag", False) for option in held
    )
    key = "needs-value" if needs_value else "takes-none"
    return say(language, f"cli.usage.{key}", name=err.option_name)


def _of_arguments(context: click.Context, reason: str, language: Language) -> str:
    """A command is missing, or there are too many arguments: `reason` names them in brackets."""
    if isinstance(context.command, click.Group):
        return say(language, "cli.usage.missing-command")
    found = reason.partition("(")[2].removesuffix(")") or reason
    return say(language, "cli.usage.extra", found=found)


def _name(parameter: click.Parameter) -> str:
    """The parameter as it stands in the help."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name
