"""Fingerprints: what the rulebook, the engine and the model's formulas gave when somebody last looked.

Laws and oracles say what is right; this says that something moved, and on which seeds, rules or laws.  Runs are kept
as digests of their logs, the rest as numbers.  `make reference` writes fingerprints.json anew; then say in
CHANGELOG.md what moved and why.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from chainsim.engine import simpy_engine
from chainsim.engine.base import exogenous, open_state
from chainsim.model import curves, demand, network, rules, state
from chainsim.model import distributions as times
from chainsim.model import quantities as sizes
from chainsim.model import replenishment as levels
from chainsim.model import sourcing as sharing
from chainsim.model.arrivals import Arrivals, Listed, Regular, Renewal
from chainsim.model.rules.sourcing import NEVER
from chainsim.records import Log
from chainsim.registry import Registry
from chainsim.streams import Stream
from chainsim.testing import Seeded, random_network, serial
from chainsim.testing.cases import CASES

FILE = Path(__file__).with_name("fingerprints.json")
SEEDS = range(300)
LUMP = 30
UNIFORMS = np.array([2.0**-54, 1e-6, 0.01, 0.2, 0.35, 0.5, 0.65, 0.8, 0.99, 1 - 1e-6, 1 - 2.0**-53])
DAY = 86_400.0
Found = dict[str, Any]


def digest(*parts: bytes) -> str:
    """16 hexadecimal digits."""
    return hashlib.blake2b(b"|".join(parts), digest_size=8).hexdigest()


def digest_of(log: Log) -> str:
    """Of the rows of a log, eight bytes a number, the lowest first."""
    return digest(log.events.astype("<i8").tobytes(), log.orders.astype("<i8").tobytes())


def runs(seeds: range) -> Found:
    """The random networks of `chainsim fuzz`."""
    return {str(seed): digest_of(simpy_engine.run(random_network(Seeded(seed)), 0)) for seed in seeds}


def cases() -> Found:
    """Runs by hand; one with more orders and events than a table or a block of the log holds; another replication."""
    found = {case.__name__: digest_of(case().log) for case in CASES}
    long = serial(3000, (3, 7), (2, 3), rate=2.0, seed=8)
    log = simpy_engine.run(long, 0)
    assert len(log.orders) > 2 * 4096
    assert len(log.events) > 2 * 16_384
    return found | {"long": digest_of(log), "second": digest_of(simpy_engine.run(random_network(Seeded(4)), 1))}


def openings() -> Found:
    """The state before the first event, and what is on the calendar by then."""
    found = {}
    for seed in SEEDS:
        drawn = random_network(Seeded(seed))
        opened = open_state(drawn)
        events = exogenous(drawn, opened, 0)
        found[str(seed)] = digest(repr(opened).encode(), repr(events.tolist()).encode())
    return found


def plain(value: Any) -> Any:
    """As JSON has it: fractions as text, numbers to 10 significant digits."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, float):
        return float(f"{value:.9e}")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return repr(value)
    return value


