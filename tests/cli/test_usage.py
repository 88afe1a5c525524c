"""Whatever click finds wrong is told in the language of the person, with what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from xlflow.cli import main, program
from xlflow.languages import LANGUAGES, say

# What is typed -> the text of the catalogue, and what it names. FOLDER and FILE stand for real
# ones.
WRONG = [
    (["chek"], "command", {"found": "chek"}),
    (["mail", "weakly"], "command", {"found": "weakly"}),
    (["--lang", "LANGUAGE"], "missing-command", {}),
    (["check", "--jsn"], "option", {"found": "--jsn"}),
    (["check", "-x"], "option", {"found": "-x"}),
    (["check", "--format", "xml"], "choice", {"name": "--format", "choices": "text, json, csv"}),
    (
        ["run", "--fail-on", "all"],
        "choice",
        {"name": "--fail-on", "choices": "error, warning, info, never"},
    ),
    (["init", "--sample", "many"], "range", {"name": "--sample", "least": 1, "most": 100_000}),
    (["init", "--sample", "0"], "range", {"name": "--sample", "least": 1, "most": 100_000}),
    (["check", "--settings", "FOLDER"], "file", {"name": "--settings"}),
    (["template", "FOLDER"], "file", {"name": "PATH"}),
    (["init", "FILE"], "folder", {"name": "FOLDER"}),
    (["run", "--wait"], "needs-value", {"name": "--wait"}),
    (["check", "--json=yes"], "takes-none", {"name": "--json"}),
    (["check", "register.xlsx", "more"], "extra", {"found": "register.xlsx more"}),
    (["mail", "weekly", "today"], "extra", {"found": "today"}),
]


@pytest.fixture
def xlflow(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")

    def call(language: str, *arguments: str) -> tuple[object, str, str]:
        monkeypatch.setenv("XLFLOW_LANG", language)
        stand_in = {"FOLDER": str(tmp_path), "FILE": str(file), "LANGUAGE": language}
        with pytest.raises(SystemExit) as ended:
            main([stand_in.get(argument, argument) for argument in arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("arguments", "text", "facts"), WRONG)
def test_what_was_typed_wrong_is_told_in_the_language_of_the_person(
    xlflow, language, arguments, text, facts
):
    code, out, err = xlflow(language, *arguments)
    assert (code, out) == (2, "")
    message, hint = err.splitlines()
    assert message.startswith(say(language, f"cli.usage.{text}", **facts))
    assert re.search(r"`xlflow( \w+)* --help`", hint)
    if language != "en":
        assert not re.search(r"\b(is|not|of|does|requires|Missing|unexpected)\b", message)


def test_the_hint_names_the_command_that_was_typed(xlflow):
    for arguments in (["run", "--wait"], ["run", "--json=yes"], ["run", "--fail-on", "all"]):
        assert "`xlflow run --help`" in xlflow("en", *arguments)[2]
    assert "`xlflow mail weekly --help`" in xlflow("en", "mail", "weekly", "today")[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("arguments", [[], ["mail"]])
def test_without_a_command_the_help_is_shown(xlflow, language, arguments):
    code, out, err = xlflow(language, *arguments)
    assert (code, err) == (2, "")
    assert say(language, "cli.words.commands") in out


def test_every_command_has_only_values_whose_faults_can_be_told():
    """A type that is new here brings click's English message with it, until it is told as well."""
    told = {"text", "choice", "integer range", "boolean", "path", "file", "directory"}
    language = "en"
    group = program(language)
    context = group.context_class(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        commands = [command, *getattr(command, "commands", {}).values()]
        for parameter in (parameter for one in commands for parameter in one.params):
            assert parameter.type.name in told, f"{name} {parameter.name}"
            assert not parameter.required, f"{name} {parameter.name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_commands_say_the_same_of_themselves(language) -> None:
    commands = program(language)
    context = click.Context(commands)
    found = [commands.get_command(context, name) for name in commands.list_commands(context)]
    told = [text for one in found if one for text in {one.short_help, one.help}]
    assert sorted(told, key=str) == sorted(set(told), key=str)
