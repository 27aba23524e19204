"""What final sales bring to a ring, line by line: simulated, input-output tail, households, and apart from these.

In: the Books of a run and its network's region.  Out: one row per ring, line and measure.  Lines are never mixed:
`simulated` is counted from orders; `input-output tail` is what spending that no firm here sells becomes, by China's
table and the stated local share; `households` is what wages bring when they are spent; `construction` is a single
spending, shown and added to nothing.  Gross output and value added stand side by side.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from chainsim.economy.books import Books
from chainsim.economy.input_output import Households, Tail, china_2011, closed, induced
from chainsim.economy.input_output import Table as InputOutput
from chainsim.economy.multipliers import final_sales
from chainsim.economy.production import other_inputs, sectors_bought
from chainsim.economy.regions import SCOPES, firms_inside
from chainsim.model.network import Network
from chainsim.results.columns import Table, from_rows
from chainsim.results.tables import FEN

SIMULATED: Final = "simulated"
TAIL: Final = "input-output tail"
HOUSEHOLDS: Final = "households"
CONSTRUCTION: Final = "construction"
LINES: Final = (SIMULATED, TAIL, HOUSEHOLDS, CONSTRUCTION)
MEASURES: Final = ("gross output", "value added", "wages")


def effect_table(books: Books) -> Table:
    """Rows ring, line, measure, cny, per_yuan, additional_cny; yuan since the warm-up, and per yuan of final sales.

    additional_cny: without the share of final sales that displaces those of other firms of the region.
    """
    network = books.run.network
    final = final_sales(network, books.counted) / FEN
    share = float(network.region.additionality)
    spent = other_inputs(network, books.production["revenue"])
    rows = []
    for ring in SCOPES:
        for line, values in _lines(books, ring, spent).items():
            for measure, cny in zip(MEASURES, values, strict=True):
                additional = cny if line == CONSTRUCTION else cny * share
                rows.append((ring, line, measure, cny, cny / final if final else 0.0, additional))
    return from_rows(("ring", "line", "measure", "cny", "per_yuan", "additional_cny"), rows, words=3)


def _lines(books: Books, ring: str, spent: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Gross output, value added and wages of each line, yuan.  spent: of `other_inputs`."""
    network = books.run.network
    inside = firms_inside(network, SCOPES[ring])
    account, sides = books.production, books.income
    wages = int(sides["wages"][inside].sum()) / FEN
    found = {
        SIMULATED: (
            int(account["revenue"][inside].sum()) / FEN,
            int(account["value_added"][inside].sum()) / FEN,
            wages,
        )
    }
    region = network.region
    local = float(dict(region.local).get(ring, 0))
    if not local:
        return found | dict.fromkeys((TAIL, HOUSEHOLDS, CONSTRUCTION), (0.0, 0.0, 0.0))
    table = china_2011()
    paid = float(region.households.wages) if region.households else 0.0
    bought = spent[inside].sum(axis=0) / FEN
    tail = closed(table, table.spread(dict(zip(sectors_bought(network), bought.tolist(), strict=True))), local)
    found[TAIL] = _figures(tail, paid)
    found[HOUSEHOLDS] = _spent(network, table, wages + found[TAIL][2], local)
    building = table.spread({"Construction": region.construction / FEN})
    found[CONSTRUCTION] = _figures(closed(table, building, local, first=1.0), paid)
    return found


def _figures(tail: Tail, paid: float) -> tuple[float, float, float]:
    added = float(tail.value_added.sum())
    return float(tail.output.sum()), added, paid * added


def _spent(network: Network, table: InputOutput, income: float, local: float) -> tuple[float, float, float]:
    """What a labour income brings when it is spent."""
    said = network.region.households
    if said is None or income <= 0:
        return (0.0, 0.0, 0.0)
    basket = table.spread({name: float(share) for name, share in said.basket})
    homes = Households(float(said.wages), float(said.residents), float(said.spend), local, basket)
    found = induced(table, income, local, homes)
    return float(found.tail.output.sum()), float(found.tail.value_added.sum()), found.wages
