"""What a command says of rights that the drive did not let it keep."""

from __future__ import annotations

import pytest

from xlflow.cli.options import Door
from xlflow.cli.run import print_lost
from xlflow.languages import LANGUAGES


def told(lost: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]) -> str:
    print_lost(Door(language, None), lost)
    return capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_where_all_rights_were_kept(language, capsys):
    assert told((), language, capsys) == ""


def test_another_owner_is_no_cause_for_alarm(capsys):
    assert "as after anyone's save" in told(("group", "owner"), "en", capsys)


def test_lost_rights_are_named_in_the_language_of_the_person(capsys):
    said = told(("owner", "acl", "user.origin"), "zh-Hans", capsys)
    assert "所有者, 访问控制列表（ACL）, user.origin" in said
    assert "administrator" in told(("mode",), "en", capsys)
