"""Orders from a file: the CSV or Excel sheet that `markets.X.trace` names takes the place of its name.

In: a tree, and the files its markets name.  Out: the tree with the rows as nodes whose places are in the
file, so that a wrong quantity is shown there.  Headers may be English or Chinese.
This module must not know how times and quantities are written.
"""

from __future__ import annotations

from chainsim.errors import Problem, ScenarioError
from chainsim.scenario.text.inputs import Inputs
from chainsim.scenario.text.nodes import Mapping, Node, Scalar, Sequence
from chainsim.scenario.text.sources import problem
from chainsim.scenario.text.suggest import did_you_mean, listed
from chainsim.scenario.text.table import read_table

COLUMNS = ("time", "quantity")
HEADERS = {
    word: column
    for column, words in {
        "time": "time date datetime 日期 时间 下单日期 下单时间",
        "quantity": "quantity units 数量 订货量 订单量",
    }.items()
    for word in words.split()
}


def fill_orders(tree: Mapping, inputs: Inputs) -> list[Problem]:
    """Replaces the file name of every market's `trace` by the orders in it, in place; returns what is wrong."""
    problems: list[Problem] = []
    markets = tree.entries.get("markets")
    for market in markets.entries.values() if isinstance(markets, Mapping) else ():
        named = market.entries.get("trace") if isinstance(market, Mapping) else None
        if named is None or not isinstance(market, Mapping):
            continue
        if not isinstance(named, Scalar):
            problems.append(problem(named.place, "trace must be the name of a file", "write `trace: orders.csv`"))
            del market.entries["trace"]
            continue
        rows = Sequence([], named.place)
        try:
            display, data = inputs.read(named)
        except ScenarioError as error:
            problems += error.problems
        else:
            rows, found = orders_of(display, data)
            problems += found
        market.entries["trace"] = Mapping({"file": named, "orders": rows}, named.place)
    return problems


def orders_of(display: str, data: bytes) -> tuple[Sequence, list[Problem]]:
    """The orders of one table as they stand in it, and everything that is wrong with its cells."""
    table, problems = read_table(display, data, HEADERS)
    orders = Sequence([], table.place)
    for column, place in zip(table.header, table.header_places, strict=True):
        if column and column not in COLUMNS:
            message = f"unknown column '{column}'{did_you_mean(column, HEADERS)}"
            problems.append(problem(place, message, "columns are date (or time) and quantity, or 日期, 数量"))
    for column, called in (("time", "'date' (日期)"), ("quantity", "'quantity' (数量)")):
        if not problems and column not in table.header:
            hint = f"there is {listed(table.header)}"
            problems.append(problem(table.place, f"column {called} is missing", hint))
    if problems:
        return orders, problems
    for row in table.rows:
        missing = [column for column in COLUMNS if column not in row.cells]
        if missing:
            problems.append(problem(row.place, f"the {missing[0]} is empty", "fill it in, or delete the row"))
            continue
        cells: dict[str, Node] = {column: row.cells[column] for column in COLUMNS}
        orders.items.append(Mapping(cells, row.place))
    if not table.rows:
        problems.append(problem(table.place, "the trace has no rows", "add one row per order"))
    return orders, problems
