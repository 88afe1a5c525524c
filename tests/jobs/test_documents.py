"""The documents of a register's records: which are made, where they lie, and what is left alone."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import word
from company import NOW, Company
from docx import Document
from registers import clean

from xlflow.errors import UsageError
from xlflow.files import FileNotRead, FileNotWritten
from xlflow.jobs.documents import Documents, Wish, make_documents, write_templates
from xlflow.languages import LANGUAGES
from xlflow.reports.documents.kinds import KINDS
from xlflow.reports.documents.rendering import TemplateFaulty
from xlflow.settings import load_settings, settings_text

NUMBER = "2024-015"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path / "company")
    made.has(clean("closed", number=NUMBER))
    return made


def with_templates(company: Company, folder: Path) -> None:
    """The company's settings name a folder of templates."""
    text = settings_text(
        "en",
        {
            "register": {"path": "drive/register.xlsx", "language": "en"},
            "documents": {"templates": folder.name, "company": "Blue & Sons <Ltd>"},
        },
    )
    (company.settings.folder / "xlflow.toml").write_text(text, encoding="utf-8")
    company.settings = load_settings(company.settings.folder / "xlflow.toml")


def made(company: Company, *numbers: str, now=NOW, **wish) -> Documents:
    return make_documents(company.settings, numbers or (NUMBER,), now, Wish(**wish))


def kinds(documents: Documents) -> list[str]:
    return [one.kind.id for one in documents.made]


def states(documents: Documents) -> set[str]:
    return {one.place.filed for one in documents.made}


def test_a_closed_requirement_has_all_eight_in_its_own_folder(company):
    documents = made(company)
    assert kinds(documents) == [kind.id for kind in KINDS]
    assert documents.failed == ()
    folder = company.settings.folder / "documents" / NUMBER
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{NUMBER} {kind.name('en')}.docx" for kind in KINDS
    )


@pytest.mark.parametrize(
    ("status", "changes", "steps"),
    [
        ("submitted", {}, {1}),
        ("assessing", {}, {1, 2}),
        ("designing", {}, {1, 2, 3}),
        ("developing", {}, {1, 2, 3}),
        ("testing", {}, {1, 2, 3, 5}),
        ("live", {}, {1, 2, 3, 5, 6}),
        ("blocked", {"live_on": None, "result": None, "accepted_by": None}, {1, 2, 3}),
        ("cancelled", dict.fromkeys(
            ("live_on", "result", "accepted_by", "solution", "confirmed_on", "assessed_on",
             "business_signed_on", "technical_signed_on")), {1}),
    ],
)  # fmt: skip
def test_a_requirement_has_the_documents_of_the_steps_it_has_reached(
    company, status, changes, steps
):
    company.has(clean(status, number=NUMBER, **changes))
    assert {one.kind.step for one in made(company).made} == steps


