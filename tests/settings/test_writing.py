from __future__ import annotations

from pathlib import Path

import pytest

from xlflow.languages import LANGUAGES
from xlflow.settings import default_settings, load_settings, settings_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_written_file_is_read_back(tmp_path: Path, language):
    path = tmp_path / "xlflow.toml"
    values = {
        "register": {"path": '需求"登记.xlsx', "language": language},
        "template": {"departments": ["市场部", "财务部"]},
    }
    path.write_text(settings_text(language, values), encoding="utf-8")
    settings = load_settings(path)
    assert settings.workbook.path == '需求"登记.xlsx'
    assert settings.workbook.language == language
    assert settings.template.departments == ("市场部", "财务部")
    assert settings.deadlines == default_settings().deadlines


def test_every_default_that_is_shown_may_be_uncommented(tmp_path: Path):
    path = tmp_path / "xlflow.toml"
    text = settings_text("en", {"register": {"path": "register.xlsx"}})
    shown = [line.removeprefix("#") for line in text.splitlines() if not line.startswith("# ")]
    path.write_text("\n".join(shown), encoding="utf-8")
    assert load_settings(path).model_copy(update={"folder": Path()}) == default_settings()
