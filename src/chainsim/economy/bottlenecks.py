"""Which supplier held which plant: for how many hours, and how much that cost.

In: a Run.  Out: one row by line, component, seller, root cause.  Hours sum to the time that each line waited; every
moment counts once, for the component that is there last, and is shared out among the sellers whose orders are overdue.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.causes import Chain
from chainsim.model import state
from chainsim.records import Columns
from chainsim.results.capacity import worked
from chainsim.results.frames import Rows, Run, quanta_per_unit
from chainsim.results.standing import pace
from chainsim.results.tables import FEN

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


def bottlenecks(run: Run, plants_only: bool = False) -> pd.DataFrame:
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
    for spell in range(int(found.spell[-1]) + 1 if len(found.spell) else 0):
        low, high = np.searchsorted(found.spell, [spell, spell + 1]).tolist()
        first, last = max(begin, int(found.begin[low])), int(found.end[high - 1])
        if last <= first:
            continue
        line = int(found.line[low])
        if wanted and network.stocks[network.lines[line].stock].firm not in wanted:
            continue
        if line not in products:
            products[line] = _Product(chain, line)
        held = products[line].held(first, last)
        late = min(held, products[line].late(first, last))
        for row in range(low, high):
            component, start, stop = int(found.component[row]), max(begin, int(found.begin[row])), int(found.end[row])
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
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({name: TYPES.get(name, "str") for name in COLUMNS})  # of an empty table, too


class _Product:
    """What a line had to do, and who waited for its product."""

    def __init__(self, chain: Chain, line: int) -> None:
        run, self._dated = chain.run, chain.dated.get(line, ())
        self.run, self.line = run, line
        stock = run.network.lines[line].stock
        kinds = (state.RELEASED, state.STARTED)
        self._work = [_cumulative([run.of_entity(kind, stock)]) for kind in kinds]
        buyers = [(lane, row.buyer) for lane, row in enumerate(run.network.lanes) if row.supplier == stock]
        sold = [lane for lane, buyer in buyers if run.network.stocks[buyer].role == "sold"]
        self._final = [
            _cumulative([run.of_entity(kind, lane) for lane in sold])
            for kind in (state.PLACED, state.SHIPPED, state.LOST)
        ]

    def held(self, begin: int, end: int) -> float:
        """Quanta that the line could have started in [begin, end) and did not."""
        network = self.run.network
        released, started = self._work
        waiting = _before(*released, end) - _before(*started, end)
        speed = pace(self.run, self.line, self._dated, begin)
        if speed is None:
            return float(waiting)
        closures = network.calendars[calendar] if (calendar := network.lines[self.line].calendar) >= 0 else ()
        on_clock = worked(closures, np.array([begin, end], dtype=np.int64))
        did = _before(*started, end) - _before(*started, begin + 1)
        return float(max(Fraction(0), min(Fraction(waiting), speed * int(on_clock[1] - on_clock[0]) - did)))

    def late(self, begin: int, end: int) -> float:
        """Quanta by which final demand that waits rose, and those that it lost."""
        placed, shipped, lost = (_before(*rows, end) - _before(*rows, begin) for rows in self._final)
        return float(max(0, placed - shipped - lost) + lost)


def _cumulative(parts: list[Rows]) -> tuple[Columns, Columns]:
    """Ticks and running sums of rows of several entities."""
    ticks = np.concatenate([np.zeros(0, dtype=np.int64), *(rows.tick for rows in parts)])
    quantities = np.concatenate([np.zeros(0, dtype=np.int64), *(rows.quantity for rows in parts)])
    order = np.argsort(ticks, kind="stable")
    return ticks[order], np.append(0, np.cumsum(quantities[order]))


def _before(ticks: Columns, sums: Columns, tick: int) -> int:
    """The running sum before all that happens at a tick."""
    return int(sums[np.searchsorted(ticks, tick)])
