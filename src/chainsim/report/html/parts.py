"""The parts of a page: sections, charts with the numbers behind them, tables.

In: nothing.  Out: frozen data that the template renders.  This module must not know what they show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Figure: TypeAlias = Mapping[str, Any]  # data and layout, as Plotly has them


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text.  left: how many columns from the left are text; the others are numbers and stand to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1
    marks: Sequence[str] = ()  # by row, a class for the last cell

    def right(self, column: int) -> bool:
        """Whether a column stands to the right."""
        return column >= self.left


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to look at a chart: its name in the list to choose from, the figure, and the numbers it shows."""

    name: str
    figure: Figure
    table: Table


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure.  summary: what it shows, for those who do not see it.  choice: what the list of variants offers."""

    id: str
    title: str
    summary: str
    variants: Sequence[Variant]
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.  extra: a template of its own below the charts.  missing: said in their place."""

    id: str
    title: str
    lead: str = ""
    charts: Sequence[Chart] = ()
    table: Table | None = None
    notes: Sequence[str] = ()
    missing: str = ""
    extra: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
