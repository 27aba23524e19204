"""How much revenue and value added each yuan of final sales brings to a ring: simulated, beside the Leontief value.

In: a run and its deliveries.  Out: one row per ring, measure and consolidation.  The simulated value counts delivered
orders; the Leontief value is compiled from the scenario alone.  "Local" always names its ring, and rings cumulate:
the province includes the city.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.consolidation import same_group
from chainsim.economy.leontief import Leontief, versions
from chainsim.errors import InvariantError
from chainsim.model.network import Network
from chainsim.results.frames import simulated_firms

SCOPES: Final = {"city": ("city",), "province": ("city", "province")}


ALGEBRA: Final = 1e-9  # largest rounding error allowed in v'L + m'L = 1'


def final_sales(network: Network, deliveries: pd.DataFrame) -> int:
    """Deliveries to the markets, fen."""
    market = np.array([firm.kind == "market" for firm in network.firms], dtype=bool)
    return int(deliveries["amount"].to_numpy()[market[deliveries["buyer"].to_numpy()]].sum())


def multipliers(network: Network, deliveries: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Rows ring, measure (gross output, value added), group (apart, consolidated), simulated, leontief, difference.

    sums: the production account.  All per yuan of final sales delivered.  Value added is the same with and without
    consolidation.
    """
    final = final_sales(network, deliveries)
    models = versions(network)
    error = max(model.identity_error for model, _ in models)
    if error > ALGEBRA:
        raise InvariantError(f"the Leontief algebra is off: v'L + m'L differs from 1 by {error:.2g}")
    rows = []
    for scope, rings in SCOPES.items():
        inside = simulated_firms(network) & np.isin([firm.ring for firm in network.firms], rings)
        for measure, group, column in (
            ("gross output", "apart", "revenue"),
            ("gross output", "consolidated", "revenue_outside_group"),
            ("value added", "apart", "value_added"),
        ):
            simulated = float(sums[column].to_numpy()[inside].sum()) / final if final else 0.0
            expected = sum(part * analytic(network, model, inside, column) for model, part in models)
            rows.append((scope, measure, group, simulated, expected, simulated - expected))
    return pd.DataFrame(rows, columns=["ring", "measure", "group", "simulated", "leontief", "difference"])


def analytic(network: Network, model: Leontief, inside: np.ndarray, column: str) -> float:
    """The Leontief counterpart of one column of the production account, per yuan of final sales, inside a ring."""
    firm = np.array([network.stocks[stock].firm for stock in model.stocks], dtype=np.int64)
    here = inside[firm]
    output = model.output
    if column == "value_added":
        return float((model.value_added * output)[here].sum())
    total = float(output[here].sum())
    if column == "revenue_outside_group":
        same = same_group(network, firm[:, None], firm[None, :])
        total -= float((model.purchases * same * output[None, :])[here].sum())
    return total
