"""Which supplier held which plant: for how many hours, and how much that cost.

In: a run's tally.  Out: one row by line, component, seller, root cause.  Hours sum to the time that each line waited;
every moment counts once, for the component that is there last, and is shared out among the sellers whose orders are
overdue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.causes import Chain
from chainsim.records import Columns
from chainsim.results.columns import Table
from chainsim.results.folding.evidence import WORK
from chainsim.results.frames import Tallied, quanta_per_unit
from chainsim.results.tables import FEN
from chainsim.results.working import worked

COLUMNS: Final = (
    "firm",
    "part",
    "component",
    "supplier",
    "root",
    "cause",
    "spells",
    "hours",
    "held_units",
    "held_revenue_cny",
    "late_units",
)
TYPES: Final = {"spells": "int64", **dict.fromkeys(COLUMNS[-4:], "float64")}


def bottlenecks(run: Tallied, plants_only: bool = False) -> Table:
    """By line, in each the longest first.

    plants_only: lines of chain masters, where there are any.
    held_units: output that the line could have made in a wait and did not: at its pace, less what it did start, but no
    more than the work that still waited at the end.  late_units: of these, what final demand for the product waited
    for or lost in the meantime.  Both are spread evenly over the time of the wait.
    """
    network, chain = run.network, Chain(run)
    masters = {index for index, firm in enumerate(network.firms) if firm.kind == "chain_master"}
    wanted = masters if plants_only else set()
    found, begin = chain.waits, network.warm_up
    per_unit = quanta_per_unit(network)
    sums: dict[tuple[int, int, int, int, str], list[float]] = defaultdict(lambda: [0.0] * 3)
    spells: dict[tuple[int, int, int, int, str], set[int]] = defaultdict(set)
    products: dict[int, _Product] = {}
    lines, components, begins, ends = (
        column.tolist() for column in (found.line, found.component, found.begin, found.end)
    )
    cuts = np.flatnonzero(np.diff(found.spell, prepend=-1, append=-1)).tolist() if lines else []
    for spell, (low, high) in enumerate(pairwise(cuts)):
        first, last = max(begin, begins[low]), ends[high - 1]
        if last <= first:
            continue
        line = lines[low]
        if wanted and network.stocks[network.lines[line].stock].firm not in wanted:
            continue
        if line not in products:
            products[line] = _Product(chain, line)
        held = products[line].held(first, last)
        late = min(held, products[line].late(first, last))
        for row in range(low, high):
            component, start, stop = components[row], max(begin, begins[row]), ends[row]
            for one in chain.causes(component, start, stop) if start < stop else ():
                key = (line, component, one.seller, one.root, one.cause)
                ticks = one.share * (one.end - one.begin)
                for column, value in enumerate((ticks, *(ticks * x / (last - first) for x in (held, late)))):
                    sums[key][column] += value
                spells[key].add(spell)
    hour = float(network.tick_seconds) / 3600
    rows = []
    for key, (ticks, held_, late_) in sorted(sums.items(), key=lambda item: (item[0][0], -item[1][0], item[0][1:])):
        line, component, seller, root, cause = key
        point = network.stocks[network.lines[line].stock]
        part = network.parts[point.part]
        units = held_ / int(per_unit[network.lines[line].stock])
        rows.append(
            (
                network.firms[point.firm].name,
                part.name,
                network.parts[network.stocks[component].part].name,
                network.firms[seller].name,
                network.firms[root].name,
                cause,
                len(spells[key]),
                ticks * hour,
                units,
                units * part.price / FEN,
                late_ / int(per_unit[network.lines[line].stock]),
            )
        )
    return _columns(rows) if rows else _nothing().copy()


@cache
def _nothing() -> Table:
    """A table without rows: many a run has no waits, and to make columns of text takes longer than to find none."""
    return _columns([])


def _columns(rows: Sequence[tuple[object, ...]]) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)  # of an empty table, too
    return {
        name: pd.array(list(column), dtype="str") if name not in TYPES else np.array(column, dtype=TYPES[name])
        for name, column in zip(COLUMNS, columns, strict=True)
    }


class _Product:
    """What a line had to do, and who waited for its product."""

    def __init__(self, chain: Chain, line: int) -> None:
        self._network, self._line, self._standings = chain.run.network, line, chain.standings
        work = chain.run.tally.evidence.work
        self._released, self._started, self._placed, self._shipped, self._lost = (work[kind].of(line) for kind in WORK)

    def held(self, begin: int, end: int) -> float:
        """Quanta that the line could have started in [begin, end) and did not."""
        waiting = _before(self._released, end) - _before(self._started, end)
        speed = self._standings.pace(self._line, begin)
        if speed is None:
            return float(waiting)
        calendar = self._network.lines[self._line].calendar
        closures = self._network.calendars[calendar] if calendar >= 0 else ()
        on_clock = worked(closures, np.array([begin, end], dtype=np.int64))
        did = _before(self._started, end) - _before(self._started, begin + 1)
        return float(max(Fraction(0), min(Fraction(waiting), speed * int(on_clock[1] - on_clock[0]) - did)))

    def late(self, begin: int, end: int) -> float:
        """Quanta by which final demand that waits rose, and those that it lost."""
        placed, shipped, lost = (
            _before(points, end) - _before(points, begin) for points in (self._placed, self._shipped, self._lost)
        )
        return float(max(0, placed - shipped - lost) + lost)


def _before(points: tuple[Columns, Columns], tick: int) -> int:
    """The sum before all that happens at a tick."""
    ticks, sums = points
    at = int(np.searchsorted(ticks, tick))
    return int(sums[at - 1]) if at else 0
