"""Whether forecasts in a ring of parts can feed on their own orders: gains around every loop of stock points.

A stock point that forecasts orders q = d + S m' : what was ordered from it, d, and the change of its level, which holds
S days of the forecast m.  Where demand swings, its orders swing more, at most by the gain

    g = 1 + S / tau,

with tau the mean age of the demand in the forecast: n / 2 periods of a moving average over n, 1/w - 1/2 of exponential
smoothing with weight w (each period counts from its middle).  S is all that the level covers: cover, lead time, review.
With K = S / period, g is the maximum over all frequencies of |1 + (K/n)(1 - z^-n)|, where z^n = -1, and of
|1 + K w (1 - z^-1) / (1 - (1-w) z^-1)|, where z = -1.  An autoregression moves the level by W = rho + rho^2 + ... of
the last period's demand: g = 1 + 2 W, or 1 where W is below 0.  All other rules pass on what they see: g = 1.

Around a loop, units needed (A) and gains multiply.  If the spectral radius of A times g is below 1, no lag can keep a
swing alive: |A G(z) z^-lag| <= A g entry by entry for |z| >= 1 (small gain; Perron and Frobenius).  From 1 on it
depends on the lags: two firms that need each other and review once a period reach the bound, alternating period by
period.  This holds for the linear system; orders are never below 0, which can turn growth into lasting swings.

In: a Blueprint.  Out: loops that can diverge.  This module must not know files or what is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from chainsim.model.replenishment import Flow, Learning
from chainsim.scenario.network.blueprint import Blueprint, StockKey
from chainsim.scenario.network.cycles import cycle_through, rings, spectral_radius

MILLION = 1_000_000
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Loop:
    """Stock points that need each other: spectral radius, a cycle of parts, and who amplifies most, by what gain."""

    radius: float
    parts: list[str]
    worst: StockKey
    gain: float


def gain(learning: Learning) -> float:
    """The largest ratio of swings ordered to swings seen, at least 1; cover and periods in seconds."""
    if learning.kind == "autoregressive":
        return 1 + 2 * max(0.0, learning.window / MILLION)
    if learning.period == 0:
        return 1.0
    periods = learning.window / 2 if learning.kind == "moving_average" else MILLION / learning.window - 0.5
    return 1 + learning.protect / (learning.period * periods)


def unstable_loops(blueprint: Blueprint) -> Iterator[Loop]:
    """Every ring of stock points that sell, some of which forecast, with a spectral radius of 1 or more."""
    gains = _gains(blueprint)
    if not gains:
        return
    amplified, forecasters = _amplified(blueprint, gains)
    for ring in rings(amplified):
        inside = set(ring)
        own = [key for key, between in forecasters.items() if any(a in inside and b in inside for a, b in between)]
        if not own:
            continue
        radius = spectral_radius(amplified, ring)
        if radius >= 1 - ROUNDING:
            worst = max(own, key=lambda key: gains[key])
            first = next(a for a, b in forecasters[worst] if a in inside and b in inside)
            cycle = cycle_through(amplified, [first, *(key for key in ring if key != first)])
            parts = [part for _, part, _ in cycle]
            shown = [part for at, part in enumerate(parts) if at == 0 or part != parts[at - 1]]
            yield Loop(radius, shown if len(shown) > 1 else shown * 2, worst, gains[worst])


def _gains(blueprint: Blueprint) -> dict[StockKey, float]:
    """By stock point that forecasts; lead times as targets count them, but without batches at a capacity of plan."""
    times: dict[StockKey, float] = {}
    for (buyer, _), lane in blueprint.lanes.items():
        mean = lane.lead_time.moments[0] if lane.lead_time else 0.0
        times[buyer] = times.get(buyer, 0.0) + float(lane.share) * mean
    for key, line in blueprint.lines.items():
        times[key] = float(line.set_up) + (line.process_time.moments[0] if line.process_time else 0.0)
        if line.batch and isinstance(line.capacity, Fraction) and line.capacity:
            times[key] += line.batch * (line.lines or 1) / float(line.capacity * blueprint.parts[key[1]].per_unit)
    found = {}
    for key, spec in blueprint.stocks.items():
        if spec.rule is not None and spec.learning is not None:
            learning = spec.rule.levels(Flow(0.0, times.get(key, 0.0), float(spec.review))).learning
            if learning is not None:
                found[key] = gain(learning)
    return found


def _amplified(
    blueprint: Blueprint, gains: dict[StockKey, float]
) -> tuple[dict[StockKey, dict[StockKey, float]], dict[StockKey, list[tuple[StockKey, StockKey]]]]:
    """A times g among stock points that sell, and by stock point that forecasts the pairs that it stands between."""
    suppliers: dict[StockKey, dict[StockKey, float]] = {}
    for (buyer, supplier), lane in blueprint.lanes.items():
        if lane.share and supplier[2] != "outside":
            suppliers.setdefault(buyer, {})[supplier] = float(lane.share)
    into: list[tuple[StockKey, StockKey, float]] = []  # seller, where it buys, quanta there per quantum sold
    for (made, component), need in blueprint.needs.items():
        good = blueprint.lines[made].good
        if need and good:
            into.append((made, component, float(need / good)))
    sellers = {supplier for those in suppliers.values() for supplier in those}
    into += [(stock, stock, 1.0) for stock in blueprint.stocks if stock[2] == "bought" and stock in sellers]
    amplified: dict[StockKey, dict[StockKey, float]] = {made: {} for made in blueprint.lines}
    between: dict[StockKey, list[tuple[StockKey, StockKey]]] = {}
    for seller, stock, units in into:
        row = amplified.setdefault(seller, {})
        here = {seller, stock} & gains.keys()
        factor = units
        for key in here:
            factor *= gains[key]
        for supplier, share in suppliers.get(stock, {}).items():
            row[supplier] = row.get(supplier, 0.0) + factor * share
            for key in here:
                between.setdefault(key, []).append((seller, supplier))
    return amplified, between