def test_a_step_or_a_kind_may_be_asked_for(company):
    company.has(clean("submitted", number=NUMBER))
    assert kinds(made(company, step=5)) == ["test-report", "uat-report", "golive-confirmation"]
    assert kinds(made(company, kinds=("solution", "retrospective"))) == [
        "solution",
        "retrospective",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_language_may_be_asked_for(company, language):
    (one,) = made(company, kinds=("solution",), language=language).made
    assert one.place.path.stem == f"{NUMBER} {one.kind.name(language)}"
    assert one.kind.name(language) in word.texts(one.place.path.read_bytes())


def test_a_missing_field_is_listed_once_with_all_the_documents_that_show_it(company):
    company.has(clean("closed", number=NUMBER, goal=None, criteria=None))
    gaps = {gap.label: (gap, shown) for (_, gap), shown in made(company).gaps.items()}
    assert gaps.keys() == {"Goal", "Acceptance criteria"}
    goal, shown = gaps["Goal"]
    assert goal.cell == company.register().requirements.cell(4, "goal")
    assert len(shown) > 3


def test_numbers_that_are_not_there_are_told_all_at_once(company):
    with pytest.raises(UsageError) as caught:
        made(company, "2024-016", NUMBER, "x")
    assert "2024-016, x" in caught.value.message("en")
    assert NUMBER in caught.value.message("en")
    assert not (company.settings.folder / "documents").exists()


def test_a_number_that_stands_twice_is_told_with_both_cells(company):
    company.has(clean("closed", number=NUMBER), clean("closed", number=NUMBER))
    with pytest.raises(UsageError) as caught:
        made(company)
    assert "Register!A4, Register!A5" in caught.value.message("en")


def test_a_number_cannot_lead_out_of_the_folder(company):
    number = "../../2024-001"
    company.has(clean("submitted", number=number))
    (one,) = made(company, number).made
    assert one.place.path.is_relative_to(company.settings.folder / "documents")


def test_a_second_time_changes_nothing_even_on_another_day(company):
    before = {one.place.path: one.place.path.read_bytes() for one in made(company).made}
    assert states(made(company, now=NOW + timedelta(days=3))) == {"unchanged"}
    assert all(path.read_bytes() == data for path, data in before.items())


def test_a_document_follows_its_record_as_long_as_nobody_has_edited_it(company):
    made(company)
    company.has(clean("closed", number=NUMBER, goal="Sync within 2 seconds"))
    documents = made(company)
    assert states(documents) == {"replaced", "unchanged"}
    solution = next(one.place for one in documents.made if one.kind.id == "solution")
    assert solution.filed == "replaced"
    assert "Sync within 2 seconds" in word.text_of(solution.path.read_bytes())


def test_what_a_document_does_not_show_leaves_it_as_it_was(company):
    made(company)
    company.has(clean("closed", number=NUMBER, monitoring="All quiet"))
    filed = {one.kind.id: one.place.filed for one in made(company).made}
    shown = {"golive-confirmation", "closure-confirmation", "retrospective"}
    assert {kind for kind, state in filed.items() if state == "replaced"} == shown


def edit(path: Path) -> bytes:
    """A person adds a sentence in Word."""
    document = Document(BytesIO(path.read_bytes()))
    document.add_paragraph("Added by hand.")
    path.write_bytes(word.saved(document))
    return path.read_bytes()


def solution(company: Company, **wish) -> Path:
    (one,) = made(company, kinds=("solution",), **wish).made
    return one.place.path


def test_an_edited_document_is_kept_while_the_record_stays_as_it_was(company):
    path = solution(company)
    edited = edit(path)
    documents = made(company, kinds=("solution",), now=NOW + timedelta(days=3))
    assert states(documents) == {"kept"}
    assert path.read_bytes() == edited
    assert len(list(path.parent.iterdir())) == 1


def test_a_new_status_alone_makes_no_second_one_of_an_edited_document(company):
    company.has(clean("developing", number=NUMBER))
    path = solution(company)
    edit(path)
    company.has(clean("testing", number=NUMBER, checked_on=NOW.date()))
    assert solution(company) == path
    assert "Added by hand." in word.texts(path.read_bytes())


def test_a_new_status_is_shown_in_a_document_that_nobody_has_edited(company):
    company.has(clean("developing", number=NUMBER))
    path = solution(company)
    company.has(clean("testing", number=NUMBER))
    assert solution(company) == path
    assert "Testing" in word.texts(path.read_bytes())


def test_an_edited_document_gets_a_new_one_beside_it_when_the_record_has_changed(company):
    path = solution(company)
    edited = edit(path)
    company.has(clean("closed", number=NUMBER, goal="Sync within 2 seconds"))
    (one,) = made(company, kinds=("solution",)).made
    assert one.place.path.name == f"{NUMBER} Solution document (2).docx"
    assert one.place.beside == path
    assert path.read_bytes() == edited
    company.has(clean("closed", number=NUMBER, goal="Sync within 1 second"))
    (again,) = made(company, kinds=("solution",)).made
    assert (again.place.path, again.place.filed) == (one.place.path, "replaced")
    edit(one.place.path)
    company.has(clean("closed", number=NUMBER, goal="Sync at once, within 100 ms"))
    (third,) = made(company, kinds=("solution",)).made
    assert third.place.path.name == f"{NUMBER} Solution document (3).docx"


def test_an_edited_document_is_replaced_when_asked_for(company):
    path = solution(company)
    edit(path)
    assert solution(company, overwrite=True) == path
    assert "Added by hand." not in word.texts(path.read_bytes())


def test_a_file_of_that_name_that_is_none_of_xlflow_s_is_left_alone(company):
    folder = company.settings.folder / "documents" / NUMBER
    folder.mkdir(parents=True)
    foreign = folder / f"{NUMBER} Solution document.docx"
    foreign.write_bytes(b"a scan of the signed one")
    assert solution(company).name.endswith("(2).docx")
    assert foreign.read_bytes() == b"a scan of the signed one"


def test_a_company_s_own_template_is_taken_and_the_others_are_xlflow_s(company):
    folder = company.settings.folder / "own"
    folder.mkdir()
    own = word.template("{{ register.company }}: {{ record.title }}")
    (folder / "solution.en.docx").write_bytes(own)
    with_templates(company, folder)
    documents = {one.kind.id: one.place.path.read_bytes() for one in made(company).made}
    title = company.column("title")[0]
    assert f"Blue & Sons <Ltd>: {title}" in word.texts(documents["solution"])
    assert "Test report" in word.texts(documents["test-report"])
    assert "Blue & Sons <Ltd>\t2024-015" in word.texts(documents["test-report"])


def test_a_changed_template_makes_its_documents_anew(company):
    folder = company.settings.folder / "own"
    with_templates(company, folder)
    write_templates(folder, "en")
    assert states(made(company)) == {"written"}
    (folder / "solution.en.docx").write_bytes(word.template("New: {{ record.title }}"))
    filed = {one.kind.id: one.place.filed for one in made(company).made}
    assert filed.pop("solution") == "replaced"
    assert set(filed.values()) == {"unchanged"}


def test_a_faulty_template_fails_alone(company):
    folder = company.settings.folder / "own"
    folder.mkdir()
    (folder / "solution.en.docx").write_bytes(word.template("{{ ''.__class__ }}"))
    (folder / "test-report.en.docx").write_bytes(b"no document")
    with_templates(company, folder)
    documents = made(company)
    assert [one.kind.id for one in documents.failed] == ["solution", "test-report"]
    assert len(documents.made) == len(KINDS) - 2
    for one in documents.failed:
        assert isinstance(one.error, TemplateFaulty)
        assert str(folder / f"{one.kind.id}.en.docx") in one.error.message("en")
    names = [path.name for path in (company.settings.folder / "documents" / NUMBER).iterdir()]
    assert len(names) == len(KINDS) - 2


def test_a_template_whose_name_belongs_to_no_document_is_told(company):
    folder = company.settings.folder / "own"
    folder.mkdir()
    for name in ("soluton.en.docx", "~$solution.en.docx", "notes.txt"):
        (folder / name).write_bytes(b"")
    with_templates(company, folder)
    assert [path.name for path in made(company).strange] == ["soluton.en.docx"]


def test_a_folder_of_templates_that_is_not_there_is_told(company):
    with_templates(company, company.settings.folder / "nowhere")
    with pytest.raises(FileNotRead):
        made(company)


def test_a_document_that_cannot_be_written_leaves_the_others_alone(company):
    folder = company.settings.folder / "documents" / NUMBER
    (folder / f"{NUMBER} Solution document.docx").mkdir(parents=True)
    documents = made(company)
    assert [one.kind.id for one in documents.failed] == ["solution"]
    assert isinstance(documents.failed[0].error, FileNotRead | FileNotWritten)
    assert len(documents.made) == len(KINDS) - 1


def test_templates_are_written_once_and_never_over_edited_ones(tmp_path):
    written = write_templates(tmp_path / "own", "zh-Hant")
    assert all(written.values())
    assert {path.name for path in written} == {f"{kind.id}.zh-Hant.docx" for kind in KINDS}
    path = tmp_path / "own" / "solution.zh-Hant.docx"
    path.write_bytes(b"edited")
    assert not any(write_templates(tmp_path / "own", "zh-Hant").values())
    assert path.read_bytes() == b"edited"
    assert all(write_templates(tmp_path / "own", "zh-Hant", overwrite=True).values())
    assert path.read_bytes() != b"edited"


def test_a_template_may_be_edited_in_a_word_processor_and_still_works(company, tmp_path):
    folder = company.settings.folder / "own"
    write_templates(folder, "en")
    path = folder / "requirement-record.en.docx"
    document = Document(BytesIO(path.read_bytes()))
    document.add_paragraph("Cost centre 42, {{ record.department }}")
    path.write_bytes(word.saved(document))
    with_templates(company, folder)
    (one,) = made(company, kinds=("requirement-record",)).made
    assert "Cost centre 42, Marketing" in word.texts(one.place.path.read_bytes())


def test_settings_decide_the_folder_and_the_command_may_too(company, tmp_path):
    settings = company.settings.model_copy(
        update={"documents": company.settings.documents.model_copy(update={"folder": Path("w")})}
    )
    company.settings = settings
    assert solution(company).parent == company.settings.folder / "w" / NUMBER
    assert solution(company, folder=tmp_path / "x").parent == tmp_path / "x" / NUMBER
