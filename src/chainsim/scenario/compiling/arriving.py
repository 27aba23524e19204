"""How the orders of a market arrive, in ticks and quanta.

In: a market of the scenario.  Out: its process for `chainsim.model.demand`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from chainsim.model.arrivals import Arrivals, Listed, Regular, Renewal
from chainsim.scenario.language.schema import Market


def arrivals(market: Market, per_unit: int, start: date, ticks: Callable[[Fraction], int]) -> Arrivals:
    """The process.  per_unit: quanta in a unit of the part; ticks: of seconds since the start."""
    if market.process == "trace":
        midnight = datetime.combine(start, time())
        return Listed(
            tuple(
                (ticks(Fraction((moment - midnight) // timedelta(seconds=1))), round(units * per_unit))
                for moment, units in market.listed
            )
        )
    if market.process == "regular":
        planned = market.rate is not None or market.yearly
        return Regular(
            max(1, ticks(market.every)),
            float(market.noise),
            market.noise_law,
            float(market.correlation),
            None if planned else market.quantity,
            per_unit,
        )
    return Renewal(market.between if market.process == "renewal" else None, market.quantity, per_unit)
