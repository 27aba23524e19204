"""Random values of a network, and the plan of a network on its way; see `chainsim.testing.random_networks`."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Final, NamedTuple, get_args

from chainsim.model.arrivals import Arrivals, Listed, NoiseLaw, Regular, Renewal
from chainsim.model.distributions import Distribution, Exponential, Lognormal, Uniform
from chainsim.model.network import WHOLE_SHARE, Forecast, Role
from chainsim.model.quantities import Fixed, Geometric, QuantityLaw
from chainsim.model.quantities import Uniform as Sizes
from chainsim.testing.chooser import Chooser
from chainsim.testing.sketch import Sketch

NOISE_LAWS: Final[tuple[NoiseLaw, ...]] = get_args(NoiseLaw)


class Purchase(NamedTuple):
    """A stock point that buys."""

    firm: str
    part: str
    role: Role
    into: str  # the product it goes into, "" for a warehouse or a market
    suppliers: tuple[str, ...]


class Plan:
    """A network on its way: the sketch, who decides, which mechanisms are on, and what there is so far."""

    def __init__(
        self, choose: Chooser, sketch: Sketch, mechanisms: Collection[str], ample: bool, luck: bool, partial: bool
    ) -> None:
        self.choose = choose
        self.sketch = sketch
        self.mechanisms = frozenset(mechanisms)
        self.ample = ample
        self.luck = luck
        self.partial = partial
        self.made: list[tuple[str, str]] = []
        self.purchases: list[Purchase] = []
        self.warehouses: list[tuple[str, str]] = []
        self.forecasting: dict[tuple[str, str, Role], Forecast] = {}

    def uses(self, mechanism: str, percent: int = 40) -> bool:
        """Whether the next in line uses a mechanism."""
        return mechanism in self.mechanisms and self.choose.chance(percent)


def random_law(choose: Chooser, largest: int = 8) -> Distribution:
    """A law of times with a mean up to `largest` seconds."""
    mean = float(choose.integer(1, max(1, largest)))
    laws: tuple[Distribution, ...] = (Exponential(mean), Uniform(0.0, 2 * mean), Lognormal(mean, mean / 2))
    return choose.pick(laws)


def random_time(choose: Chooser, largest: int = 8, luck: bool = True) -> int | Distribution:
    """A constant time, 0 included, or, with luck, a random one."""
    if luck and choose.chance(60):
        return random_law(choose, largest)
    return choose.integer(0, largest)


def random_arrivals(choose: Chooser, luck: bool = True) -> Arrivals:
    """Renewal orders of random sizes, correlated or noisy regular orders, or, always without luck, listed ones.

    Listed orders may fall on one tick, or be of nothing.
    """
    kind = choose.integer(0, 4) if luck else 4
    every = choose.integer(1, 4)
    laws: tuple[QuantityLaw, ...] = (Fixed(2.0), Geometric(2.0), Sizes(0.0, 3.0))
    sizes = choose.pick(laws)
    if kind == 0:
        return Renewal(random_law(choose), sizes)
    if kind == 1:
        return Regular(every, 0.4, choose.pick(NOISE_LAWS), 0.0)
    if kind == 2:
        return Regular(every, 0.4, correlation=choose.pick([0.7, -0.7]))
    if kind == 3:
        return Regular(every, sizes=sizes)
    return Listed(tuple(sorted((choose.integer(0, 40), choose.integer(0, 6)) for _ in range(choose.integer(0, 12)))))


def random_shares(choose: Chooser, count: int) -> list[int]:
    """`count` shares in parts per million that sum to one million; some may be 0."""
    cuts = sorted(choose.integer(0, WHOLE_SHARE) for _ in range(count - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, WHOLE_SHARE], strict=True)]


def random_quantity(choose: Chooser) -> Fraction:
    """Units of a component per unit made: whole, or fractions with awkward denominators."""
    if choose.chance(60):
        return Fraction(choose.integer(1, 2))
    denominator = choose.integer(2, 7)
    return Fraction(choose.integer(1, 2 * denominator), denominator)