LAWS_OF_TIMES: tuple[times.Distribution, ...] = (
    times.Constant(3.0),
    times.Exponential(2.5),
    times.Uniform(1.0, 4.5),
    times.Lognormal(5.0, 2.0),
    times.Gamma(4.0, 1.5),
    times.Erlang(4.0, 3.0),
    times.Weibull(3.0, 0.8),
    times.Weibull(3.0, 2.5),
    times.Triangular(1.0, 2.0, 6.5),
    times.Triangular(2.0, 2.0, 2.0),
    times.Normal(5.0, 1.0),
    times.Normal(2.0, 3.0),
    times.Normal(2.0, 0.0),
    times.Geometric(3.0, 0.5),
    times.Geometric(2.0, 2.0),
    times.TwoPoint(1.0, 9.0, 0.35),
)
LAWS_OF_SIZES: tuple[sizes.QuantityLaw, ...] = (
    sizes.Fixed(3.0),
    sizes.Poisson(2.5),
    sizes.Poisson(0.0),
    sizes.Geometric(3.5),
    sizes.Geometric(1.0),
    sizes.NegativeBinomial(3.0, 2.5),
    sizes.Uniform(2.0, 7.0),
    sizes.Binomial(7.0, 0.3),
    sizes.Binomial(0.0, 0.3),
    sizes.Normal(2.0, 3.0),
    sizes.Normal(2.0, 0.0),
    sizes.Lognormal(10.0, 4.0),
    sizes.Gamma(4.0, 6.0),
    sizes.Discrete(((Fraction(4), Fraction(1, 3)), (Fraction(1), Fraction(2)), (Fraction(9), Fraction(0)))),
)
RULES: tuple[levels.Replenishment, ...] = (
    levels.BaseStock(20.0),
    levels.ReorderPointOrderUpTo(20.0, 100.0),
    levels.ReorderPointQuantity(20.0, 30.0),
    levels.EchelonBaseStock(20.0),
    levels.Cover(2 * DAY),
    levels.LotForLot(5.0),
    levels.SafetyStock(0.95, 3.0, DAY),
    levels.SafetyStock(0.05, 300.0, DAY),
    levels.FillRateStock(0.97, 3.0, DAY),
    levels.FillRateStock(0.5, 0.0, 2 * DAY),
    levels.MovingAverage(2 * DAY, 4.0, 3.0, DAY),
    levels.MovingAverage(2 * DAY, 4.0),
    levels.ExponentialSmoothing(2 * DAY, 0.3, 3.0, DAY),
    levels.ExponentialSmoothing(2 * DAY, 0.3),
    levels.Autoregressive(10.0, 0.6, 2.0, 2 * DAY),
    levels.Autoregressive(10.0, -0.6, 2.0),
)
FLOWS = (
    levels.Flow(10 / DAY, 3 * DAY, 0.0, DAY),
    levels.Flow(10 / DAY, 2.5 * DAY, 3 * DAY),
    levels.Flow(0.0, DAY, DAY, DAY),
    levels.Flow(7 / DAY, 0.0, DAY),
)
OFFERS = (
    sharing.Offer("a", 0.3, 2, 700, 5.0),
    sharing.Offer("b", 0.7, None, 900, 2.0),
    sharing.Offer("c", 0.0, 0, 800, 3.0),
)
# What does not hang together, and what only just does.
EDGES: tuple[Any, ...] = (
    times.Exponential(-1.0),
    times.Lognormal(-1.0, 1.0),
    times.Gamma(-1.0, 1.0),
    times.Gamma(1.0, -1.0),
    times.Gamma(-1.0, -1.0),
    times.Erlang(-1.0, 2.0),
    times.Weibull(-1.0, 1.0),
    times.Geometric(-1.0, -2.0),
    sizes.NegativeBinomial(-1.0, 2.0),
    sizes.NegativeBinomial(4.0, 1.0),
    sizes.Uniform(1.5, 3.5),
    sizes.Uniform(-1.5, 3.0),
    sizes.Lognormal(-1.0, 1.0),
    sizes.Gamma(-1.0, 1.0),
    sizes.Gamma(1.0, -1.0),
    sizes.Discrete(((Fraction(1), Fraction(-1)),)),
    levels.ReorderPointOrderUpTo(6.0, 5.0),
    levels.ReorderPointQuantity(5.0, -1.0),
    levels.SafetyStock(-0.5, 1.0, 1.0),
    levels.SafetyStock(1.5, 1.0, 1.0),
    levels.SafetyStock(0.5, 1.0, -1.0),
    levels.FillRateStock(-0.5, 1.0, 1.0),
    levels.FillRateStock(1.5, 1.0, 1.0),
    levels.FillRateStock(0.5, 1.0, -1.0),
    levels.ExponentialSmoothing(1.0, -0.5),
    levels.Autoregressive(1.0, 1.5),
    levels.Autoregressive(1.0, -1.5),
    levels.Autoregressive(1.0, 0.0),
    times.Exponential(0.0),
    times.Exponential(0.5),
    times.Uniform(4.0, 1.0),
    times.Uniform(1.0, 1.0),
    times.Lognormal(0.0, 1.0),
    times.Lognormal(0.5, 0.0),
    times.Gamma(0.0, 1.0),
    times.Gamma(1.0, 0.0),
    times.Gamma(0.5, 0.5),
    times.Erlang(1.0, 2.5),
    times.Erlang(0.0, 2.0),
    times.Erlang(0.5, 1.0),
    times.Weibull(0.0, 1.0),
    times.Weibull(0.5, 1.0),
    times.Triangular(1.0, 5.0, 4.0),
    times.Triangular(2.0, 1.0, 4.0),
    times.Geometric(1.0, 2.0),
    times.Geometric(1.0, 0.0),
    times.Geometric(0.5, 0.5),
    times.TwoPoint(2.0, 1.0, 0.5),
    times.TwoPoint(1.0, 1.0, 0.5),
    sizes.NegativeBinomial(4.0, 2.0),
    sizes.NegativeBinomial(0.0, 2.0),
    sizes.NegativeBinomial(0.5, 2.0),
    sizes.Uniform(1.5, 3.0),
    sizes.Uniform(1.0, 3.5),
    sizes.Uniform(4.0, 3.0),
    sizes.Uniform(3.0, 3.0),
    sizes.Binomial(2.5, 0.5),
    sizes.Lognormal(0.0, 1.0),
    sizes.Lognormal(0.5, 1.0),
    sizes.Gamma(0.0, 1.0),
    sizes.Gamma(1.0, 0.0),
    sizes.Gamma(0.5, 0.5),
    sizes.Discrete(((Fraction(1), Fraction(0)),)),
    sizes.Discrete(((Fraction(1), Fraction(1, 2)),)),
    levels.ReorderPointOrderUpTo(5.0, 5.0),
    levels.ReorderPointOrderUpTo(4.5, 5.0),
    levels.ReorderPointQuantity(5.0, 0.0),
    levels.ReorderPointQuantity(5.0, 0.5),
    levels.SafetyStock(0.0, 1.0, 1.0),
    levels.SafetyStock(1.0, 1.0, 1.0),
    levels.SafetyStock(0.5, 1.0, 0.0),
    levels.SafetyStock(0.5, 1.0, 0.5),
    levels.FillRateStock(0.0, 1.0, 1.0),
    levels.FillRateStock(1.0, 1.0, 1.0),
    levels.FillRateStock(0.5, 1.0, 0.0),
    levels.FillRateStock(0.5, 1.0, 0.5),
    levels.MovingAverage(1.0, 2.5),
    levels.ExponentialSmoothing(1.0, 0.0),
    levels.ExponentialSmoothing(1.0, 0.5),
    levels.Autoregressive(1.0, 1.0),
    levels.Autoregressive(1.0, -1.0),
    levels.Autoregressive(1.0, 0.99),
)


