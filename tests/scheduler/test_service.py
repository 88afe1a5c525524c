from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest
from checkout import left_out

from xlflow.languages import LANGUAGES
from xlflow.scheduler.service.host import Host, KindElsewhere, kind_here
from xlflow.scheduler.service.installing import guide, service_for, write_service

UNIX = Host(
    PurePosixPath("/opt/our tools/bin/python"),
    PurePosixPath('/srv/需求 100% "new" $HOME/xlflow.toml'),
    "zh-Hans",
)
WINDOWS = Host(
    PureWindowsPath(r"C:\Program Files\Python\python.exe"),
    PureWindowsPath(r"\\server\share\R&D <team>\xlflow.toml"),
    "en",
)
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def texts(host: Host, kind) -> dict[str, str]:
    return {
        file.name: file.data.decode("utf-16" if kind == "windows" else "utf-8")
        for file in service_for(host, kind).files
    }


def exec_start(unit: str) -> list[str]:
    """The words of the command, as systemd reads them."""
    line = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    words = shlex.split(line.removeprefix("ExecStart="))
    return [word.replace("$$", "$").replace("%%", "%") for word in words]


def test_the_units_of_systemd_start_this_python_with_these_settings() -> None:
    held = texts(UNIX, "systemd")
    name = UNIX.name
    assert list(held) == [f"{name}.service", f"{name}-tick.service", f"{name}-tick.timer"]
    settings = ["--settings", str(UNIX.settings_file), "--lang", "zh-Hans"]
    start = [str(UNIX.interpreter), "-m", "xlflow", "schedule"]
    assert exec_start(held[f"{name}.service"]) == [*start, "run", *settings]
    assert exec_start(held[f"{name}-tick.service"]) == [*start, "tick", "--quiet", *settings]
    assert "Persistent=true" in held[f"{name}-tick.timer"]
    assert "Restart=on-failure" in held[f"{name}.service"]


@pytest.mark.parametrize("folder", ["plain", "a b", "需求 100% 'co' $X"])
def test_systemd_itself_takes_the_units(tmp_path: Path, folder: str) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        left_out("no systemd-analyze to look at the units")
    place = tmp_path / folder
    place.mkdir()
    host = Host(Path(sys.executable), place / "xlflow.toml", "en")
    units = write_service(service_for(host, "systemd"), tmp_path / "units", "en")[:3]
    told = subprocess.run(
        [program, "verify", "--user", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    own = [line for line in told.stderr.splitlines() if host.name in line]
    assert (told.returncode, own) == (0, [])


def test_the_task_for_windows_is_utf_16_and_complete() -> None:
    (file,) = service_for(WINDOWS, "windows").files
    assert file.data[:2] == b"\xff\xfe"
    assert b"\r\x00\n\x00" in file.data
    task = ET.fromstring(file.data)
    assert task.tag == f"{TASK}Task"
    # the order that the schema prescribes
    assert [part.tag.removeprefix(TASK) for part in task] == [
        "RegistrationInfo",
        "Triggers",
        "Principals",
        "Settings",
        "Actions",
    ]

    def text(path: str) -> str | None:
        return task.findtext("/".join(f"{TASK}{name}" for name in path.split("/")))

    assert text("Settings/StartWhenAvailable") == "true"
    assert text("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text("Triggers/CalendarTrigger/Repetition/Interval") == "PT5M"
    assert text("Actions/Exec/Command") == str(WINDOWS.interpreter)
    assert text("Actions/Exec/WorkingDirectory") == str(WINDOWS.folder)
    assert text("Actions/Exec/Arguments") == (
        r'-m xlflow schedule tick --quiet --settings "\\server\share\R&D <team>\xlflow.toml"'
        " --lang en"
    )
    principal = task.find(f"{TASK}Principals/{TASK}Principal")
    actions = task.find(f"{TASK}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.get("id") == actions.get("Context")


def test_the_agent_for_macos_is_a_property_list() -> None:
    (file,) = service_for(UNIX, "launchd").files
    agent = plistlib.loads(file.data)
    assert agent["Label"] == UNIX.name
    assert agent["ProgramArguments"][-3:] == [str(UNIX.settings_file), "--lang", "zh-Hans"]
    assert agent["KeepAlive"] == {"SuccessfulExit": False}


def test_two_companies_in_folders_of_one_name_have_services_of_their_own() -> None:
    one, other = (Host(UNIX.interpreter, PurePosixPath(p, "it/xlflow.toml"), "en") for p in "ab")
    assert one.name != other.name
    assert one.name.startswith("xlflow-it-")
    assert UNIX.name.isascii()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["systemd", "cron", "windows", "launchd"])
def test_what_to_type_names_each_file_and_how_to_switch_it_off(kind, language) -> None:
    host = WINDOWS if kind == "windows" else UNIX
    service = service_for(host, kind)
    folder = Path("/srv/a b/scripts/service")
    text = guide(service, folder, language)
    for file in service.files:
        assert file.name in text
    assert "{" not in text.replace("${XDG_CONFIG_HOME", "").replace("{ crontab", "")
    assert "--kind" not in text


def typed(commands: list[str], **environment: str) -> str:
    done = subprocess.run(
        ["/bin/sh", "-ec", "\n".join(commands)],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def commands_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  ")]


def test_the_commands_for_systemd_put_the_files_where_it_looks(tmp_path: Path) -> None:
    folder, home = tmp_path / "it's here", tmp_path / "home"
    service = service_for(UNIX, "systemd")
    write_service(service, folder, "en")
    copy = commands_of(guide(service, folder, "en"))[:2]
    typed(copy, HOME=str(home))
    place = home / ".config" / "systemd" / "user"
    assert {file.name for file in place.iterdir()} == {file.name for file in service.files}


def test_the_command_for_cron_replaces_its_own_line_only(tmp_path: Path) -> None:
    folder, table = tmp_path / "it's here", tmp_path / "table"
    crontab = tmp_path / "crontab"
    crontab.write_text(
        f'#!/bin/sh\n[ "$1" = -l ] && exec cat "{table}"\ncat > "{table}.new"\n'
        f'mv "{table}.new" "{table}"\n',
        encoding="utf-8",
    )
    crontab.chmod(0o755)
    table.write_text("0 1 * * * backup\n", encoding="utf-8")
    service = service_for(UNIX, "cron")
    write_service(service, folder, "en")
    on, _look, off = commands_of(guide(service, folder, "en"))
    path = f"{tmp_path}:/usr/bin:/bin"
    for _ in range(2):
        typed([on], PATH=path)
        lines = table.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "0 1 * * * backup"
        assert len(lines) == 2
    assert lines[1].startswith("*/5 * * * * '/opt/our tools/bin/python'")
    typed([off], PATH=path)
    assert table.read_text(encoding="utf-8") == "0 1 * * * backup\n"


def test_files_for_another_system_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KindElsewhere) as refused:
        kind_here("windows")
    assert "systemd, cron" in refused.value.message("en")
    monkeypatch.setattr("platform.system", lambda: "Windows")
    assert kind_here(None) == "windows"
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert (kind_here(None), kind_here("cron")) == ("launchd", "cron")
