"""Native Excel charts, which redraw when somebody changes a number: bars with intervals, lines by day, floating bars.

In: a book and where the numbers stand.  Out: charts beside them.  This module must not know what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chainsim.report.excel.book import Book, cells
from chainsim.report.html.charts.plot import COLOURS, FAINT

ROW: Final = 24  # pixels a bar
WIDTH: Final = 760


def intervals(
    book: Book, sheet: Any, at: tuple[int, int], rows: int, columns: tuple[int, int, int], title: str
) -> None:
    """Bars with half an interval on each side.  columns: of names, differences and half-widths."""
    names, values, halves = columns
    chart = book.workbook.add_chart({"type": "bar"})
    half = cells(sheet.name, halves, rows)
    chart.add_series(
        {
            "name": title,
            "categories": cells(sheet.name, names, rows),
            "values": cells(sheet.name, values, rows),
            "fill": {"color": COLOURS[0]},
            "gap": 60,
            "y_error_bars": {"type": "custom", "plus_values": half, "minus_values": half},
        }
    )
    _bars(chart, rows, title)
    sheet.insert_chart(*at, chart)


def floating(book: Book, sheet: Any, at: tuple[int, int], first: int, rows: int, title: str) -> None:
    """A waterfall: bars in columns 1 (names), 2 (where each begins) and 3 (how long it is), counted from 0."""
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    names = cells(sheet.name, 1, rows, first)
    chart.add_series(
        {"categories": names, "values": cells(sheet.name, 2, rows, first), "fill": {"none": True}, "gap": 40}
    )
    chart.add_series(
        {
            "categories": names,
            "values": cells(sheet.name, 3, rows, first),
            "fill": {"color": COLOURS[0]},
            "data_labels": {"value": True, "num_format": "0.0000"},
        }
    )
    _bars(chart, rows, title)
    sheet.insert_chart(*at, chart)


def lines(book: Book, sheet: Any, at: tuple[int, int], rows: int, titles: Sequence[str], unit: str, title: str) -> None:
    """A line for each column but the first, which has the dates; the last one is dotted."""
    chart = book.workbook.add_chart({"type": "line"})
    for number in range(1, len(titles)):
        last = number == len(titles) - 1
        line = {"color": COLOURS[(number - 1) % len(COLOURS)], "width": 1.5}
        chart.add_series(
            {
                "name": [sheet.name, 0, number],
                "categories": cells(sheet.name, 0, rows),
                "values": cells(sheet.name, number, rows),
                "line": line | ({"dash_type": "round_dot", "color": "#7A7F87"} if last else {}),
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_x_axis({"date_axis": True, "num_format": "yyyy-mm", "major_unit_type": "months"})
    chart.set_y_axis({"name": unit, "min": 0, "major_gridlines": {"visible": True, "line": {"color": FAINT}}})
    chart.set_legend({"position": "top"})
    chart.set_size({"width": WIDTH, "height": 380})
    sheet.insert_chart(*at, chart)


def _bars(chart: Any, rows: int, title: str) -> None:
    """What charts of bars have in common: the first name at the top."""
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": FAINT}}})
    chart.set_size({"width": WIDTH, "height": 120 + ROW * max(rows, 3)})
