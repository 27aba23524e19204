"""How much work a run is: the rows that its log will have, from the plan, before anything is simulated.

In: a network.  Out: a number, mostly right within a tenth, and within a factor of five where stocks run dry or parts
go in rings.  Planned demand goes up lanes and bills of materials, stage by stage; at each stock point it makes orders,
by lots and reviews, and batches, by those of the line.  This module must not know who does the work, nor how fast.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from chainsim.model.arrivals import Listed, Regular, Renewal, planned_at
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Line, Market, Network, StockPoint

LEAST: Final = 1e-2  # quanta, or orders, below which nothing is followed any further
STAGES: Final = 200  # of a ring of parts


@dataclass(slots=True)
class Asked:
    """What a stock point is asked for at one stage: quanta over the run, in how many orders or batches.

    most: of those, the orders of the one buyer who asks most often.
    """

    quanta: float = 0.0
    times: float = 0.0
    most: float = 0.0

    def add(self, quanta: float, times: float) -> None:
        """What one buyer, or one product, asks for."""
        self.quanta += quanta
        self.times += times
        self.most = max(self.most, times)


def rows(network: Network) -> float:
    """Rows of the log of one run, about: 3 an order between firms, 2 a batch and 1 for each of its components."""
    lanes, needs = defaultdict(list), defaultdict(list)
    for lane in network.lanes:
        lanes[lane.buyer].append(lane)
    for need in network.needs:
        needs[need.made].append(need)
    stage: dict[int, Asked] = defaultdict(Asked)
    for market in network.markets:
        stage[market.stock].add(demand(market, network.horizon), orders(market, network.horizon))
    total = sum(asked.times for asked in stage.values()) + sum(_stops(network, line) for line in network.lines)
    placed, made = defaultdict[int, float](float), defaultdict[int, float](float)  # orders and batches so far
    for _ in range(STAGES):
        following: dict[int, Asked] = defaultdict(Asked)
        for p, asked in stage.items():
            point = network.stocks[p]
            new = _placed(point, asked, p in placed, network.horizon, placed[p])
            placed[p] += new
            if point.role == "made":
                line = network.lines[point.line]
                started = asked.quanta / float(line.good) if line.good else 0.0
                batches = _batches(network, line, new, started, made[p])
                made[p] += batches
                total += new + batches * (2 + len(needs[p]) + (line.good < 1))
                if asked.times * point.order_up_to < asked.quanta and not point.complete:
                    total += 2 * max(0.0, batches - asked.times)  # larger than the stock, an order leaves as it is made
                for need in needs[p]:
                    following[need.component].add(started * float(need.quantity), batches)
            elif lanes[p]:
                lots = asked.quanta / point.lot if point.sourcing == "shares" else new
                for lane in lanes[p]:
                    share = lane.share / WHOLE_SHARE
                    times = min(new, lots * share)
                    total += 3 * times
                    following[lane.supplier].add(asked.quanta * share, times)
        stage = {p: asked for p, asked in following.items() if asked.quanta > LEAST and asked.times > LEAST}
        if not stage:
            break
    return total


def orders(market: Market, horizon: int) -> float:
    """Orders of final demand to be expected."""
    arrivals = market.arrivals
    if isinstance(arrivals, Regular):
        return horizon / arrivals.every
    if isinstance(arrivals, Listed):
        return len(arrivals.listed)
    size = arrivals.sizes.moments[0] * arrivals.per_unit if isinstance(arrivals, Renewal) else 1.0
    return demand(market, horizon) / max(size, 1.0)


def demand(market: Market, horizon: int) -> float:
    """Quanta of final demand to be expected."""
    if isinstance(market.arrivals, Listed):
        return float(sum(quantity for _, quantity in market.arrivals.listed))
    return float(planned_at(market.plan, np.array([horizon]))[0])


def _placed(point: StockPoint, asked: Asked, again: bool, horizon: int, before: float) -> float:
    """Orders that a stock point places: as often as it is asked, or looks, and none smaller than its rule allows.

    again: it was asked at an earlier stage.  In a ring of parts, what comes back on one tick makes one order.
    """
    if point.role == "sold":
        return asked.times
    often = asked.most if again else asked.times
    often = min(often, horizon / max(point.review, 1) - before)  # on one tick it looks once, whoever asked
    size = max(point.lot, point.minimum, point.order_up_to - point.reorder_point, 1)
    return max(0.0, min(often, asked.quanta / size))


def _batches(network: Network, line: Line, placed: float, started: float, before: float) -> float:
    """Batches that a line makes of so many orders: of all that is asked for, or of what its servers have time for."""
    batches = max(placed, started / line.batch)
    if line.servers < UNLIMITED and batches > 0:
        time = line.fixed + _mean(network, line.law) + float(line.ticks_per_quantum) * started / batches
        if time > 0:
            batches = min(batches, line.servers * network.horizon / time - before)
    return max(0.0, batches)


def _stops(network: Network, line: Line) -> float:
    """Breakdowns and repairs of a line."""
    if line.up_law < 0:
        return 0.0
    cycle = _mean(network, line.up_law) + _mean(network, line.repair_law)
    return 2 * network.horizon / cycle if cycle else 0.0


def _mean(network: Network, law: int) -> float:
    """Ticks that a draw takes in the mean; 0 of none."""
    return network.draws[law].distribution.moments[0] / float(network.tick_seconds) if law >= 0 else 0.0
