"""The doctor tries a company's templates before anybody needs them, and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import word
from company import NOW, Company

from xlflow.jobs.doctor import documents
from xlflow.jobs.doctor.lines import Line
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.jobs.documents import write_templates
from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import KINDS


def looked(tmp_path: Path, **settings: object) -> list[Line]:
    """What the doctor says of the templates of a company with these settings."""
    company = Company(tmp_path / "company", documents=settings)
    surroundings = Surroundings.of(company.settings, os.environ, lambda: NOW)
    return list(documents.templates(surroundings))


def told(lines: list[Line], state: str) -> list[str]:
    return [line.message("en") for line in lines if line.state == state]


def test_without_templates_of_its_own_a_company_has_xlflow_s(tmp_path):
    assert told(looked(tmp_path), "good") == ["made from xlflow's own templates."]


def test_every_shipped_template_passes_in_every_language(tmp_path):
    own = tmp_path / "templates"
    for language in LANGUAGES:
        write_templates(own, language)
    lines = looked(tmp_path, templates=str(own))
    assert [line.state for line in lines] == ["good"]
    assert f"{len(KINDS) * 3} templates" in lines[0].message("en")


def test_each_faulty_template_is_told_with_its_place_and_a_strange_one_noted(tmp_path):
    own = tmp_path / "templates"
    write_templates(own, "en")
    (own / "solution.en.docx").write_bytes(word.template("Aim: {{ record.gaol }}"))
    (own / "test-report.en.docx").write_bytes(b"text")
    (own / "solutions.docx").write_bytes(b"text")
    lines = looked(tmp_path, templates=str(own))
    bad = told(lines, "bad")
    assert len(bad) == 2
    assert "Aim: {{ record.gaol }}" in bad[0]
    assert "test-report.en.docx" in bad[1]
    assert "solutions.docx" in told(lines, "note")[0]
    assert "6 templates" in told(lines, "good")[0]
    assert not (tmp_path / "company" / "documents").exists()


def test_missing_libraries_are_a_note_until_a_company_has_templates(tmp_path, monkeypatch):
    monkeypatch.setattr("xlflow.reports.documents.find_spec", lambda _name: None)
    assert 'pip install "xlflow[documents]"' in told(looked(tmp_path), "note")[0]
    lines = looked(tmp_path / "other", templates="own")
    assert 'pip install "xlflow[documents]"' in told(lines, "bad")[0]
