"""The sample register as the reports see it, in each language."""

from __future__ import annotations

import pytest
from samples import sample_view

from xlflow.languages import LANGUAGES
from xlflow.reports.figures.overview import Overview


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def view(language, now) -> Overview:
    return sample_view(60, language, now)
