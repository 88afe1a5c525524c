"""Native bar charts: one bar a group, the overdue part drawn over it in red."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlflow.reports.book import Area, ReportBook
from xlflow.reports.looks import BAR, FONTS, INK, QUIET, RED


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one colour, and what the legend calls them."""

    name: str
    values: Area


def bar_chart(
    book: ReportBook,
    categories: Area,
    whole: Series,
    overdue: Series,
    size: tuple[int, int],
) -> Any:
    """A chart of `size` pixels with the first group on top."""
    font, points = FONTS[book.language]
    small = {"name": font, "size": points - 1, "color": INK}
    chart = book.add_chart("bar")
    for series, colour, label in (
        (whole, BAR, {"position": "outside_end", "font": small}),
        (overdue, RED, None),
    ):
        options: dict[str, Any] = {
            "name": series.name,
            "categories": categories.formula,
            "values": series.values.formula,
            "fill": {"color": colour},
            "gap": 45,
            "overlap": 100,
        }
        if label:
            options["data_labels"] = {"value": True, "num_format": "#,##0;;", **label}
        chart.add_series(options)
    chart.set_y_axis(
        {
            "reverse": True,
            "num_font": small,
            "line": {"color": QUIET, "width": 0.75},
            "major_tick_mark": "none",
        }
    )
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_legend({"position": "bottom", "font": {**small, "color": QUIET}})
    chart.set_title({"none": True})
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.set_size({"width": size[0], "height": size[1]})
    return chart
