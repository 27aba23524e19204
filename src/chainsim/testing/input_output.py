"""Input-output economies as networks: firm i makes part i from A[j][i] of part j each, market i orders f[i] a day.

Firms keep ample base stocks, so that output tends to L f with L = (I - A)^-1 (Miller & Blair 2009, ch. 2).  A quantum
costs one fen, so quantities are values; a tick is a day.

In: coefficients as fractions, final demand in quanta.  Out: a Network, and what its log says of output.  Must not
know what any test asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chainsim.model.network import Network
from chainsim.model.state import DEMANDED, RECEIVED
from chainsim.records import Log
from chainsim.testing.sketch import Sketch

Matrix: TypeAlias = Sequence[Sequence[Fraction]]
Wholes: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]
Options: TypeAlias = Mapping[str, Any]

AMPLE = 10**7

# Miller & Blair 2009, sec. 2.3: two sectors that both use their own product.
MILLER_BLAIR = ((Fraction("0.15"), Fraction("0.25")), (Fraction("0.20"), Fraction("0.05")))


def floats(a: Matrix) -> Reals:
    """The coefficients as floating-point numbers, float64[n, n]."""
    return np.array([[float(x) for x in row] for row in a])


def leontief(a: Matrix) -> Reals:
    """L = (I - A)^-1, float64[n, n]."""
    return np.asarray(np.linalg.inv(np.eye(len(a)) - floats(a)), dtype=np.float64)


def bound(a: Matrix) -> Reals:
    """L n, quanta, float64[n]: how far cumulative output in whole quanta may stay behind real numbers.

    n_j is the number of bills of materials with part j: each rounds its use down by less than a quantum.
    """
    bills = np.array([sum(x > 0 for x in row) for row in a], dtype=np.float64)
    behind: Reals = leontief(a) @ bills
    return behind


def draw_economy(
    a: Matrix,
    f: Sequence[int],
    days: int,
    *,
    buying: Callable[[int, int], Options] = lambda j, i: {},
    making: Callable[[int], Options] = lambda i: {},
    selling: Callable[[int], Options] = lambda i: {},
    level: int = AMPLE,
) -> Sketch:
    """The sketch of (A, f) for `days` days.

    buying(j, i): options of `Sketch.buy` for firm i's component j.  making(i): of `Sketch.make`.  selling(i): of
    `Sketch.market`.  level: base stock of every stock point, unless an option says otherwise.
    """
    sketch = Sketch(days)
    n = len(a)
    for i in range(n):
        sketch.make(f"firm{i:02}", f"part{i:02}", **{"level": level, **making(i)})
        for j in range(n):
            if a[j][i] > 0:
                options = {"level": level, "suppliers": f"firm{j:02}", **buying(j, i)}
                sketch.buy(f"firm{i:02}", f"part{j:02}", f"part{i:02}", a[j][i], **options)
        if f[i]:
            options = {"every": 1, "quantity": int(f[i]), **selling(i)}
            sketch.market(f"market{i:02}", f"part{i:02}", f"firm{i:02}", **options)
    return sketch


def economy(a: Matrix, f: Sequence[int], days: int, **options: Any) -> Network:
    """The network of `draw_economy`."""
    return draw_economy(a, f, days, **options).network()


def output(network: Network, log: Log, kind: int, end: int | None = None) -> Wholes:
    """Cumulative output of each part before tick `end`, int64[n]: RELEASED, FINISHED, or RECEIVED by its buyers."""
    total = np.zeros(len(network.parts), dtype=np.int64)
    rows = log.events[(log.events[:, 1] == kind) & (log.events[:, 0] < (end or log.horizon))]
    stocks = np.array([lane.buyer for lane in network.lanes])[rows[:, 3]] if kind == RECEIVED else rows[:, 3]
    np.add.at(total, np.array([point.part for point in network.stocks])[stocks], rows[:, 4])
    return total


def waiting(network: Network, log: Log) -> int:
    """Final demand not yet delivered, summed over the run: quanta x ticks."""
    markets = {market.stock for market in network.markets}
    lanes = [index for index, lane in enumerate(network.lanes) if lane.buyer in markets]
    tick, kind, entity, quantity = (log.events[:, column] for column in (0, 1, 3, 4))
    left = (log.horizon - tick) * quantity
    return int(left[kind == DEMANDED].sum() - left[(kind == RECEIVED) & np.isin(entity, lanes)].sum())
