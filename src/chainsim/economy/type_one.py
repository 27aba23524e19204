"""Type I multipliers of a region in parts: as the scenario's terms have them, and as a run's transactions do.

In: a network, and the counted deliveries of a run.  Out: tables of what each yuan of final sales brings to a region.
Type I counts firms that sell to firms; what households spend is not in it.  Multipliers that others have estimated
for jobs are another thing (`chainsim.economy.quoted`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from chainsim.economy.footprint import stated
from chainsim.economy.groups import same_group
from chainsim.economy.leontief import ALGEBRA, Leontief, Measure, Realised, Region, realised, versions
from chainsim.economy.leontief.matrices import only, times
from chainsim.economy.regions import SCOPES, firms_inside
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.results.columns import Table, as_kept, columns_of
from chainsim.results.remember import once_per_network
from chainsim.results.tables import FEN

GROSS: Final = "gross output"
CONSOLIDATED: Final = "gross output consolidated"
MEASURES: Final = {
    GROSS: "CNY/CNY",
    CONSOLIDATED: "CNY/CNY",
    "value added": "CNY/CNY",
    "jobs": "jobs/(million CNY/year)",
    "wages": "CNY/CNY",
    "taxes": "CNY/CNY",
}
PARTS: Final = (
    *("direct", "first round", "further rounds", "indirect", "total"),
    *("without feedback", "feedback", "spillover", "stock building", "direct share", "ratio"),
)
MILLION: Final = 1_000_000  # yuan

Values = dict[tuple[str, str, str], float]  # by ring, measure, part


def measures(network: Network, table: Leontief) -> list[Measure]:
    """What is counted, per yuan that a seller sells.

    Jobs go by revenue a year, wages and taxes by value added, both as the firm's footprint states (0 where it states
    none): jobs are jobs per million yuan of final sales a year.
    """
    firm = _firm_of(network, table)
    share = {name: stated(network)[name][firm] for name in ("jobs", "wages", "tax")}
    apart = by_group(network, table, own=False)
    weights = {
        GROSS: np.ones(len(firm)),
        CONSOLIDATED: np.ones(len(firm)),
        "value added": table.value_added,
        "jobs": share["jobs"] * (FEN * MILLION),
        "wages": share["wages"] * table.value_added,
        "taxes": share["tax"] * table.value_added,
    }
    return [
        Measure(name, unit, weights[name], apart if name == CONSOLIDATED else table.bought)
        for name, unit in MEASURES.items()
    ]


def regions(network: Network, table: Leontief) -> Iterator[tuple[str, Region]]:
    """Each ring as a region of the table; raises InvariantError where the identities of the table or a region fail."""
    table.check()
    firm = _firm_of(network, table)
    for scope, rings in SCOPES.items():
        region = Region(table, firms_inside(network, rings)[firm])
        region.check()
        yield scope, region


@once_per_network
def nominal_type_one(network: Network) -> Values:
    """The parts as compiled from the scenario; versions weighted by planned final sales after the warm-up.

    Raises InvariantError when the algebra is off.
    """
    sums: Values = {}
    for table, weight in versions(network):
        for key, value in _parts(network, table).items():
            sums[key] = sums.get(key, 0.0) + weight * value
    return _with_ratios(sums)


def realised_type_one(network: Network, table: Realised) -> Values:
    """The parts in a table of what was done; `stock building` is what is not for final sales of the time.

    For both kinds of gross output, total + stock building is what was sold, per yuan of final sales.  All are nan
    where nothing was delivered to a market.  Raises InvariantError when the algebra is off.
    """
    found = _with_ratios(_parts(network, table))
    return found if table.final_sales else dict.fromkeys(found, np.nan)


def multiplier_table(network: Network, deliveries: Table, sums: Table) -> Table:
    """Rows ring, measure, unit, part; columns nominal, realised, realised_net (of stock building).

    Values per yuan of final sales, but for `direct share` (direct / total) and `ratio` (total / direct), which are nan
    where that divides by 0.  realised_net is nan where its table has no inverse, which firms that sell below the cost
    of their materials can cause.  sums: the production account, which the realised table must agree with.

    Raises InvariantError when the algebra is off, or when a firm sold something else than `sums` says.
    """
    as_delivered, net = realised(network, deliveries), realised(network, deliveries, net=True)
    _agree(network, as_delivered, sums)
    columns = {"nominal": nominal_type_one(network), "realised": realised_type_one(network, as_delivered)}
    try:
        columns["realised_net"] = realised_type_one(network, net)
    except InvariantError:
        columns["realised_net"] = {}
    rows, words = _rows()
    figures = {name: np.array([values.get(row, np.nan) for row in rows]) for name, values in columns.items()}
    return words | figures


@cache
def _rows() -> tuple[list[tuple[str, str, str]], Table]:
    """What the rows of `multiplier_table` tell of: ring, measure and part; and columns ring, measure, unit, part."""
    rows = list(product(SCOPES, MEASURES, PARTS))
    scopes, names, parts = zip(*rows, strict=True)
    return rows, as_kept(ring=scopes, measure=names, unit=[MEASURES[name] for name in names], part=parts)


@once_per_network
def product_table(network: Network) -> Table:
    """Rows ring, measure, unit, firm, part: what a yuan of final sales of one product alone brings.

    One for each product of chain masters and each that markets buy: its column of L.  final_share: of planned final
    sales; direct, total: as in `multiplier_table`, over the versions in which the product is sold.
    """
    models = versions(network)
    masters = {i for i, point in enumerate(network.stocks) if network.firms[point.firm].kind == "chain_master"}
    sums: dict[tuple[str, str, int], list[float]] = {}
    for table, weight in models:
        found = measures(network, table)
        for scope, region in regions(network, table):
            for at, stock in enumerate(table.stocks):
                if table.final[at] <= 0 and stock not in masters:
                    continue
                rounds = region.rounds(_alone(at, len(table.stocks)))
                for measure in found:
                    parts = rounds.parts(measure)
                    row = sums.setdefault((scope, measure.name, stock), [0.0, 0.0, 0.0, 0.0])
                    for column, value in enumerate((table.final[at], parts["direct"], parts["total"], 1.0)):
                        row[column] += weight * value
    rows = [
        (
            *(scope, measure, MEASURES[measure]),
            *(network.firms[network.stocks[stock].firm].name, network.parts[network.stocks[stock].part].name),
            *(share, direct / seen if seen else np.nan, total / seen if seen else np.nan),
        )
        for (scope, measure, stock), (share, direct, total, seen) in sums.items()
    ]
    columns = ["ring", "measure", "unit", "firm", "part", "final_share", "direct", "total"]
    return columns_of(pd.DataFrame(rows, columns=columns))


def by_group(network: Network, table: Leontief, own: bool) -> Any:
    """A without sales inside one corporate group, or of those alone if `own`, float64[n, n]."""
    firm = _firm_of(network, table)
    return only(table.bought, lambda seller, buyer: same_group(network, firm[seller], firm[buyer]) == own)


def _alone(at: int, size: int) -> np.ndarray:
    """A yuan of one product, float64[size]."""
    demand = np.zeros(size)
    demand[at] = 1.0
    return demand


def _firm_of(network: Network, table: Leontief) -> np.ndarray:
    return np.array([network.stocks[stock].firm for stock in table.stocks], dtype=np.int64)


def _parts(network: Network, table: Leontief) -> Values:
    """All parts but the ratios."""
    counted = measures(network, table)
    found: Values = {}
    for scope, region in regions(network, table):
        for measure in counted:
            for part, value in region.mix.parts(measure).items():
                found[scope, measure.name, part] = value
            stocked = 0.0
            if isinstance(table, Realised):
                direct = table.stock_outside_group if measure.name == CONSOLIDATED else table.stock
                weights = np.where(region.inside, measure.weights, 0.0)
                stocked = float(weights @ (direct + times(measure.between, table.stock_output)))
            found[scope, measure.name, "stock building"] = stocked
    return found


def _with_ratios(values: Values) -> Values:
    """Two more parts: shares of sums, not sums of shares."""
    ratios: Values = {}
    for scope, measure in {(scope, measure) for scope, measure, _ in values}:
        direct, total = values[scope, measure, "direct"], values[scope, measure, "total"]
        ratios[scope, measure, "direct share"] = direct / total if total else np.nan
        ratios[scope, measure, "ratio"] = total / direct if direct else np.nan
    return values | ratios


def _agree(network: Network, table: Realised, sums: Table) -> None:
    """What the rows of a table sold is what its firms sold, by other sums."""
    firm = _firm_of(network, table)
    sold = np.bincount(firm, table.revenue * table.final_sales, len(network.firms))
    said = np.zeros(len(sold))
    said[firm] = sums["revenue"][firm]
    if table.final_sales and np.abs(sold - said).max(initial=0.0) > ALGEBRA * max(1.0, said.max(initial=0.0)):
        raise InvariantError("the realised Leontief table and the firms' revenues differ")
