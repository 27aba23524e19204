"""A waterfall in a terminal: from the price to where each yuan of it stays, bars that begin where the last one ended.

In: tables of `chainsim.economy.waterfall`.  Out: text on stdout, at most 100 columns wide, plain when it is piped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.cells import cell_len

from chainsim.economy.waterfall import ADDED, FIRMS, FREIGHT, OPENED, OTHER, RINGS, SOURCES
from chainsim.economy.waterfall_totals import ring_totals
from chainsim.report.layout import console, print_table

Edges: TypeAlias = NDArray[np.float64]

WIDEST: Final = 100
LEAST_BAR: Final = 10
HEADINGS: Final = {
    FIRMS: "value added of firms here",
    SOURCES: "bought from outside sources",
    OPENED: "the same, input-output tail",
    FREIGHT: "freight",
    OTHER: "other inputs, input-output tail",
}
UNPLACED: Final = "not placed"
FEN: Final = 100
YUAN: Final = "yuan"
WHOLE_YUAN: Final = 1000  # prices from which on fen are left out


@dataclass(frozen=True, slots=True)
class Column:
    """Amounts that stay at the rows of a table, cumulated: float64[rows + 1], in units of the last decimal."""

    header: str
    edges: Edges
    places: int
    signed: bool = False

    @classmethod
    def of(cls, header: str, amounts: pd.Series[float], places: int) -> Column:
        """A column of amounts by row."""
        return cls(header, np.concatenate([[0.0], amounts.to_numpy().cumsum()]) * 10.0**places, places)

    def adding_up(self) -> Column:
        """The same, rounded where a row begins and ends: what is printed adds up, each less than one unit off."""
        return replace(self, edges=np.rint(self.edges))

    def more_than(self, other: Column, header: str) -> Column:
        """What this column has more than another."""
        return Column(header, self.edges - other.edges, self.places, signed=True)

    def cell(self, first: int, last: int) -> str:
        """The sum of rows from `first` to before `last`."""
        units = round(float(self.edges[last] - self.edges[first]))
        if self.signed and not units:
            return "0"
        return f"{units / 10**self.places:{'+' if self.signed else ''},.{self.places}f}"


def explain(title: str, table: pd.DataFrame, product: str, titles: Mapping[str, str]) -> None:
    """A table of `compared`: the baseline's waterfall, what firms sell, totals by ring; then what each policy changes.

    product: its name, empty for several.  titles: of policies, by name; of `a+b` they are not shown.
    """
    tables = {str(policy): rows for policy, rows in table.groupby("policy", sort=False)}
    base = next(iter(tables.values()))
    price = float(base["stays_cny"].sum())
    one = "" if base["stays_cny"].isna().any() else f"yuan: per {product} at {price:,.{_places(price)}f} yuan; "
    click.echo(f"{click.style(title, bold=True)}\n{one}fen: per yuan of {product or 'final'} sales\n")
    what = f"the price of one {product}" if product else "each yuan of final sales"
    print_waterfall(base, f"Where {what} goes")
    print_gross(base)
    print_totals(base)
    for policy, changed in list(tables.items())[1:]:
        name = f"{policy}  {titles[policy]}" if titles.get(policy) else policy
        print_changed(changed, base, name)
        print_totals(changed, base)


def print_waterfall(table: pd.DataFrame, title: str) -> None:
    """One policy's rows of `compared`: yuan per unit of the product if there is one, and fen per yuan."""
    _print_chart(title, table, _columns(table))


def print_changed(table: pd.DataFrame, base: pd.DataFrame, title: str) -> None:
    """Another policy's rows beside the baseline's, and what they differ by; the bars are those of the policy."""
    before, after = _columns(base), _columns(table)
    if len(before) != len(after):  # a policy by which another number of products is sold
        before, after = before[-1:], after[-1:]
    columns = [replace(before[0], header="before"), replace(after[0], header="after")]
    columns.append(after[0].more_than(before[0], "difference"))
    if len(before) > 1:
        columns.append(after[1].more_than(before[1], "in fen"))
    _print_chart(title, table, columns)


def print_gross(table: pd.DataFrame) -> None:
    """What the firms of each tier and ring sell, to whomever, and what share of that they add."""
    priced = bool(table["stays_cny"].notna().all())
    places = _places(float(table["stays_cny"].sum()))
    rows = []
    for row in _records(table[table["what"] == FIRMS]):
        yuan = [f"{row[name]:,.{places}f}" for name in ("gross_cny", "inside_group_cny") if priced]
        fen = [f"{row[name] * FEN:.2f}" for name in ("gross", "inside_group")]
        added = f"{row['value_added'] / row['gross']:.1%}" if row["gross"] else ""
        rows.append((f"{row['tier']}, {row['ring']}", *yuan, *fen, added))
    units = ("yuan", "fen") if priced else ("fen",)
    header = ("firms of", *(name for unit in units for name in (unit, "in group")), "added")
    print_table(header, rows, "Sold by firms here, of it inside a corporate group, and value added in it")


