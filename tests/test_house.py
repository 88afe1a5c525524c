"""The plan of the house (docs/architecture.md), kept true: floors, sizes, names, dependencies."""

from __future__ import annotations

import ast
import configparser
import graphlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from checkout import ROOT, tracked

MAX_LINES = 400
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

# Imports look down: a room may use itself and the rooms on lower floors.
FLOORS = (
    {"languages"},
    {"errors"},
    {"record", "files"},
    {"expressions"},
    {"settings", "pages"},
    {"adoption", "checks", "forecast", "timing", "history"},
    {"workbook", "ledger", "reports", "mail"},
    {"jobs"},
    {"scheduler"},
    {"cli"},
    {"xlflow", "__main__"},  # the public names, and `python -m xlflow`
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement of our own: who takes from where."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def modules(package: Path) -> dict[str, Path]:
    """Dotted name -> file, for each module under the package's folder."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(package: Path) -> list[Import]:
    """All imports inside the package, wherever they stand: in functions and for types, too."""
    known = modules(package)
    found = []
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in targets(node, name, is_package=path.name == "__init__.py"):
                # The version is a plain constant: anyone may say it.
                if target.split(".")[0] == package.name and target != f"{package.name}.__version__":
                    module = target if target in known else target.rpartition(".")[0]
                    found.append(Import(name, module, node.lineno))
    return found


def targets(node: ast.AST, importer: str, *, is_package: bool) -> Iterator[str]:
    """Dotted names that an import statement takes: a module, or a name in one."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        source = node.module or ""
        if node.level:
            above = node.level - is_package
            base = importer.split(".")
            source = ".".join([*base[: len(base) - above], *filter(None, [source])])
        yield from (f"{source}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """`xlflow.mail.delivery` -> `mail`; the package itself -> `xlflow`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def floor_faults(found: list[Import]) -> list[str]:
    """The imports that look up or sideways."""
    faults = []
    for one in found:
        here, there = room(one.importer), room(one.imported)
        if here not in FLOOR_OF or there not in FLOOR_OF:
            faults.append(f"{one}: a room without a floor")
        elif here != there and FLOOR_OF[there] > FLOOR_OF[here]:
            faults.append(f"{one}: looks up")
        elif here != there and FLOOR_OF[there] == FLOOR_OF[here]:
            faults.append(f"{one}: looks sideways")
    return faults


def circle(found: list[Import]) -> list[str]:
    """The modules of one circle of imports; [] where there is none."""
    graph: dict[str, set[str]] = {}
    for one in found:
        graph.setdefault(one.importer, set()).add(one.imported)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as err:
        return list(err.args[1])
    return []


def size_faults(package: Path) -> list[str]:
    """Modules that hold more than one subject, by their length, or say nothing about themselves."""
    faults = []
    for name, path in modules(package).items():
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > MAX_LINES:
            faults.append(f"{name}: {lines} lines")
        if not ast.get_docstring(ast.parse(text)):
            faults.append(f"{name}: no docstring")
    return faults


def vague(paths: list[str]) -> list[str]:
    """The paths with a folder or file whose name does not say what it holds."""
    return [path for path in paths if VAGUE_NAMES & {p.split(".")[0] for p in Path(path).parts}]


def test_imports_look_down() -> None:
    assert floor_faults(imports(ROOT / "xlflow")) == []


def test_imports_make_no_circle() -> None:
    assert circle(imports(ROOT / "xlflow")) == []


def test_every_module_is_short_and_says_what_it_is_for() -> None:
    assert size_faults(ROOT / "xlflow") == []


def test_files_and_folders_are_nouns_of_the_field() -> None:
    assert vague(tracked()) == []


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("mail/send.py", "from xlflow.jobs import run", "looks up"),
        ("mail/send.py", "import xlflow.workbook.patch", "looks sideways"),
        ("checks/rules.py", "def f():\n    from ..timing import calendar", "looks sideways"),
        ("record/fields.py", "from typing import Any\nfrom xlflow.cli import main", "looks up"),
        ("record/fields.py", "from xlflow import run", "looks up"),
        ("attic/box.py", "from xlflow.record import fields", "a room without a floor"),
    ],
)
def test_an_import_that_looks_up_or_sideways_is_found(
    tmp_path: Path, path: str, text: str, fault: str
) -> None:
    file = tmp_path / "xlflow" / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    faults = floor_faults(imports(tmp_path / "xlflow"))
    assert [f.rpartition(": ")[2] for f in faults] == [fault]


