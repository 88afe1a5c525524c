from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import left_out

from xlflow.cli import main

_SECONDS = 90


class Bash:
    """A real bash, and a person who types into it."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("bash")
        if found is None:
            left_out("no bash on this machine")
        program = folder / "bin" / "xlflow"
        program.parent.mkdir()
        program.write_text(
            f"#!{sys.executable}\nfrom xlflow.cli import main\nmain()\n", encoding="utf-8"
        )
        program.chmod(0o755)
        ours, theirs = pty.openpty()
        self.terminal = ours
        self.process = subprocess.Popen(
            [found, "--norc", "--noprofile", "-i"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            start_new_session=True,
            env=os.environ
            | {
                "PATH": f"{program.parent}:{os.environ['PATH']}",
                "PS1": "ready> ",
                "TERM": "dumb",
                "XLFLOW_LANG": "en",
                "COLUMNS": "200",
            },
        )
        os.close(theirs)
        self.shown = ""

    def types(self, keys: str) -> None:
        self.shown = ""
        os.write(self.terminal, keys.encode())

    def shows(self, text: str) -> bool:
        """Whether the terminal shows this before the patience ends."""
        give_up_at = time.monotonic() + _SECONDS
        while text not in self.shown:
            ready, _, _ = select.select([self.terminal], [], [], give_up_at - time.monotonic())
            if not ready:
                return False
            self.shown += os.read(self.terminal, 65536).decode(errors="replace")
        return True


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Bash]:
    shell = Bash(tmp_path)
    assert shell.shows("ready> ")
    shell.types('eval "$(xlflow completion bash)"; echo switched on\r')
    assert shell.shows("\nswitched on")
    yield shell
    shell.process.kill()
    shell.process.wait()
    os.close(shell.terminal)


def test_the_tab_key_completes_commands_options_and_values_in_bash(bash: Bash):
    bash.types("xlflow doct\t")
    assert bash.shows("xlflow doctor "), bash.shown
    bash.types("--js\t")
    assert bash.shows("--json "), bash.shown
    bash.types("--lang e\t")
    assert bash.shows("--lang en "), bash.shown
    bash.types("\x15xlflow check --format c\t")
    assert bash.shows("--format csv "), bash.shown


@pytest.mark.parametrize(
    ("shell", "sign"),
    [("bash", "complete -o nosort"), ("zsh", "#compdef xlflow"), ("fish", "complete --no-files")],
)
def test_each_shell_has_its_script(capsys, monkeypatch, shell: str, sign: str):
    for arguments in (["completion", shell], ["completion"]):
        monkeypatch.setenv("SHELL", f"/usr/local/bin/{shell}")
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        script = capsys.readouterr().out
        assert sign in script
        assert "_XLFLOW_COMPLETE" in script
