"""How the orders of a market arrive: at regular times, at the points of a renewal process, or as listed.

In: a cumulative plan (quanta at ticks, piecewise linear) and the market's own uniforms.  Out: ticks and
quantities of its orders.  The n-th order has the n-th time and the n-th size, so a longer horizon begins with
the same orders.  This module must not know what happens to the orders.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from chainsim.model.distributions import Distribution, gamma_quantiles, lognormal_quantiles
from chainsim.model.quantities import Fixed, QuantityLaw, counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Uniforms = Callable[[int], Floats]

Plan: TypeAlias = tuple[tuple[int, float], ...]  # cumulative quanta at ticks
NoiseLaw = Literal["normal", "lognormal", "gamma", "negative_binomial"]

MICRO = 1_000_000  # planned quantities are quantised to a millionth before they are summed
BLOCK = 1024
ONE_ORDER: QuantityLaw = Fixed(1.0)


class Arrivals(Protocol):
    """One kind of arrival process."""

    def orders(self, plan: Plan, horizon: int, uniforms: Uniforms, sizes: Uniforms) -> tuple[Columns, Columns]:
        """Ticks and quantities of the orders in [0, horizon), int64[N] each, in order; quantities above 0.

        uniforms, sizes: each takes a count and returns the market's next uniforms, float64[count], the first
        for times and noise, the second for the sizes of orders.
        """
        ...


@dataclass(frozen=True, slots=True)
class Regular:
    """One order every `every` ticks, the first at tick 0.

    Without `sizes` each order is the plan until the next one times a factor of mean 1 and coefficient of variation
    `noise`; with `sizes` it is one value of that law, scaled where the plan says more or less than its mean.
    correlation: of the normal scores of one order and the next, a stationary first-order autoregression
    (Box & Jenkins 1976, sec. 3.2); 0 is independence.
    """

    every: int
    noise: float = 0.0
    noise_law: NoiseLaw = "normal"
    correlation: float = 0.0
    sizes: QuantityLaw | None = None
    per_unit: int = 1

    def orders(self, plan: Plan, horizon: int, uniforms: Uniforms, sizes: Uniforms) -> tuple[Columns, Columns]:
        import numpy as np

        ticks = np.arange(0, horizon, self.every, dtype=np.int64)
        edges = np.append(ticks, ticks[-1] + self.every)
        planned = np.diff(planned_at(plan, edges))
        if self.sizes is not None:
            planned = self._drawn(self.sizes, planned, sizes(len(ticks)))
        elif self.noise:
            planned = self._noisy(planned, uniforms(len(ticks)))
        cumulative = np.cumsum(np.rint(planned * MICRO).astype(np.int64)) // MICRO
        quantities = np.diff(cumulative, prepend=0)
        wanted = quantities > 0
        return ticks[wanted], quantities[wanted]

    def _drawn(self, law: QuantityLaw, planned: Floats, uniforms: Floats) -> Floats:
        import numpy as np

        drawn = np.rint(law.inverse(_correlated(uniforms, self.correlation)) * self.per_unit)
        mean = law.moments[0] * self.per_unit
        scale = planned / mean if mean else np.ones_like(planned)
        return np.where(np.abs(scale - 1) < 1e-9, drawn, drawn * scale)

    def _noisy(self, planned: Floats, uniforms: Floats) -> Floats:
        import numpy as np

        uniforms = _correlated(uniforms, self.correlation)
        if self.noise_law == "lognormal":
            return planned * lognormal_quantiles(uniforms, 1.0, self.noise)
        if self.noise_law == "gamma":
            return planned * gamma_quantiles(uniforms, 1.0, self.noise)
        if self.noise_law == "negative_binomial":
            means = planned / self.per_unit
            return counts(uniforms, means, (self.noise * means) ** 2) * self.per_unit
        from scipy.special import ndtri

        noisy: Floats = planned * np.maximum(0.0, 1.0 + self.noise * ndtri(uniforms))
        return noisy


@dataclass(frozen=True, slots=True)
class Renewal:
    """Orders at the points of a renewal process, run at the pace of the plan (a change of the time scale).

    between: law of the gaps, in any unit, since only its shape counts: one mean gap passes whenever the plan has
    grown by the mean size of an order.  None: exponential gaps, a Poisson process.  The first order comes after a gap.
    """

    between: Distribution | None = None
    sizes: QuantityLaw = ONE_ORDER
    per_unit: int = 1

    def orders(self, plan: Plan, horizon: int, uniforms: Uniforms, sizes: Uniforms) -> tuple[Columns, Columns]:
        import numpy as np

        mean = self.sizes.moments[0] * self.per_unit
        if isinstance(self.sizes, Fixed):
            mean = max(1, round(mean))
        plan_ticks = np.array([tick for tick, _ in plan], dtype=np.float64)
        plan_orders = np.array([quantity for _, quantity in plan], dtype=np.float64) / mean
        expected = float(np.interp(horizon, plan_ticks, plan_orders))
        arrivals = np.empty(0)
        while len(arrivals) == 0 or arrivals[-1] < expected:
            more = self._gaps(uniforms(BLOCK))
            arrivals = np.append(arrivals, np.cumsum(more) + (arrivals[-1] if len(arrivals) else 0.0))
        arrivals = arrivals[arrivals < expected]
        ticks = np.rint(np.interp(arrivals, plan_orders, plan_ticks)).astype(np.int64)
        ticks = ticks[ticks < horizon]
        if isinstance(self.sizes, Fixed):
            return ticks, np.full(len(ticks), mean, dtype=np.int64)
        quantities = np.rint(self.sizes.inverse(sizes(len(ticks))) * self.per_unit).astype(np.int64)
        wanted = quantities > 0
        return ticks[wanted], quantities[wanted]

    def _gaps(self, uniforms: Floats) -> Floats:
        """Gaps in units of their mean."""
        import numpy as np

        if self.between is None:
            gaps: Floats = -np.log(uniforms)
            return gaps
        return self.between.inverse(uniforms) / self.between.moments[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """Exactly these orders: (tick, quanta), sorted by tick; there is nothing to draw."""

    listed: tuple[tuple[int, int], ...]

    def orders(self, plan: Plan, horizon: int, uniforms: Uniforms, sizes: Uniforms) -> tuple[Columns, Columns]:
        import numpy as np

        table = np.array([row for row in self.listed if 0 <= row[0] < horizon and row[1] > 0], dtype=np.int64)
        table = table.reshape(-1, 2)
        return table[:, 0], table[:, 1]


def planned_at(plan: Plan, ticks: Columns) -> Floats:
    """Cumulative plan at `ticks`, float64[N], quanta; the last rate goes on beyond the plan's end."""
    import numpy as np

    xs = np.array([tick for tick, _ in plan], dtype=np.float64)
    ys = np.array([quantity for _, quantity in plan], dtype=np.float64)
    inside = np.interp(ticks, xs, ys)
    if len(xs) < 2:
        return inside
    slope = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    return np.where(ticks > xs[-1], ys[-1] + (ticks - xs[-1]) * slope, inside)


def _correlated(uniforms: Floats, correlation: float) -> Floats:
    """Uniforms whose normal scores are a stationary first-order autoregression; as they are where it is 0."""
    if not correlation:
        return uniforms
    import numpy as np
    from scipy.special import ndtr, ndtri

    shocks = ndtri(uniforms)
    shocks[1:] *= math.sqrt(1 - correlation**2)
    scores = accumulate(shocks.tolist(), lambda before, shock: correlation * before + shock)
    values: Floats = np.clip(ndtr(np.fromiter(scores, np.float64, len(uniforms))), 2.0**-54, 1 - 2.0**-53)
    return values
