"""From a disruption that hits something to a shock: names become lines, lanes, stock points and markets.

In: the disruptions of a scenario, who is called what, and the builder's clock and laws.  Out: shocks, by name, their
hits in the order of the network's tables.  This module must not know how a shock acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from chainsim.model import network as net
from chainsim.model.curves import level_between
from chainsim.model.distributions import Distribution
from chainsim.model.network import WHOLE_SHARE
from chainsim.scenario.language.disruptions import Disruption, Hits
from chainsim.scenario.network.blueprint import LaneKey, StockKey

DAY = 86_400
Ticks: TypeAlias = Callable[[Fraction], int]
Law: TypeAlias = Callable[[str, str, Distribution], tuple[int, int]]  # purpose, owner, law: its index, constant ticks


@dataclass(frozen=True, slots=True)
class Names:
    """What there is to hit, each table in its order; components: stock points that a line of their firm uses."""

    firms: Mapping[str, net.Firm]
    stocks: Sequence[StockKey]
    lanes: Sequence[LaneKey]
    lines: Sequence[StockKey]
    components: frozenset[StockKey]


@dataclass(slots=True)
class Targets:
    """What one disruption hits, by name."""

    firms: set[str] = field(default_factory=set)
    sources: set[StockKey] = field(default_factory=set)
    lines: set[StockKey] = field(default_factory=set)
    lanes: set[LaneKey] = field(default_factory=set)
    markets: set[StockKey] = field(default_factory=set)


def shocks(disruptions: Mapping[str, Disruption], names: Names, start: date, ticks: Ticks, law: Law) -> list[net.Shock]:
    """The shocks of all disruptions that hit something which the network has."""
    result = []
    for name, disruption in sorted(disruptions.items()):
        if disruption.hits is None:
            continue
        hits = tuple(_hits(disruption, targets(disruption.hits, names), names))
        if not hits:
            continue
        number, wait = -1, 0
        if disruption.every is not None:
            number, wait = law("onset", name, disruption.every)
        elif disruption.begin is not None:
            wait = ticks(Fraction((disruption.begin - start).days * DAY))
        again = disruption.every is not None
        stages = tuple(_stages(name, disruption, ticks, law))
        result.append(net.Shock(name, stages, hits, wait, number, again, wait if again else 0))
    return result


def targets(hits: Hits, names: Names) -> Targets:
    """What the keys of `hits` name, together."""
    found = Targets()
    for name, firm in names.firms.items():
        if firm.kind not in ("outside", "market") and (
            name in hits.firms
            or firm.ring in hits.rings
            or (firm.district and firm.district in hits.districts)
            or firm.category in (hits.suppliers if firm.kind == "supplier" else hits.plants)
        ):
            found.firms.add(name)
    for key in names.stocks:
        firm_name, part, role = key
        if role == "made" and part in hits.parts:
            found.firms.add(firm_name)
        elif role == "outside" and (firm_name in hits.outside or part in hits.parts):
            found.sources.add(key)
        elif role == "sold" and firm_name in hits.markets:
            found.markets.add(key)
    found.lines = {key for key in names.lines if key[0] in hits.lines or key[0] in found.firms}
    for lane in hits.lanes:
        found.lanes |= {
            key
            for key in names.lanes
            if (key[0][0], key[1][0]) == (lane.buyer, lane.supplier) and lane.part in (None, key[0][1])
        }
    return found


def _hits(disruption: Disruption, found: Targets, names: Names) -> Iterator[net.Hit]:
    """Rows for what is hit: a total loss closes deliveries too, a partial one slows what can be slowed."""
    total = disruption.loses == 1
    lost = _ppm(disruption.destroyed)
    for index, key in enumerate(names.lines):
        if key in found.lines:
            yield net.Hit("line", index)
    for index, lane in enumerate(names.lanes):
        if lane in found.lanes or (lane[1] in found.sources and not total):
            yield net.Hit("lane", index)
    for index, key in enumerate(names.stocks):
        own = key[0] in found.firms
        delivers = key in found.sources or (own and key not in names.components)
        if total and delivers:
            yield net.Hit("stock", index, lost if own else 0)
        elif own and lost:
            yield net.Hit("stock", index, lost)
    for index, key in enumerate(names.stocks):
        if key in found.markets:
            yield net.Hit("market", index)


def _stages(name: str, disruption: Disruption, ticks: Ticks, law: Law) -> Iterator[net.Stage]:
    """The loss while it lasts, the steps of the recovery, and the whole."""
    low = WHOLE_SHARE - _ppm(disruption.loses)
    if disruption.lasts is None:
        yield net.Stage(low, 0)
        return
    number, wait = law("duration", name, disruption.lasts)
    yield net.Stage(low, wait, number)
    recovery = disruption.recovery
    if recovery is not None:
        length, steps = ticks(recovery.over), recovery.steps
        for step in range(steps):
            level = level_between(recovery.shape, low, step / steps, (step + 1) / steps)
            yield net.Stage(level, length * (step + 1) // steps - length * step // steps)
    yield net.Stage(WHOLE_SHARE, 0)


def _ppm(share: Fraction) -> int:
    return round(share * WHOLE_SHARE)
