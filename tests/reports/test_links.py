from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from xlflow.reports.links import register_link, target


@pytest.mark.parametrize(
    ("register", "folder", "link"),
    [
        (r"S:\需求\register.xlsx", r"S:\需求\reports", "../register.xlsx"),
        (r"S:\a\register.xlsx", r"S:\a", "register.xlsx"),
        (r"S:\a\b\register.xlsx", r"s:\c\d", "../../a/b/register.xlsx"),
        (r"\\server\share\a\register.xlsx", r"\\server\share\b", "../a/register.xlsx"),
        (r"S:\a\register.xlsx", r"C:\reports", r"S:\a\register.xlsx"),
        (r"\\server\share\register.xlsx", r"C:\reports", r"\\server\share\register.xlsx"),
    ],
)
def test_a_link_is_relative_where_both_lie_on_one_drive(register, folder, link):
    assert register_link(PureWindowsPath(register), PureWindowsPath(folder)) == link


def test_a_link_is_relative_on_posix():
    register, folder = PurePosixPath("/srv/需求/r.xlsx"), PurePosixPath("/srv/需求/out/2024")
    assert register_link(register, folder) == "../../r.xlsx"


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("../register.xlsx", "external:../register.xlsx#Register!F12"),
        ("../50% #1 a.xlsx", "external:../50%25%20%231%20a.xlsx#Register!F12"),
        (r"\\server\share\r.xlsx", r"external:\\server\share\r.xlsx#Register!F12"),
        ("https://host/r.xlsx", "https://host/r.xlsx#Register!F12"),
        ("/srv/r.xlsx", "File:///srv/r.xlsx#Register!F12"),
    ],
)
def test_a_place_names_file_and_cell(link, place):
    assert target(link, "Register!F12") == place
