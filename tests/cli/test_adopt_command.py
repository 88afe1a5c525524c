from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest
from adoption.trackers import en_british, en_child_sheets, zh_text_dates
from openpyxl import load_workbook

from xlflow.languages import LANGUAGES


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an old tracker and no settings."""
    path = tmp_path / "Demand log.xlsx"
    path.write_bytes(en_british().data)
    monkeypatch.chdir(tmp_path)
    return path


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def edited(proposal: Path, before: str, after: str) -> None:
    text = proposal.read_text(encoding="utf-8")
    assert before in text
    proposal.write_text(text.replace(before, after), encoding="utf-8")


def test_a_tracker_becomes_a_register_and_a_proposal_beside_it(xlflow, old: Path):
    before = sha(old)
    code, out, err = xlflow("adopt", "Demand log.xlsx", "--date", "2024-09-02")
    assert (code, err) == (0, "")
    assert 'Sheet "Demand log" as Register: headers in row 4, 4 records' in out
    assert "Planned go-live" not in out
    assert "Go-live due" in out
    assert "Demand log.xlsx was not touched." in out
    assert sha(old) == before
    proposal = tomllib.loads(Path("Demand log.adopted.toml").read_text(encoding="utf-8"))
    assert proposal["sheet"][0]["columns"]["K"] == "golive_due"
    book = load_workbook("Demand log.adopted.xlsx")
    assert book["Register"]["B4"].value == "Self-service password reset"
    assert book["Progress"]["B4"].value.date().isoformat() == "2024-01-30"


def test_a_dry_run_writes_nothing(xlflow, old: Path):
    code, out, _ = xlflow("adopt", old, "--dry-run")
    assert code == 0
    assert "Nothing was written" in out
    assert list(old.parent.iterdir()) == [old]


def test_a_corrected_mapping_is_followed(xlflow, old: Path):
    xlflow("adopt", old)
    proposal = Path("Demand log.adopted.toml")
    edited(proposal, 'N = "keep"', 'N = "Risks"')
    edited(proposal, 'G = "benefit"', 'G = "drop"')
    edited(proposal, '"On hold" = "blocked"', '"On hold" = "cancelled"')
    code, out, err = xlflow("adopt", old, "--map", proposal, "--force", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    columns = {column["column"]: column["field"] for column in told["sheets"][0]["columns"]}
    assert (columns["N"], columns["G"], columns["K"]) == ("risk", "drop", "golive_due")
    assert told["cells"]["dropped"] == 4
    assert told["cells"]["read"] == sum(
        told["cells"][what] for what in ("header", "placed", "kept", "aside", "dropped")
    )
    sheet = load_workbook("Demand log.adopted.xlsx")["Register"]
    assert [sheet.cell(row, 3).value for row in range(4, 8)] == [
        *("Developing", "Cancelled", "Testing", "Cancelled")
    ]


def test_all_faults_of_a_mapping_are_told_each_with_its_line(xlflow, old: Path):
    Path("map.toml").write_text(
        "[[sheet]]\n"
        'name = "Demand log"\n'
        "header_rows = [4, 99]\n"
        "colour = 1\n"
        "[sheet.columns]\n"
        'A = "numbr"\n'
        'B = "title"\n'
        'C = "title"\n'
        'ZZ = "goal"\n'
        'D = "next_step"\n'
        "[[sheet]]\n"
        'name = "Demands"\n'
        "[words.status]\n"
        '"On hold" = "waiting"\n'
        "[words.mood]\n",
        encoding="utf-8",
    )
    code, out, err = xlflow("adopt", old, "--map", "map.toml")
    assert (code, out) == (2, "")
    assert "map.toml has 9 faults. Nothing was written." in err
    lines = {line.split(":")[1] for line in err.splitlines()[1:] if line.startswith("map.toml:")}
    assert lines == {"3", "4", "6", "8", "9", "10", "12", "14", "15"}
    assert 'Did you mean "number"?' in err
    assert "column B has this field already" in err
    assert 'no sheet "Demands"' in err


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_and_outcomes_speak_the_persons_language(xlflow, old: Path, language: str):
    _, out, _ = xlflow("adopt", old, "--lang", language, "--force")
    assert ("Next:" in out) == (language == "en")
    Path("map.toml").write_text("[[sheet]\n", encoding="utf-8")
    code, _, err = xlflow("adopt", old, "--map", "map.toml", "--lang", language)
    assert code == 2
    assert err.startswith("map.toml")


def test_what_exists_is_not_overwritten_unasked(xlflow, old: Path):
    assert xlflow("adopt", old)[0] == 0
    register, proposal = Path("Demand log.adopted.xlsx"), Path("Demand log.adopted.toml")
    before = sha(register), sha(proposal)
    code, _, err = xlflow("adopt", old)
    assert code == 2
    assert "exists and was not overwritten" in err
    register.unlink()
    code, _, err = xlflow("adopt", old)
    assert code == 2
    assert "may hold your corrections" in err
    assert not register.exists()
    assert xlflow("adopt", old, "--force")[0] == 0
    assert (sha(register), sha(proposal)) == before


def test_the_old_tracker_is_never_the_target(xlflow, old: Path):
    before = sha(old)
    code, _, err = xlflow("adopt", old, "--out", old, "--force")
    assert code == 2
    assert "is the old tracker itself" in err
    assert sha(old) == before


def test_a_workbook_without_a_tracker_is_refused_with_a_mapping_to_begin_with(xlflow, old: Path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Canteen", "Monday", "Tuesday"])
    book.save("menu.xlsx")
    code, out, err = xlflow("adopt", "menu.xlsx")
    assert (code, out) == (3, "")
    assert "No sheet of menu.xlsx looks like a tracker" in err
    begun = err[err.index("[[sheet]]") :].split("Exit")[0]
    Path("map.toml").write_text(begun, encoding="utf-8")
    code, _, err = xlflow("adopt", "menu.xlsx", "--map", "map.toml")
    assert code == 3
    assert "not one record" in err


def test_what_cannot_be_read_is_refused(xlflow, old: Path):
    Path("notes.xlsx").write_text("not a workbook", encoding="utf-8")
    assert xlflow("adopt", "notes.xlsx")[0] == 3
    code, _, err = xlflow("adopt")
    assert code == 2
    assert "OLD" in err
    code, _, err = xlflow("adopt", "absent.xlsx")
    assert code == 3
    assert "absent.xlsx cannot be read" in err


def test_one_sheet_can_be_named(xlflow, old: Path):
    Path("two.xlsx").write_bytes(en_child_sheets().data)
    told = json.loads(
        xlflow("adopt", "two.xlsx", "--sheet", "Requirements", "--dry-run", "--json")[1]
    )
    assert [sheet["as"] for sheet in told["sheets"]] == ["register", "aside", "aside", "aside"]
    code, _, err = xlflow("adopt", "two.xlsx", "--sheet", "Requirement", "--dry-run")
    assert code == 2
    assert "Its sheets: Requirements, Progress log" in err


def test_names_are_masked_on_demand_only(xlflow, old: Path):
    def requesters() -> list[str]:
        sheet = load_workbook("Demand log.adopted.xlsx")["Register"]
        column = next(cell.column for cell in sheet[3] if cell.value == "Requester")
        return [sheet.cell(row, column).value for row in range(4, 8)]

    xlflow("adopt", old)
    assert requesters()[0] == "Karen Hughes"
    xlflow("adopt", old, "--mask", "--force")
    assert requesters() == ["K. *", "P. *", "C. *", "K. *"]
    book = load_workbook("Demand log.adopted.xlsx")
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not any("Karen Hughes" in text for text in texts)


def test_words_that_are_not_known_are_named(xlflow, old: Path):
    Path("zh.xlsx").write_bytes(zh_text_dates().data)
    _, out, _ = xlflow("adopt", "zh.xlsx", "--date", "2024-09-02")
    assert "需求列表!J3, J6" in out or "需求列表!J3" in out
    assert "does not fit, left as typed: Go-live due: 2024年2月" in out


def test_a_companys_own_fields_are_mapped_by_their_labels(xlflow, old: Path):
    xlflow("init", ".")
    with Path("xlflow.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[[fields]]\nkey = "rag"\nkind = "choice"\nchoices = ["G", "A", "R"]\n'
            'label = { en = "RAG", zh-Hans = "红绿灯", zh-Hant = "紅綠燈" }\n'
        )
    told = json.loads(xlflow("adopt", old, "--json")[1])
    columns = {column["header"]: column["field"] for column in told["sheets"][0]["columns"]}
    assert columns["RAG"] == "rag"
    book = load_workbook("Demand log.adopted.xlsx")
    column = next(cell.column for cell in book["Register"][3] if cell.value == "RAG")
    assert [book["Register"].cell(row, column).value for row in range(4, 7)] == ["G", "R", "A"]


def test_an_adopted_register_is_checked_like_any_other(xlflow, old: Path):
    xlflow("adopt", old)
    xlflow("init", ".")
    Path("Demand log.adopted.xlsx").replace("Register.xlsx")
    code, out, _ = xlflow("check")
    assert code == 1
    assert "Karen Hughes" in out
