"""DOORS: thin click commands; each calls one job and prints its outcome."""

from __future__ import annotations

import codecs
import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from xlflow import __version__
from xlflow.cli.endings import complain, exit_code_of, message_of
from xlflow.cli.groups import CommandGroup
from xlflow.cli.usage import usage_text
from xlflow.errors import EXIT_USAGE, EXIT_WORLD, XlflowError
from xlflow.languages import Language, from_locale, say

# A large register is millions of objects in no cycles: to visit them again and again takes long.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000

# Each command is made by the function `command(language)` of its module, when it is asked for.
_COMMANDS = {
    "init": "init",
    "template": "template",
    "form": "form",
    "adopt": "adopt",
    "intake": "intake",
    "check": "check",
    "run": "run",
    "status": "status",
    "board": "board",
    "forecast": "forecast",
    "export": "export",
    "documents": "documents",
    "mail": "mail",
    "schedule": "schedule",
    "health": "health",
    "archive": "archive",
    "unarchive": "unarchive",
    "find": "find",
    "repair": "repair",
    "history": "history",
    "log": "log",
    "show": "show",
    "baseline": "baseline",
    "restore": "restore",
    "undo": "undo",
    "backups": "backups",
    "doctor": "doctor",
    "rules": "rules",
    "fields": "fields",
    "completion": "completion",
}

_CHINESE_ENCODINGS = {"utf-8", "gbk", "gb2312", "gb18030", "big5", "cp950", "big5hkscs"}


class _Program(CommandGroup):
    """The commands, each imported only when it is run, so that help is instant."""

    def __init__(self, language: Language) -> None:
        settings = {"max_content_width": 100}
        super().__init__(
            "xlflow", language, help=say(language, "cli.help"), context_settings=settings
        )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        made = import_module(f"xlflow.cli.{_COMMANDS[cmd_name]}").command(self.language)
        assert isinstance(made, click.Command)  # noqa: S101 - tells the type checker
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [(name, say(self.language, f"cli.{name}.short")) for name in _COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def program(language: Language) -> click.Group:
    """The whole command line, with its help in `language`."""
    explained = click.version_option(
        __version__, prog_name="xlflow", help=say(language, "cli.version")
    )
    return explained(_Program(language))


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: run a command and leave with its exit code.

    Exit codes: 0 clean, 1 findings, 2 usage or settings, 3 the world.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = _asked_language(given)
    _speak_chinese()
    try:
        code = program(language).main(given, prog_name="xlflow", standalone_mode=False)
    except click.exceptions.Exit as err:
        code = err.exit_code
    except click.ClickException as err:
        complain(_usage(err, language), debug="--debug" in given)
        code = EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        complain(say(language, "cli.error.interrupted"), debug=False)
        code = 130  # 128 + SIGINT, as a shell has it
    except BrokenPipeError:
        sys.stderr.close()  # else Python complains on leaving
        code = EXIT_WORLD
    except Exception as err:  # noqa: BLE001 - the outermost door: nobody sees a traceback unasked
        complain(message_of(err, language), debug="--debug" in given)
        code = exit_code_of(err)
    sys.exit(code if isinstance(code, int) else 0)


def _asked_language(arguments: Sequence[str]) -> Language:
    """The language of ``--lang`` if it is a good one, so that help and errors speak it too."""
    from xlflow.cli.options import chosen_language

    default = from_locale()
    for position, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            asked = value or "".join(arguments[position + 1 : position + 2])
            try:
                return chosen_language(asked, default)
            except XlflowError:
                break
    return default


def _usage(err: click.ClickException, language: Language) -> str:
    context = err.ctx if isinstance(err, click.UsageError) else None
    hint = say(language, "cli.usage.hint", command=context.command_path if context else "xlflow")
    return f"{usage_text(err, language)}\n{hint}"


def _speak_chinese() -> None:
    """Chinese must not fail on a terminal or a pipe whose encoding is a narrow one.

    One that holds Chinese is kept: whoever reads a pipe in Windows expects it.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            name = codecs.lookup(stream.encoding or "ascii").name
            narrow = name not in _CHINESE_ENCODINGS
            stream.reconfigure(encoding="utf-8" if narrow else None, errors="replace")