def print_totals(table: pd.DataFrame, base: pd.DataFrame | None = None) -> None:
    """Gross and value added by ring, cumulated; with another table, what it has more than that one."""
    found = ring_totals(table)
    figures, what = found.drop(columns="ring"), "fen per yuan of final sales"
    if base is not None:
        figures, what = figures - ring_totals(base).drop(columns="ring"), "fen more per yuan of final sales"
    rows = []
    for ring, amounts in zip(found["ring"], (figures.to_numpy() * FEN).tolist(), strict=True):
        if ring in RINGS[:3] or any(amounts):
            values = [*amounts, sum(amounts[2:])]  # value added, by table, other
            rows.append((ring or UNPLACED, *(f"{value:.2f}" if base is None else _change(value) for value in values)))
    header = ("ring", "sold", "groups as one", "value added", "by table", "bought", "stays")
    print_table(header, rows, f"By ring, {what} (province with city, nation with both)")


def markdown(table: pd.DataFrame) -> str:
    """The rows of `compared` as a Markdown table: yuan per unit if there is one product, and fen per yuan."""
    header = ("policy", "what", "tier", "ring", "sector", "becomes")
    units = ("gross_cny", "value_added_cny", "stays_cny", "gross", "value_added", "stays", "difference")
    names = ("sold, yuan", "value added, yuan", "stays, yuan", "sold, fen", "value added, fen", "stays, fen", "change")
    lines = [
        "| " + " | ".join((*header, *names)) + " |",
        "| " + " | ".join(["---"] * len(header) + ["---:"] * len(names)) + " |",
    ]
    for row in _records(table):
        texts = [str(row[name]).replace("|", "\\|") for name in header]
        yuan = ["" if pd.isna(row[name]) else f"{row[name]:,.2f}" for name in units[:3]]
        fen = [f"{row[name] * FEN:.4f}" for name in units[3:]]
        lines.append("| " + " | ".join([*texts, *yuan, *fen]) + " |")
    return "\n".join(lines)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _columns(table: pd.DataFrame) -> list[Column]:
    """Yuan per unit of the product, if it is one, and fen per yuan; the first adds up as it is printed."""
    fen = Column.of("fen", table["stays"] * FEN, 2)
    if table["stays_cny"].isna().any():
        return [fen.adding_up()]
    return [Column.of(YUAN, table["stays_cny"], _places(float(table["stays_cny"].sum()))).adding_up(), fen]


def _label(row: Mapping[Any, Any]) -> str:
    ring = row["ring"] or UNPLACED
    if row["what"] == FIRMS:
        return f"{row['tier']}, {ring}"
    if row["what"] == OPENED:
        return f"{row['sector']} for {row['tier']}, {ring}"
    if row["what"] == SOURCES:
        return f"by {row['tier']}, {ring}"
    return f"value added, {ring}" if row["becomes"] == ADDED else ring


def _change(fen: float) -> str:
    return f"{fen:+.2f}" if abs(fen) >= 0.005 else "0"


def _places(price: float) -> int:
    return 0 if price >= WHOLE_YUAN else 2 if price >= 1 else 4


def _lines(table: pd.DataFrame) -> Iterator[tuple[str, int, int, bool]]:
    """Labels, the rows that each sums up (from, to before), and whether its bar is drawn."""
    rows = _records(table)
    yield ("a yuan" if table["stays_cny"].isna().any() else "price"), 0, len(rows), True
    for index, row in enumerate(rows):
        if index == 0 or rows[index - 1]["what"] != row["what"]:
            last = next((i for i in range(index, len(rows)) if rows[i]["what"] != row["what"]), len(rows))
            yield HEADINGS[row["what"]], index, last, False
        yield f"  {_label(row)}", index, index + 1, True
    yield "found again", 0, len(rows), False


def _print_chart(title: str, table: pd.DataFrame, columns: Sequence[Column]) -> None:
    """Labels, bars on one scale from the least to the most that any begins or ends with, figures to the right."""
    lines = list(_lines(table))
    cells = [[column.header for column in columns]]
    cells += [[column.cell(first, last) for column in columns] for _, first, last, _ in lines]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    labels = max(cell_len(label) for label, *_ in lines)
    bars = max(LEAST_BAR, min(console().width, WIDEST) - labels - sum(widths) - 2 * (len(widths) + 1))
    edges = np.concatenate([[0.0], table["stays"].to_numpy().cumsum()])
    edges = (edges - edges.min()) / (edges.max() - edges.min())
    drawn = [""] + [bar(edges[first], edges[last], bars) if shown else "" for _, first, last, shown in lines]
    click.echo(click.style(title, bold=True))
    for label, bar_, figures in zip(["", *(label for label, *_ in lines)], drawn, cells, strict=True):
        numbers = "  ".join(" " * (width - cell_len(cell)) + cell for cell, width in zip(figures, widths, strict=True))
        click.echo(f"{label}{' ' * (labels - cell_len(label))}  {bar_.ljust(bars)}  {numbers}")
    click.echo()


def bar(begin: float, end: float, columns: int) -> str:
    """A bar between two shares of some columns, to half a column; light where it runs backwards, empty if equal."""
    if begin == end:
        return ""
    first, last = (round(2 * columns * edge) for edge in sorted((begin, end)))
    last = max(last, first + 1)
    if last > 2 * columns:
        first, last = first - 1, last - 1
    if end < begin:
        return " " * (first // 2) + "░" * ((last + 1) // 2 - first // 2)
    text = ""
    for column in range((last + 1) // 2):
        left, right = first <= 2 * column < last, first <= 2 * column + 1 < last
        text += "█" if left and right else "▌" if left else "▐" if right else " "
    return text
