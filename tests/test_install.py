"""What a user installs: the wheel holds all it needs, and the set-up says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT, tracked

# One process makes the wheel and its environment, all tests here use them.
pytestmark = pytest.mark.xdist_group("wheel")

QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tracked files and nothing else that lies about."""
    folder = tmp_path_factory.mktemp("构建 wheel")
    source = folder / "source"
    for path in tracked():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "-w", folder, source]
    subprocess.run(command, check=True, env=os.environ | QUIET)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The commands of a fresh virtual environment with the wheel and nothing for tests."""
    environment = wheel.parent / "环境 venv"
    venv.create(environment, with_pip=True)
    commands = environment / "bin"
    install = [commands / "python", "-m", "pip", "install", "-qq", "--no-compile", wheel]
    subprocess.run(install, check=True, env=os.environ | QUIET)
    return commands


def run(commands: Path, *arguments: str | Path, folder: Path) -> str:
    """Run a command of the installed environment, away from the repository."""
    hidden = {"PYTHONPATH", "XLFLOW_LANG"}
    done = subprocess.run(
        [commands / arguments[0], *arguments[1:]],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in hidden},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = wheel.parent / "source"
    files = (path for path in (source / "xlflow").rglob("*") if path.is_file())
    assert inside == {path.relative_to(source).as_posix() for path in files}


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = archive.read(info).decode()
        assert f"{Path(info).parent}/licenses/LICENSE" in archive.namelist()
    assert "\nLicense-Expression: Apache-2.0\n" in metadata


def test_an_installed_xlflow_works_without_the_repository(installed: Path, tmp_path: Path) -> None:
    assert "Usage: xlflow" in run(installed, "xlflow", "--lang", "en", "--help", folder=tmp_path)
    assert not (installed / "pytest").exists(), "the tests' tools are not installed with it"
    assert run(installed, "python", "-m", "pip", "check", folder=tmp_path)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_an_installed_xlflow_has_the_templates_inside(
    installed: Path, tmp_path: Path, language: str
) -> None:
    run(installed, "xlflow", "template", "--lang", language, folder=tmp_path)
    (written,) = tmp_path.iterdir()
    shipped = ROOT / "workbook_templates" / f"register.{language}.xlsx"
    assert parts(written) == parts(shipped)


def test_an_installed_xlflow_tells_what_word_documents_need(
    installed: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [installed / "xlflow", "documents", "--templates", tmp_path, "--lang", "en"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert 'Type: pip install "xlflow[documents]"' in done.stderr
    assert list(tmp_path.iterdir()) == []


def parts(workbook: Path) -> dict[str, bytes]:
    """Part name -> content."""
    with zipfile.ZipFile(workbook) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout on a machine that has the usual small tools, and no Python so far."""
    scripts, commands = tmp_path / "空 repo" / "scripts", tmp_path / "bin"
    scripts.mkdir(parents=True)
    commands.mkdir()
    for script in ("setup", "apt-install"):
        shutil.copy(ROOT / "scripts" / script, scripts)
    for tool in ("sh", "cat", "cksum", "dirname", "env", "grep", "head", "rm", "sed"):
        (commands / tool).symlink_to(str(shutil.which(tool)))
    return scripts


def command(bare: Path, name: str, script: str) -> None:
    """Put a small command into the bare machine."""
    path = bare.parent.parent / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def set_up(bare: Path) -> subprocess.CompletedProcess[str]:
    """Run its scripts/setup with only its own commands on the path."""
    environment = {"PATH": str(bare.parent.parent / "bin")}
    return subprocess.run(
        [bare / "setup"], env=environment, capture_output=True, text=True, check=False
    )


def test_set_up_asks_for_a_newer_python(bare: Path) -> None:
    command(bare, "python3", '[ "$1" = --version ] && echo Python 3.9.2 || exit 1')
    done = set_up(bare)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in done.stderr


def test_set_up_tells_what_to_type_where_debian_has_no_venv(bare: Path) -> None:
    # A Python as Debian installs it, without its package python3-venv, and a user who is not root.
    command(
        bare,
        "python3",
        f"""case $2 in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@" """,
    )
    for name, answer in {"id": "echo 1000", "apt-get": "exit 1", "dpkg-query": "exit 1"}.items():
        command(bare, name, answer)
    done = set_up(bare)
    assert done.returncode == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"type: sudo apt-get install --no-install-recommends python{version}-venv" in done.stderr
