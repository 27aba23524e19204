"""What becomes of a plant when a supplier stops for a while: how long it survives, how long recovery takes.

In: a Network, firms to stop, a date, how long.  Out: one row a stop.  Every stop is run on the luck of the undisturbed
run, and measured against it.  This module must not know scenarios or terminals.

Source: Simchi-Levi, Schmidt & Wei 2014, Harvard Business Review 92(1-2); Simchi-Levi et al. 2015, Interfaces 45(5).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from chainsim.economy.books import books
from chainsim.economy.multipliers import final_sales
from chainsim.economy.survival import Survival
from chainsim.engine import choice
from chainsim.model import state
from chainsim.model.network import WHOLE_SHARE, Hit, Network, Shock, Stage
from chainsim.results import checks
from chainsim.results.columns import columns_of, rows_where
from chainsim.results.dates import DAY_SECONDS
from chainsim.results.frames import Run, deliveries, frames
from chainsim.results.shortages import waits
from chainsim.results.steps import sums
from chainsim.results.tables import FEN
from chainsim.study.executors import Jobs, run_all

WINDOW_DAYS: Final = 28  # of flows before the stop
COLUMNS: Final = (
    "stop",
    "firms",
    "survive_days",
    "first_wait_days",
    "held_hours",
    "late_cny",
    "lost_cny",
    "value_added_lost_cny",
    "recover_days",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """Firms (indices) that stop together, and what to call them."""

    name: str
    firms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run leaves to be compared, from the tick of the stop on.

    waited: ticks of chain masters' lines, each (component, begin, end).  delivered: value to markets by day, fen.
    owed: by stock point and day, quanta that buyers wait for every day from the restart on.  survive: ticks.
    """

    waited: tuple[tuple[int, int, int], ...]
    delivered: np.ndarray
    owed: np.ndarray
    sales: float
    value_added: float
    survive: tuple[float, ...] = ()


def stopped(network: Network, firms: Sequence[int], tick: int, ticks: int) -> Network:
    """The same network where all lines of these firms stand still for `ticks`; what they have in stock still leaves.

    A firm without lines, such as a warehouse, delivers nothing meanwhile.
    """
    lines = [index for index, line in enumerate(network.lines) if network.stocks[line.stock].firm in firms]
    hits = [Hit("line", index) for index in lines]
    busy = {network.stocks[network.lines[index].stock].firm for index in lines}
    for index, point in enumerate(network.stocks):
        if point.firm in firms and point.firm not in busy and point.role in ("bought", "outside"):
            hits.append(Hit("stock", index))
    shock = Shock("stop", (Stage(0, ticks), Stage(WHOLE_SHARE, 0)), tuple(hits), wait=tick)
    return replace(network, shocks=(*network.shocks, shock))


