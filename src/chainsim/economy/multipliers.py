"""How much revenue and value added each yuan of final sales brings to a ring: simulated, beside the Leontief value.

In: a run and its deliveries.  Out: one row per ring, measure and consolidation.  The simulated value counts delivered
orders; the Leontief value is compiled from the scenario alone.  "Local" always names its ring, and rings cumulate:
the province includes the city.
"""

from __future__ import annotations

from chainsim.economy.regions import SCOPES, firms_inside
from chainsim.economy.type_one import CONSOLIDATED, nominal_type_one
from chainsim.model.network import Network
from chainsim.results.columns import Table, from_rows, of_kind

__all__ = ["SCOPES", "final_sales", "multipliers"]


def final_sales(network: Network, deliveries: Table) -> int:
    """Deliveries to the markets, fen."""
    return int(deliveries["amount"][of_kind(network, "market")[deliveries["buyer"]]].sum())


def multipliers(network: Network, deliveries: Table, sums: Table) -> Table:
    """Rows ring, measure (gross output, value added), group (apart, consolidated), simulated, leontief, difference.

    sums: the production account.  All per yuan of final sales delivered.  Value added is the same with and without
    consolidation.  Raises InvariantError when the Leontief algebra is off.
    """
    final = final_sales(network, deliveries)
    nominal = nominal_type_one(network)
    rows = []
    for scope, rings in SCOPES.items():
        inside = firms_inside(network, rings)
        for measure, group, column in (
            ("gross output", "apart", "revenue"),
            ("gross output", "consolidated", "revenue_outside_group"),
            ("value added", "apart", "value_added"),
        ):
            simulated = float(sums[column][inside].sum()) / final if final else 0.0
            analytic = nominal[scope, CONSOLIDATED if group == "consolidated" else measure, "total"]
            rows.append((scope, measure, group, simulated, analytic, simulated - analytic))
    return from_rows(("ring", "measure", "group", "simulated", "leontief", "difference"), rows, words=3)
