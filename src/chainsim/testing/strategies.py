"""Hypothesis strategies over networks and runs.

The networks are small but have everything at once: tiers that share suppliers, fractional bills of materials,
finite lines and random times, lots, (s, S) and periodic reviews, shortages, several markets, disruptions and
dated changes.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from chainsim.engine import simpy_engine
from chainsim.model.distributions import Distribution, Exponential, Lognormal, Uniform
from chainsim.model.network import UNLIMITED, WHOLE_SHARE, Network
from chainsim.model.state import State
from chainsim.testing.sketch import Sketch
from chainsim.testing.replay import Run


def simulate(network: Network, replication: int = 0) -> Run:
    """One run by the reference engine, with its state at the end."""
    end: list[State] = []
    log = simpy_engine.run(network, replication, attach=lambda _, state: end.append(state))
    return Run(network, log, replication, end[0])


def distributions(largest: int = 8) -> st.SearchStrategy[Distribution]:
    """Laws of times with means up to `largest` seconds."""
    mean = st.integers(1, max(1, largest)).map(float)
    return st.one_of(
        mean.map(Exponential),
        mean.map(lambda m: Uniform(0.0, 2 * m)),
        mean.map(lambda m: Lognormal(m, m / 2)),
    )


def times(largest: int = 8, luck: bool = True) -> st.SearchStrategy[int | Distribution]:
    """Constant times, 0 included, and, with luck, random ones."""
    constant = st.integers(0, largest)
    return st.one_of(constant, distributions(largest)) if luck else constant


def shares(count: int) -> st.SearchStrategy[list[int]]:
    """`count` shares in parts per million that sum to one million; some may be 0."""
    cuts = st.lists(st.integers(0, WHOLE_SHARE), min_size=count - 1, max_size=count - 1).map(sorted)
    return cuts.map(lambda c: [b - a for a, b in zip([0, *c], [*c, WHOLE_SHARE], strict=True)])


def quantities() -> st.SearchStrategy[Fraction]:
    """Units of a component per unit made: whole, or fractions with awkward denominators."""
    awkward = st.fractions(Fraction(1, 7), 2, max_denominator=7)
    return st.one_of(st.just(Fraction(1)), st.just(Fraction(2)), awkward)


@st.composite
def networks(draw: st.DrawFn, *, changes: bool = True, ample: bool = False, luck: bool = True) -> Network:
    """Networks of one to three tiers that end at outside sources.

    changes: with outages and other dated changes.  ample: lines without limits and in base stock only, so
    that stock is the only thing that can run short.  luck: with random times, Poisson and noisy demand.
    """
    sketch = Sketch(draw(st.integers(15, 60)), draw(st.integers(0, 2**32)))
    tiers = draw(st.integers(1, 3))
    names = [[f"t{tier}p{i}" for i in range(draw(st.integers(1, 2)))] for tier in range(tiers)]
    makers = {part: [f"{part}_{i}" for i in range(draw(st.integers(1, 2)))] for tier in names for part in tier}
    bought: list[tuple[str, str, str, list[str]]] = []
    for tier, parts in enumerate(names):
        below = names[tier + 1] if tier + 1 < tiers else []
        for part in parts:
            for firm in makers[part]:
                _make(draw, sketch, firm, part, ample, luck)
                for component in below if draw(st.booleans()) else below[:1]:
                    bought.append((firm, component, part, makers[component]))
                if not below or draw(st.booleans()):
                    bought.append((firm, "ore", part, ["outside1", "outside2"][: draw(st.integers(1, 2))]))
                if tier == 0 and draw(st.integers(0, 9)) == 0:
                    bought.append((firm, part, part, makers[part]))  # uses what it makes
    for firm, component, into, suppliers in bought:
        own_product = component == into
        quantity = Fraction(1, draw(st.integers(3, 5))) if own_product else draw(quantities())
        _buy(draw, sketch, firm, component, into, quantity, suppliers, ample, luck)
    for number in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(names[draw(st.integers(0, tiers - 1)) if number else 0]))
        sellers = makers[part]
        sketch.market(
            f"market{number}",
            part,
            dict(zip(sellers, draw(shares(len(sellers))), strict=True)),
            every=draw(st.integers(0 if luck else 1, 4)),
            quantity=draw(st.integers(1, 6)),
            rate=Fraction(draw(st.integers(1, 12)), 4),
            noise=draw(st.sampled_from([0.0, 0.5])) if luck else 0.0,
            time=draw(times(3, luck)),
            terms=draw(st.integers(0, 30)),
        )
    if changes:
        _disrupt(draw, sketch, makers, bought)
    return sketch.network()


def runs(**options: Any) -> st.SearchStrategy[Run]:
    """A network of `networks(**options)` and its replication 0."""
    return networks(**options).map(simulate)


def _levels(draw: st.DrawFn, largest: int, ample: bool) -> dict[str, Any]:
    level = draw(st.integers(0, largest))
    if ample or draw(st.booleans()):
        return {"level": level}
    return {
        "level": level,
        "reorder_point": draw(st.integers(-1, level - 1)),
        "lot": draw(st.sampled_from([1, 1, 2, 5])),
        "on_hand": draw(st.integers(0, level + 2)),
    }


def _make(draw: st.DrawFn, sketch: Sketch, firm: str, part: str, ample: bool, luck: bool) -> None:
    options = _levels(draw, 15, ample)
    if not ample:
        options["servers"] = draw(st.sampled_from([1, 2, 3, UNLIMITED]))
        options["per_quantum"] = draw(st.fractions(0, 2, max_denominator=4))
        options["batch"] = draw(st.sampled_from([2, 5, UNLIMITED]))
    sketch.make(firm, part, time=draw(times(4, luck)), **options)


def _buy(
    draw: st.DrawFn,
    sketch: Sketch,
    firm: str,
    part: str,
    into: str,
    quantity: Fraction,
    suppliers: list[str],
    ample: bool,
    luck: bool,
) -> None:
    options = _levels(draw, 40, ample)
    if not ample:
        options["review"] = draw(st.sampled_from([0, 0, 1, 3, 7]))
    parts = dict(zip(suppliers, draw(shares(len(suppliers))), strict=True))
    sketch.buy(firm, part, into, quantity, parts, time=draw(times(6, luck)), terms=draw(st.integers(0, 30)), **options)
    for supplier in suppliers:
        if draw(st.integers(0, 3)) == 0:
            sketch.under_way(firm, supplier, part, draw(st.integers(0, 10)), draw(st.integers(1, 5)))


def _disrupt(
    draw: st.DrawFn,
    sketch: Sketch,
    makers: dict[str, list[str]],
    bought: list[tuple[str, str, str, list[str]]],
) -> None:
    lines = sorted((firm, part) for part, firms in makers.items() for firm in firms)
    for _ in range(draw(st.integers(0, 3))):
        tick = draw(st.integers(0, 40))
        firm, part = draw(st.sampled_from(lines))
        buyer, component, into, suppliers = draw(st.sampled_from(bought))
        match draw(st.integers(0, 8)):
            case 0 | 1 | 2:
                sketch.speed_at(tick, firm, part, 0)
                sketch.speed_at(tick + draw(st.integers(1, 15)), firm, part, draw(st.integers(1, 3)))
            case 3:
                level = draw(st.integers(0, 30))
                sketch.levels_at(tick, buyer, component, "bought", level - draw(st.integers(1, 5)), level)
            case 4:
                sketch.share_at(tick, buyer, component, dict(zip(suppliers, draw(shares(len(suppliers))), strict=True)))
            case 5:
                sketch.terms_at(tick, buyer, suppliers[0], component, draw(st.integers(0, 60)), draw(st.integers(1, 9)))
                sketch.lead_time_at(tick, buyer, suppliers[0], component, draw(st.integers(0, 9)))
            case 6:
                sketch.need_at(tick, buyer, into, component, draw(quantities()) / 4)
            case 7:
                sketch.batch_at(tick, firm, part, draw(st.integers(0, 4)), draw(st.integers(2, 6)))
            case _:
                sketch.review_at(tick, buyer, component, "bought", draw(st.sampled_from([0, 2, 5])))
