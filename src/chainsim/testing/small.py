"""Small networks that tests use again and again."""

from __future__ import annotations

from chainsim.model.network import Network
from chainsim.testing.keys import Time
from chainsim.testing.sketch import Sketch


def single_server(horizon: int, *, mean_between: float, service: Time, servers: int = 1, seed: int = 0) -> Network:
    """M/G/c: Poisson orders of one unit, made to order one at a time, delivered at once; times in ticks."""
    return (
        Sketch(horizon, seed)
        .make("workshop", "job", time=service, servers=servers, batch=1)
        .market("customers", "job", "workshop", rate=1 / mean_between)
        .network()
    )


def serial(
    horizon: int,
    levels: tuple[int, ...],
    lead_times: tuple[Time, ...],
    *,
    every: int = 1,
    quantity: int = 1,
    rate: float | None = None,
    seed: int = 0,
) -> Network:
    """A chain of stages in base stock: stage 0 sells, each buys from the next, the last one from outside.

    Stage i keeps components at levels[i], replenished with lead_times[i], and makes to order in no time.
    With a rate demand is Poisson in units of `quantity`.
    """
    sketch = Sketch(horizon, seed)
    for stage, (level, time) in enumerate(zip(levels, lead_times, strict=True)):
        firm, part, component = f"stage{stage}", f"part{stage}", f"part{stage + 1}"
        source = f"stage{stage + 1}" if stage + 1 < len(levels) else "outside"
        sketch.make(firm, part).buy(firm, component, part, 1, source, level, time=time)
    sketch.market("market", "part0", "stage0", every=0 if rate else every, quantity=quantity, rate=rate)
    return sketch.network()
