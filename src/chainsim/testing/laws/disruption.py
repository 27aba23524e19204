"""Laws of disruption: the worst of all shocks counts, at every moment."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from chainsim.model.network import WHOLE_SHARE, Target
from chainsim.testing.hazards import Hazards
from chainsim.testing.replay import replay
from chainsim.testing.run import Run


def lanes_stocks_and_markets_are_at_the_worst_of_their_stages(run: Run) -> None:
    """At the end of every tick; a stock point is closed while a stage leaves it nothing, or its firm is insolvent."""
    network, hazards = run.network, Hazards(run)
    kinds: tuple[Target, ...] = ("lane", "stock", "market")
    told: dict[tuple[Target, int], list[tuple[int, int]]] = defaultdict(lambda: [(-1, WHOLE_SHARE)])
    insolvent: dict[int, int] = {}
    for tick, row, books in replay(run):
        if row is None:
            levels: tuple[list[int], ...] = (
                books.lane_level,
                [0 if closed else WHOLE_SHARE for closed in books.closed],
                books.demand_level,
            )
            for kind, values in zip(kinds, levels, strict=True):
                for entity, value in enumerate(values):
                    if value != told[kind, entity][-1][1]:
                        told[kind, entity].append((tick, value))
            for p, gone in enumerate(books.insolvent):
                if gone:
                    insolvent.setdefault(p, tick)
    for kind in kinds:
        for entity in {*hazards.targets(kind), *(e for k, e in told if k == kind)}:
            ticks = hazards.turning_points(kind, entity) | {tick for tick, _ in told[kind, entity] if tick >= 0}
            for tick in ticks:
                at = bisect_right(told[kind, entity], tick, key=lambda step: step[0]) - 1
                expected = hazards.level(kind, entity, tick)
                if kind == "stock":
                    open_ = expected > 0 and insolvent.get(entity, tick + 1) > tick
                    expected = WHOLE_SHARE if open_ else 0
                assert told[kind, entity][at][1] == expected, (kind, entity, tick, network.horizon)