def laws() -> Found:
    """Moments of each law, and its values at fixed uniforms, in thousandths."""
    found: Found = {}
    for family, examples in (("time", LAWS_OF_TIMES), ("size", LAWS_OF_SIZES)):
        for law in examples:
            values = np.rint(law.inverse(UNIFORMS) * 1000).astype(np.int64)
            found[f"{family}: {law}"] = [*law.moments, law.check(), *values.tolist()]
    uniforms = UNIFORMS[2:9]
    means = np.array([0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0])
    found["counts"] = sizes.counts(uniforms, means, means * np.array([2.0, 0.5, 1.0, 1.5, 3.0, 1.2, 9.0]))
    return found


def checks() -> Found:
    """What is said of parameters at and beyond the edge."""
    return {str(entry): entry.check() for entry in EDGES}


def declarations() -> Found:
    """Every field of every registered entry: unit, bounds, whether it must be given, whether it scales."""
    registries: tuple[Registry[Any], ...] = (
        times.distributions,
        sizes.quantity_laws,
        levels.replenishments,
        sharing.sourcings,
        curves.curves,
    )
    return {
        f"{registry.family} {name}": [
            [field.name, field.unit, field.low, field.high, field.required, field.scales]
            for field in registry.fields(name)
        ]
        for registry in registries
        for name in registry
    }


def replenishments() -> Found:
    """The levels of each rule at each flow."""
    found: Found = {str(rule): [plain_levels(rule.levels(flow)) for flow in FLOWS] for rule in RULES}
    found["learning"] = [repr(levels.learning_of(rule, review)) for rule in RULES for review in (0.0, DAY)]
    return found


def plain_levels(found: levels.Levels) -> Any:
    """Its fields, those of its forecast too."""
    row = [getattr(found, field.name) for field in dataclasses.fields(found) if field.name != "learning"]
    return [*row, *(dataclasses.astuple(found.learning) if found.learning else ())]


def sourcings() -> Found:
    """The key of each offer under each rule."""
    entries = ((name, sharing.sourcings[name]()) for name in sharing.sourcings)
    return {name: [entry.mode, entry.check(), *map(entry.key, OFFERS)] for name, entry in entries}


