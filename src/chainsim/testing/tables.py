"""A network whose Leontief table is known: one firm a row, in the order of the rows.

In: coefficients in value terms.  Out: a Network that `chainsim.economy.leontief.compile_network` must turn back into
them, and that runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from chainsim.model.network import Network
from chainsim.testing.sketch import Sketch

Coefficients = Sequence[Sequence[Fraction]]
AMPLE = 10**7  # quanta; nobody ever waits


def table_network(
    purchases: Coefficients,
    final: Sequence[int],
    *,
    outside: Sequence[Fraction] | None = None,
    rings: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    prices: Sequence[int] | None = None,
    level: int = AMPLE,
    days: int = 50,
) -> Network:
    """Firm i makes part i; purchases[i][j] and outside[j] are yuan per yuan of j's output, `final` units a day.

    prices: fen per unit, by default 100.  Rings are "city" and groups none unless given.  Up to ten rows, so that the
    order of names is theirs.
    """
    count = len(final)
    prices = prices or [100] * count
    sketch = Sketch(days)
    for i in range(count):
        ring = rings[i] if rings else "city"
        sketch.firm(f"firm{i}", ring=ring).part(f"part{i}", prices[i])
        sketch.firms[f"firm{i}"] = replace(sketch.firms[f"firm{i}"], group=groups[i] if groups else "")
        sketch.make(f"firm{i}", f"part{i}", level)
    for j in range(count):
        for i in range(count):
            if purchases[i][j]:
                units = purchases[i][j] * prices[j] / prices[i]
                sketch.buy(f"firm{j}", f"part{i}", f"part{j}", units, f"firm{i}", level)
        if outside and outside[j]:
            sketch.part("ore", 100).buy(f"firm{j}", "ore", f"part{j}", outside[j] * prices[j] / 100, "outside", level)
        if final[j]:
            sketch.market(f"market{j}", f"part{j}", f"firm{j}", every=1, quantity=final[j])
    return sketch.network()