def test_an_import_that_looks_down_or_stays_is_fine(tmp_path: Path) -> None:
    package = tmp_path / "xlflow"
    (package / "mail").mkdir(parents=True)
    (package / "mail" / "__init__.py").write_text("from .send import deliver")
    (package / "mail" / "send.py").write_text(
        "import json\nfrom xlflow import __version__\nfrom xlflow.record.fields import SHEETS\n"
    )
    assert floor_faults(imports(package)) == []
    assert circle(imports(package)) == []


def test_a_circle_is_found_even_through_a_function(tmp_path: Path) -> None:
    package = tmp_path / "xlflow" / "mail"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from xlflow.mail.send import deliver")
    (package / "send.py").write_text("def deliver():\n    from xlflow.mail import deliver")
    assert set(circle(imports(tmp_path / "xlflow"))) == {"xlflow.mail", "xlflow.mail.send"}


def test_a_long_module_and_a_silent_one_are_found(tmp_path: Path) -> None:
    package = tmp_path / "xlflow"
    package.mkdir()
    (package / "long.py").write_text('"""Long."""\n' * (MAX_LINES + 1))
    (package / "silent.py").write_text("x = 1\n")
    assert size_faults(package) == [
        f"xlflow.long: {MAX_LINES + 1} lines",
        "xlflow.silent: no docstring",
    ]


def test_a_vague_name_is_found() -> None:
    assert vague(["xlflow/utils/dates.py", "tests/helpers.py", "xlflow/mail/eml.py"]) == [
        "xlflow/utils/dates.py",
        "tests/helpers.py",
    ]


# Hosts and paths in two halves: this file is searched, too.
FOREIGN = re.compile(
    rb"pypi\.(?:org)|python(?:hosted)|registry\.(?:npmjs)|deb\.deb(?:ian)"
    rb"|/wo(?:rk)/|/ro(?:ot)/|/opt/(?:pypi|wheels)"
)


def test_no_file_names_a_registry_host_or_a_path_of_one_machine() -> None:
    named = {
        path: found.group().decode()
        for path in tracked()
        if (found := FOREIGN.search((ROOT / path).read_bytes()))
    }
    assert named == {}


def test_scripts_are_executable_and_say_what_they_are_for() -> None:
    scripts = [path for path in tracked() if path.startswith(("scripts/", ".ci/"))]
    assert scripts
    for path in scripts:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        if lines[0].startswith("#!"):
            assert os.access(ROOT / path, os.X_OK), path
            assert lines[1].startswith("# "), f"{path}: no comment says what it is for"


def test_shell_scripts_parse() -> None:
    for path in tracked():
        if path.startswith("scripts/") and (ROOT / path).read_bytes().startswith(b"#!/bin/sh"):
            subprocess.run(["sh", "-n", ROOT / path], check=True)


def dependencies() -> dict[str, list[str]]:
    """ "" (always) or the extra -> requirements, as setup.cfg has them."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    sections = {"": parser["options"]["install_requires"], **parser["options.extras_require"]}
    return {extra: text.strip().splitlines() for extra, text in sections.items()}


def test_every_library_that_the_code_imports_is_declared() -> None:
    imported = {
        target.split(".")[0]
        for path in modules(ROOT / "xlflow").values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for target in targets(node, "xlflow", is_package=True)
    }
    # pydantic pins pydantic_core, the half of it that is written in Rust.
    foreign = imported - set(sys.stdlib_module_names) - {"xlflow", "pydantic_core"}
    declared = {
        re.split(r"[ ;<>=\[]", requirement)[0].lower()
        for extra in ("", "countries", "documents", "keyring", "parquet", "postgresql", "smb")
        for requirement in dependencies()[extra]
    }
    installed = packages_distributions()
    undeclared = {
        module
        for module in foreign
        if not declared & {name.lower() for name in installed.get(module, ())}
    }
    assert foreign
    assert undeclared == set()


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    # Time zones and stubs are dated, not versioned: any newer one is right.
    dated = ("tzdata", "types-")
    for requirement in chain.from_iterable(dependencies().values()):
        assert ">=" in requirement, requirement
        assert "<" in requirement or requirement.startswith(dated), requirement


def test_every_dependency_has_its_reason_in_the_docs_and_no_other() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    listed: dict[str, set[str]] = {}
    extra = ""
    for line in text.splitlines():
        if heading := re.match(r"## .*?(?:`(\w+)`)?$", line):
            extra = heading.group(1) or ""
        elif entry := re.match(r"\| `([^`]+)` \| (\S.*) \|$", line):
            listed.setdefault(extra, set()).add(entry.group(1))
    wanted = {
        extra: {re.split(r"[ ;<>=\[]", requirement)[0] for requirement in requirements}
        for extra, requirements in dependencies().items()
    }
    assert listed == wanted
