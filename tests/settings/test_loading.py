from __future__ import annotations

from pathlib import Path

import pytest

from xlflow.errors import SettingsError
from xlflow.languages import LANGUAGES
from xlflow.settings import load_settings


@pytest.fixture
def settings_file(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "xlflow.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_register_is_all_that_must_be_set(settings_file):
    settings = load_settings(settings_file('[register]\npath = "需求登记.xlsx"\n'))
    assert Path(settings.register_location).name == "需求登记.xlsx"
    assert settings.deadlines.confirm == 1
    assert settings.mail.send is False


def test_paths_are_seen_from_the_folder_of_the_file(settings_file):
    path = settings_file('[register]\npath = "books/a.xlsx"\n')
    settings = load_settings(path)
    assert settings.register_location == str(path.parent / "books" / "a.xlsx")


def test_a_register_on_a_server_keeps_its_address(settings_file):
    place = "smb://server:445/共享/books/a b.xlsx"
    settings = load_settings(settings_file(f'[register]\npath = "{place}"\n'))
    assert settings.register_location == place


@pytest.mark.parametrize("place", ["smb://server", "smb://server/share", "SMB:///share/a.xlsx", ""])
def test_an_address_without_server_share_or_file_is_a_fault(settings_file, place: str):
    with pytest.raises(SettingsError, match=r":2: register\.path"):
        load_settings(settings_file(f'[register]\npath = "{place}"\n'))


def test_a_path_of_windows_in_double_quotes_is_a_fault(settings_file):
    with pytest.raises(SettingsError, match="single quotes"):
        load_settings(settings_file('[register]\npath = "C:\\team\\register.xlsx"\n'))


def test_every_fault_is_told_at_once_with_its_line(settings_file):
    path = settings_file(
        "\n".join(
            (
                "[register]",
                'path = "a.xlsx"',
                'lang = "en"',
                "[mail]",
                "port = 99999",
                'security = "ssl"',
                'weekly = ["a@example.com", "nobody"]',
                "[deadlines]",
                'confirm = "two"',
                "[calendar]",
                'timezone = "Mars/Olympus"',
            )
        )
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    lines = caught.value.message("en").splitlines()
    assert "6 faults" in lines[0]
    assert [line.removeprefix(f"{path}:").split(": ")[:2] for line in lines[1:]] == [
        ["3", "register.lang"],
        ["5", "mail.port"],
        ["6", "mail.security"],
        ["7", "mail.weekly.1"],
        ["9", "deadlines.confirm"],
        ["11", "calendar.timezone"],
    ]
    assert "language" in lines[1]
    assert "65535" in lines[2]


def test_a_missing_section_is_named(settings_file):
    with pytest.raises(SettingsError, match="register: is missing"):
        load_settings(settings_file("[mail]\nport = 25\n"))


def test_a_password_in_the_settings_is_no_setting(settings_file):
    text = '[register]\npath = "a.xlsx"\n[mail]\npassword = "secret"\n'
    with pytest.raises(SettingsError) as caught:
        load_settings(settings_file(text))
    assert "mail.password" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_is_no_toml_says_where(settings_file, language):
    with pytest.raises(SettingsError) as caught:
        load_settings(settings_file("[register\npath = 1"))
    assert "line 1" in caught.value.message(language)


def test_a_missing_file_says_what_to_type(tmp_path: Path):
    with pytest.raises(SettingsError, match="xlflow init"):
        load_settings(tmp_path / "xlflow.toml")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('validate_from = "8"', 'is no time of day; write it like "08:30".'),
        ('validate_until = "24:00"', "is no time of day"),
        ('digest_at = "never"', 'or "off" to switch the job off.'),
        ('weekly_on = "Montag"', "Use one of: 'monday'"),
        ("archive_on_day = 31", "28 at most"),
        ("validate_minutes = -1", "0 at least"),
        ('validate_from = "19:00"', "validate_until lies before validate_from (19:00)"),
    ],
)
def test_a_faulty_schedule_is_told_with_what_would_be_right(tmp_path, line, told):
    file = tmp_path / "xlflow.toml"
    file.write_text(f'[register]\npath = "a.xlsx"\n[schedule]\n{line}\n', encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    assert told in refused.value.message("en")


def test_times_of_day_are_taken_in_the_ways_that_people_write_them(tmp_path):
    file = tmp_path / "xlflow.toml"
    lines = 'validate_from = 07:15:00\ndigest_at = "9:05"\nweekly_on = "Friday"\nweekly_at = "Off"'
    file.write_text(f'[register]\npath = "a.xlsx"\n[schedule]\n{lines}\n', encoding="utf-8")
    schedule = load_settings(file).schedule
    assert (schedule.validate_from, schedule.digest_at) == ("07:15", "09:05")
    assert (schedule.weekly_on, schedule.weekly_at) == ("friday", "off")