def resilience(
    network: Network,
    stops: Sequence[Stop],
    tick: int,
    ticks: int,
    follow: int,
    jobs: Jobs = 1,
    replication: int = 0,
    done: Callable[[int], None] = lambda _: None,
    progress: Callable[[float], None] = lambda _: None,
) -> pd.DataFrame:
    """Each stop begins at `tick`, lasts `ticks` and is followed for `follow` ticks after that, or to the horizon.

    survive_days: from stocks and flows.  first_wait_days: from the stop to the first wait of a chain master's line that
    the undisturbed run does not have.  held_hours: how much longer these lines waited.  late_cny: the largest value by
    which deliveries to markets lagged behind; lost_cny and value_added_lost_cny (city): at the end.  recover_days: from
    the restart to the first day on which neither the stopped firms nor final demand are owed more than undisturbed.
    What never happened is missing.
    """
    end = min(network.horizon, tick + ticks + follow)
    short = replace(network, horizon=end, warm_up=tick)
    again = tick + ticks
    arguments = [
        (short, replication, again, tuple(stop.firms for stop in stops)),
        *((stopped(short, stop.firms, tick, ticks), replication, again, ()) for stop in stops),
    ]
    base, *found = run_all(_trace, arguments, jobs, done, progress)
    rows = [
        (stop.name, len(stop.firms), *_measures(short, stop, base, trace, survive))
        for stop, trace, survive in zip(stops, found, base.survive, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _measures(network: Network, stop: Stop, base: Trace, trace: Trace, survive: float) -> tuple[float, ...]:
    day = float(DAY_SECONDS / network.tick_seconds)
    known = {(component, begin): end for component, begin, end in base.waited}
    more_waits = [(end, known.get((component, begin), begin)) for component, begin, end in trace.waited]
    first = min((since for end, since in more_waits if end > since), default=None)
    held = sum(end - begin for _, begin, end in trace.waited) - sum(end - begin for _, begin, end in base.waited)
    lag = np.cumsum(base.delivered) - np.cumsum(trace.delivered)
    own = np.array([point.firm in stop.firms for point in network.stocks], dtype=bool)
    sold = _sold(network)
    more = [rows.sum(axis=0) for rows in ((trace.owed - base.owed)[own], (trace.owed - base.owed)[sold])]
    calm = np.flatnonzero((more[0] <= 0) & (more[1] <= 0))
    return (
        survive / day if survive < math.inf else math.nan,
        (first - network.warm_up) / day if first is not None else math.nan,
        held * 24 / day,
        max(0.0, float(lag.max(initial=0))) / FEN,
        (base.sales - trace.sales) / FEN,
        (base.value_added - trace.value_added) / FEN,
        float(calm[0]) if len(calm) else math.nan,
    )


def _trace(
    network: Network,
    replication: int,
    again: int,
    stops: tuple[tuple[int, ...], ...],
    progress: Callable[[float], None] | None = None,
) -> Trace:
    """One run, measured from the warm-up's end; raises InvariantError when it breaks a law."""
    run = frames(network, choice.run(network, replication, progress))
    checks.check(run)
    found = books(run)
    masters = np.array([network.firms[network.stocks[row.stock].firm].kind == "chain_master" for row in network.lines])
    columns = waits(run)
    own = masters[columns.line] & (columns.end > network.warm_up)
    begins = np.maximum(columns.begin[own], network.warm_up).tolist()
    waited = zip(columns.component[own].tolist(), begins, columns.end[own].tolist(), strict=True)
    day = DAY_SECONDS / network.tick_seconds
    every = columns_of(deliveries(run))
    counted = rows_where(every, every["tick"] >= network.warm_up)
    final = np.array([firm.kind == "market" for firm in network.firms], dtype=bool)[counted["buyer"]]
    days = ((counted["tick"][final] - network.warm_up) // float(day)).astype(np.int64)
    delivered = np.zeros(math.ceil((network.horizon - network.warm_up) / day), dtype=np.int64)
    np.add.at(delivered, days, counted["amount"][final])
    city = np.array([firm.ring == "city" and firm.kind in ("supplier", "chain_master") for firm in network.firms])
    survival = Survival(run, network.warm_up, round(WINDOW_DAYS * day))
    return Trace(
        tuple(waited),
        delivered,
        _owed(run, np.arange(again, network.horizon, round(day))),
        float(final_sales(network, counted)),
        float(found.production["value_added"][city].sum()),
        tuple(survival.plant(firms) for firms in stops),
    )


def _owed(run: Run, edges: np.ndarray) -> np.ndarray:
    """By stock point and edge, quanta ordered and neither sent nor lost before it: of sold ones, what they wait for."""
    network, lanes = run.network, run.lanes
    sold = _sold(network)
    who = np.where(sold[lanes.buyer_stock], lanes.buyer_stock, lanes.seller_stock)
    total = np.zeros((len(network.stocks), len(edges)), dtype=np.int64)
    for kind, sign in ((state.PLACED, 1), (state.SHIPPED, -1), (state.LOST, -1)):
        rows = run.of_kind(kind)
        for column, edge in enumerate(edges.tolist()):
            early = int(np.searchsorted(rows.tick, edge))
            total[:, column] += sign * sums(who[rows.entity[:early]], rows.quantity[:early], len(total))
    return total


def _sold(network: Network) -> np.ndarray:
    return np.array([point.role == "sold" for point in network.stocks], dtype=bool)