def ways() -> Iterator[tuple[str, Arrivals]]:
    """Arrivals of every kind."""
    yield "regular", Regular(3)
    for noise in ("normal", "lognormal", "gamma", "negative_binomial"):
        yield noise, Regular(2, 0.8, noise, per_unit=10)  # type: ignore[arg-type]
    yield "correlated", Regular(1, 0.5, correlation=0.7)
    yield "sizes", Regular(2, sizes=sizes.Poisson(4.0), correlation=-0.4)
    yield "sizes of nothing", Regular(2, sizes=sizes.Fixed(0.0))
    yield "poisson", Renewal()
    yield "poisson of ten", Renewal(sizes=sizes.Fixed(1.0), per_unit=10)
    yield "poisson of a part", Renewal(sizes=sizes.Fixed(0.25))
    yield "compound", Renewal(sizes=sizes.Poisson(1.5), per_unit=2)
    yield "renewal", Renewal(times.Gamma(2.0, 1.0), sizes.Geometric(2.0))
    yield "listed", Listed(((-1, 1), (0, 2), (5, 0), (9, 1), (39, 4), (40, 5)))


PLANS: dict[str, network.Plan] = {
    "even": ((0, 0.0), (40, 88.0)),
    "ramp": ((0, 0.0), (10, 5.5), (20, 30.25), (30, 30.25), (35, 60.0)),
    "long": ((0, 0.0), (40, 3000.0)),
    "one": ((0, 0.0),),
}


def arrivals() -> Found:
    """Orders of every kind of arrivals under plans that rise, rest, end early and end at once."""
    found = {}
    for name, way in ways():
        for plan, points in PLANS.items():
            if isinstance(way, Renewal) and plan == "one":
                continue
            market = network.Market(name, 0, points, way)
            luck, size = Stream(9, 0, "demand", name), Stream(9, 0, "order size", name)
            rows = demand.orders(market, 40, luck.take, size.take)
            found[f"{name}, {plan}"] = digest(*(row.astype("<i8").tobytes() for row in rows)) + f" {rows[1].sum()}"
    found["ramp of one"] = demand.smoothest_ramp([10.0], [5.0])
    found["ramp of two"] = demand.smoothest_ramp([10.0, 30.0], [5.0, 6.0])
    found["ramp of four"] = demand.smoothest_ramp([10.0, 30.0, 20.0, 25.0], [5.0, 6.0, 5.0, 7.0])
    return found


def ways_back() -> Found:
    """Each curve in ten steps from a fifth."""
    return {
        name: [curves.level_between(curves.curves[name](), 200_000, n / 10, (n + 1) / 10) for n in range(10)]
        for name in curves.curves
    }


def codes() -> Found:
    """What the numbers of a log and of a dated change mean, and the constants of the rulebook."""
    ours = {name: value for name, value in vars(state).items() if name.isupper() and isinstance(value, int | dict)}
    tables = ours.pop("TABLES")
    sizes_of = {"MOST_STARTS": rules.MOST_STARTS, "NEVER": NEVER, "WHOLE_SHARE": network.WHOLE_SHARE}
    return {**ours, **sizes_of, "TABLES": list(tables), "UNLIMITED": network.UNLIMITED}


def defaults() -> Found:
    """What holds where nothing is said: of the network and of a new row of each table."""
    return {f"{module.__name__}.{name}": row for module in (network, state) for name, row in defaults_of(module)}


def defaults_of(module: ModuleType) -> Iterator[tuple[str, Found]]:
    for name, kind in vars(module).items():
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module.__name__:
            fields = [field for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING]
            yield name, {field.name: plain(field.default) for field in fields}


PARTS: dict[str, Callable[[], Found]] = {
    "laws": laws,
    "checks": checks,
    "declarations": declarations,
    "replenishments": replenishments,
    "sourcings": sourcings,
    "arrivals": arrivals,
    "curves": ways_back,
    "codes": codes,
    "defaults": defaults,
    **{f"runs {first}": partial(runs, SEEDS[first : first + LUMP]) for first in SEEDS[::LUMP]},
    "openings": openings,
    "cases": cases,
}


@pytest.mark.parametrize("part", PARTS)
def test_nothing_moved(part: str, refresh: bool) -> None:
    """All that moved is named, not only the first."""
    found = plain(PARTS[part]())
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    if refresh:
        known[part] = found
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    was = known.get(part, {})
    moved = {name: (was.get(name), found.get(name)) for name in was.keys() | found.keys()}
    assert {name: pair for name, pair in sorted(moved.items()) if pair[0] != pair[1]} == {}, "make reference"


def test_every_law_and_rule_has_a_fingerprint() -> None:
    assert {times.distributions.name_of(law) for law in LAWS_OF_TIMES} == set(times.distributions)
    assert {sizes.quantity_laws.name_of(law) for law in LAWS_OF_SIZES} == set(sizes.quantity_laws)
    assert {levels.replenishments.name_of(rule) for rule in RULES} == set(levels.replenishments)
