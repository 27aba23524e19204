"""Final demand: from a plan and its luck to dated orders, before anything is simulated.

Demand is exogenous, so the orders of a market are made in one go from its own draws; nothing that happens in the
network can change them.  Planned quantities that are not whole are carried to the next order, never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainsim.model.arrivals import Columns, Uniforms
    from chainsim.model.network import Market


def orders(market: Market, horizon: int, uniforms: Uniforms, sizes: Uniforms) -> tuple[Columns, Columns]:
    """Ticks and quantities of a market's orders in [0, horizon), int64[N] each; quantities are above 0.

    uniforms, sizes: each takes a count and returns the market's next uniforms, float64[count]; the first is for
    times and noise, the second for the sizes of orders.
    """
    return market.arrivals.orders(market.plan, horizon, uniforms, sizes)


def smoothest_ramp(totals: Sequence[float], lengths: Sequence[float]) -> list[float]:
    """Rates at the ends of consecutive periods whose straight lines meet each period's total.

    totals: units in each period.  lengths: days in each period.  Returns len(totals) + 1 rates, units/day.
    n totals leave one rate free; of all ramps that meet them it is the one whose slope changes least (sum of squared
    changes of slope, then of squared slopes): one total gives a constant rate, two give one straight line.
    """
    import numpy as np

    n = len(totals)
    days = np.asarray(lengths, dtype=np.float64)
    meets = np.zeros((n, n + 1))
    slopes = np.zeros((n, n + 1))
    for i in range(n):
        meets[i, i] = meets[i, i + 1] = days[i] / 2
        slopes[i, i], slopes[i, i + 1] = -1 / days[i], 1 / days[i]
    bends = np.diff(slopes, axis=0) if n > 1 else slopes
    # Stationarity of |bends r|^2 subject to meets r = totals.
    system = np.block([[2 * bends.T @ bends, meets.T], [meets, np.zeros((n, n))]])
    right = np.concatenate([np.zeros(n + 1), np.asarray(totals, dtype=np.float64)])
    return [float(rate) for rate in np.linalg.lstsq(system, right, rcond=None)[0][: n + 1]]
