"""Native charts: legible in print, apart for colour-blind eyes, with nothing that says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from xlflow.reports.status.book import Area, ReportBook
from xlflow.reports.status.looks import FONTS, INK, LINE, QUIET

_COUNTS = "#,##0;;"  # a zero is said by the missing bar
_TITLE_PLACE: Mapping[str, Any] = {"x": 0.015, "y": 0.02}
# Fractions of the chart left for the bars, below the title and above the legend.
_PLOT: Mapping[str, Any] = {"x": 0.08, "y": 0.2, "width": 0.89, "height": 0.56}
_PLOT_BESIDE_NAMES: Mapping[str, Any] = {"x": 0.27, "y": 0.15, "width": 0.64, "height": 0.7}


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one colour, and what the legend calls them. `labelled`: each in digits."""

    name: str
    values: Area
    colour: str
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows. Of several series, `overlaid` ones are parts of the first."""

    title: str
    categories: Area
    series: Sequence[Series]
    overlaid: bool = False


def bar_chart(book: ReportBook, drawing: Drawing, size: tuple[int, int]) -> Any:
    """A bar a name, the first on top; for statuses and people."""
    chart = _chart(book, "bar", drawing, gap=45)
    chart.set_y_axis(
        {
            "reverse": True,
            "num_font": _font(book),
            "line": {"color": QUIET, "width": 0.75},
            "major_tick_mark": "none",
        }
    )
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return _finished(book, chart, drawing, size, _PLOT_BESIDE_NAMES)


def column_chart(
    book: ReportBook,
    drawing: Drawing,
    size: tuple[int, int],
    marks: Series | None = None,
) -> Any:
    """A column a week or group; `marks` are single points above. Labelled ones need no axis."""
    chart = _chart(book, "column", drawing, gap=60)
    if marks is not None:
        points = book.add_chart("line")
        points.add_series(
            {
                "name": marks.name,
                "categories": drawing.categories.formula,
                "values": marks.values.formula,
                "line": {"none": True},
                "marker": {
                    "type": "diamond",
                    "size": 7,
                    "fill": {"color": marks.colour},
                    "border": {"color": "#FFFFFF"},
                },
            }
        )
        chart.combine(points)
    chart.set_x_axis(
        {
            "num_font": _font(book),
            "line": {"color": QUIET, "width": 0.75},
            "major_tick_mark": "none",
        }
    )
    if all(series.labelled for series in drawing.series):
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        return _finished(book, chart, drawing, size, _PLOT)
    upright: dict[str, Any] = {
        "num_font": {**_font(book), "color": QUIET},
        "num_format": "#,##0",
        "line": {"none": True},
        "major_tick_mark": "none",
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
        "min": 0,
    }
    chart.set_y_axis(upright)
    return _finished(book, chart, drawing, size, _PLOT)


def _chart(book: ReportBook, kind: Literal["bar", "column"], drawing: Drawing, gap: int) -> Any:
    chart = book.add_chart(kind)
    for series in drawing.series:
        options: dict[str, Any] = {
            "name": series.name,
            "categories": drawing.categories.formula,
            "values": series.values.formula,
            "fill": {"color": series.colour},
            "gap": gap,
            "overlap": 100 if drawing.overlaid else 0,
        }
        if series.labelled:
            options["data_labels"] = {
                "value": True,
                "num_format": _COUNTS,
                "position": "outside_end",
                "font": _font(book),
            }
        chart.add_series(options)
    return chart


def _finished(
    book: ReportBook, chart: Any, drawing: Drawing, size: tuple[int, int], plot: Mapping[str, Any]
) -> Any:
    font, points = FONTS[book.language]
    several = len(drawing.series) > 1 or chart.combined is not None
    if several:
        chart.set_legend({"position": "bottom", "font": {**_font(book), "color": QUIET}})
    else:
        chart.set_legend({"none": True})
        plot = {**plot, "height": plot["height"] + 0.1}
    if drawing.title:
        named = {"name": font, "size": points, "bold": True, "color": INK}
        place = {"overlay": True, "layout": dict(_TITLE_PLACE)}
        chart.set_title({"name": drawing.title, "name_font": named, **place})
        chart.set_plotarea({"layout": dict(plot), "fill": {"none": True}})
    else:
        chart.set_title({"none": True})
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.set_size({"width": size[0], "height": size[1]})
    return chart


def _font(book: ReportBook) -> dict[str, Any]:
    font, points = FONTS[book.language]
    return {"name": font, "size": points - 2, "color": INK}
