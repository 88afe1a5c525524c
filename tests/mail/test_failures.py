from __future__ import annotations

from typing import get_args

import pytest

from xlflow.languages import LANGUAGES, Language, entry
from xlflow.mail import Failure
from xlflow.mail.addresses import FaultReason
from xlflow.mail.delivery import ResultOutcome
from xlflow.mail.failures import FailureKind


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_a_text_for_each_case_and_no_other(language: Language) -> None:
    for section, cases in {
        "mail.failure": FailureKind,
        "mail.address-fault": FaultReason,
        "mail.outcome": ResultOutcome,
    }.items():
        assert set(entry(language, section)) == set(get_args(cases))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_each_failure_is_one_line_that_names_the_server_or_the_setting(
    language: Language, kind: FailureKind
) -> None:
    failure = Failure("again", kind, "mail.firma.cn", 587, "wang", 30.0, 451, "Try {later}")
    told = failure.message(language)
    assert "\n" not in told
    assert "451 Try {later}" in told
    if kind not in ("ca-file", "user-name"):
        assert "mail.firma.cn" in told
