"""Final demand: from a plan and its luck to dated orders, before anything is simulated.

Demand is exogenous, so the orders of a market are made in one go from its own draws; nothing that happens in the
network can change them.  Planned quantities that are not whole are carried to the next order, never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chainsim.model.network import Market

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = NDArray[np.int64]
    Uniforms = Callable[[int], NDArray[np.float64]]

MICRO = 1_000_000  # planned quantities are quantised to a millionth before they are summed


def orders(market: Market, horizon: int, uniforms: Uniforms) -> tuple[Columns, Columns]:
    """Ticks and quantities of a market's orders in [0, horizon), int64[N] each; quantities are above 0.

    uniforms: takes a count and returns the market's next uniforms, float64[count].
    """
    return _regular(market, horizon, uniforms) if market.every else _poisson(market, horizon, uniforms)


def _regular(market: Market, horizon: int, uniforms: Uniforms) -> tuple[Columns, Columns]:
    """One order every `every` ticks for the planned quantity until the next, times a normal factor cut at 0."""
    import numpy as np
    from scipy.special import ndtri

    ticks = np.arange(0, horizon, market.every, dtype=np.int64)
    edges = np.append(ticks, ticks[-1] + market.every)
    planned = np.diff(_planned(market, edges))
    if market.noise:
        planned = planned * np.maximum(0.0, 1.0 + market.noise * ndtri(uniforms(len(ticks))))
    cumulative = np.cumsum(np.rint(planned * MICRO).astype(np.int64)) // MICRO
    quantities = np.diff(cumulative, prepend=0)
    wanted = quantities > 0
    return ticks[wanted], quantities[wanted]


def _poisson(market: Market, horizon: int, uniforms: Uniforms) -> tuple[Columns, Columns]:
    """Orders of a fixed quantity at the points of a Poisson process with the planned intensity (time change)."""
    import numpy as np

    plan_ticks = np.array([tick for tick, _ in market.plan], dtype=np.float64)
    plan_orders = np.array([quantity for _, quantity in market.plan], dtype=np.float64) / market.quantity
    expected = float(np.interp(horizon, plan_ticks, plan_orders))
    arrivals = np.empty(0)
    while len(arrivals) == 0 or arrivals[-1] < expected:
        more = -np.log(uniforms(1024))
        arrivals = np.append(arrivals, np.cumsum(more) + (arrivals[-1] if len(arrivals) else 0.0))
    arrivals = arrivals[arrivals < expected]
    ticks = np.rint(np.interp(arrivals, plan_orders, plan_ticks)).astype(np.int64)
    ticks = ticks[ticks < horizon]
    return ticks, np.full(len(ticks), market.quantity, dtype=np.int64)


def _planned(market: Market, ticks: Columns) -> NDArray[np.float64]:
    """Cumulative plan at `ticks`, float64[N], quanta; the last rate goes on beyond the plan's end."""
    import numpy as np

    xs = np.array([tick for tick, _ in market.plan], dtype=np.float64)
    ys = np.array([quantity for _, quantity in market.plan], dtype=np.float64)
    inside = np.interp(ticks, xs, ys)
    if len(xs) < 2:
        return inside
    slope = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    return np.where(ticks > xs[-1], ys[-1] + (ticks - xs[-1]) * slope, inside)


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
