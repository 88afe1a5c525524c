from __future__ import annotations

import pytest

from xlflow.record.numbers import PLAIN, NumberFormat

IT = NumberFormat("IT")


@pytest.mark.parametrize("form", [PLAIN, IT, NumberFormat("信息"), NumberFormat("R2")])
@pytest.mark.parametrize("serial", [1, 15, 999, 1000, 123456])
def test_what_is_written_is_read_back(form: NumberFormat, serial: int):
    assert form.parsed(form.written(2024, serial)) == (2024, serial)
    assert form.meant(form.written(2024, serial)) == form.written(2024, serial)
    assert form.parsed(f"\n {form.written(2024, serial)} ") == (2024, serial)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-15", "2024-0015", "2024/015", "24-015", "2024-015-C1", "2024-000000000001"),
        *(
            "IT-2024-015",
            "２０２４-015",
            "2024-０15",
            "",
            "  ",
            "2024",
            "x",
            None,
            2024.0,
            20240015,
        ),
    ],
)
def test_what_is_not_written_so_is_no_number(text: object):
    assert PLAIN.parsed(text) is None
    assert PLAIN.year(text) == 0


@pytest.mark.parametrize(
    "text", ["2024-015", "it-2024-015", "HR-2024-015", "ITX-2024-015", "IT 2024-015", "IT2024-015"]
)
def test_with_a_prefix_a_number_has_it_as_it_is_spelled(text: str):
    assert IT.parsed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "it-2024-15",
        "IT2024-15",
        "it 2024 / 15",
        "ＩＴ－２０２４－１５",
        "2024-015",
        " IT_2024_0015 ",
    ],
)
def test_what_is_nearly_a_number_is_understood(text: str):
    assert IT.meant(text) == "IT-2024-015"


@pytest.mark.parametrize("text", ["HR-2024-015", "IT-2024", "IT-2024-", "iOS 17", "", None, 2024])
def test_what_is_no_number_is_taken_for_none(text: object):
    assert IT.meant(text) == ""


def test_the_example_shows_the_prefix():
    assert (PLAIN.example, IT.example) == ("2024-015", "IT-2024-015")
