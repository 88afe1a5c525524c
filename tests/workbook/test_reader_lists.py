"""Departments and people are found on the Lists sheet by key, else by heading."""

from __future__ import annotations

import pytest
from odd_registers import edited, plain
from openpyxl import Workbook

from xlflow.languages import LANGUAGES, Language, say
from xlflow.record.register import Person
from xlflow.workbook.reader import read_register

DEPARTMENTS = ("Marketing", "财务部")
PEOPLE = (
    Person("A. *", "Marketing", "a@example.com", "L. *"),
    Person("李*", mail="li@example.com"),
)


def lists(language: Language = "en") -> bytes:
    return plain(language, departments=DEPARTMENTS, people=PEOPLE)


def lists_tab(language: Language) -> str:
    return say(language, "record.sheet.lists")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_keys_the_headings_tell(language: Language) -> None:
    def clear_keys(book: Workbook) -> None:
        for cell in book[lists_tab(language)][1]:
            cell.value = None

    found = read_register(edited(lists(language), clear_keys), "r.xlsx")

    assert found.departments == DEPARTMENTS
    assert found.people == PEOPLE


def test_with_keys_the_tab_and_the_headings_may_change() -> None:
    def rename(book: Workbook) -> None:
        sheet = book["Lists"]
        for cell in sheet[3]:
            cell.value = "?"
        sheet.title = "Who is who"

    found = read_register(edited(lists(), rename), "r.xlsx")

    assert (found.departments, found.people) == (DEPARTMENTS, PEOPLE)


def test_gaps_blanks_and_doubles_in_the_lists_are_passed_over() -> None:
    def untidy(book: Workbook) -> None:
        sheet = book["Lists"]
        column = next(cell.column for cell in sheet[1] if cell.value == "department")
        sheet.cell(7, column).value = "  Sales "
        sheet.cell(8, column).value = "Marketing"
        sheet.cell(9, column).value = "\u3000"
        mail = next(cell.column for cell in sheet[1] if cell.value == "person.mail")
        sheet.cell(9, mail).value = "nobody@example.com"

    found = read_register(edited(lists(), untidy), "r.xlsx")

    assert found.departments == ("Marketing", "财务部", "Sales")
    assert found.people == PEOPLE


def test_without_a_lists_sheet_there_are_no_lists() -> None:
    found = read_register(edited(lists(), lambda book: book.remove(book["Lists"])), "r.xlsx")

    assert (found.departments, found.people) == ((), ())
