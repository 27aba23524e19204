"""Laws of demand that formulas take as arguments: `normal(100, 20)`, `poisson(4)`, `discrete([1, 2], [0.5, 0.5])`.

In: parameters.  Out: an object that knows its mean, its losses and the law of a sum of independent values.
`laws` lists what can be written in a call.  This module must not know any inventory rule.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainsim.theory import lattice
from chainsim.theory.domain import not_negative, positive, same_length
from chainsim.theory.registry import Numbers

if TYPE_CHECKING:
    from chainsim.theory.lattice import Floats


class Law(ABC):
    """The law of one random quantity, >= 0 unless normal."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance."""

    @abstractmethod
    def total(self, count: int) -> Law:
        """The law of the sum of `count` >= 0 independent values."""

    @abstractmethod
    def surplus(self, level: float) -> float:
        """E[(level - D)+]."""

    @abstractmethod
    def shortage(self, level: float) -> float:
        """E[(D - level)+]."""

    @abstractmethod
    def at_most(self, level: float) -> float:
        """P(D <= level)."""

    @abstractmethod
    def quantile(self, probability: float) -> float:
        """The smallest level with P(D <= level) >= probability."""

    @property
    def mass(self) -> Floats:
        """Probabilities of 0, 1, 2, ...; ValueError for a law that is not one of whole numbers."""
        raise ValueError(
            f"a {type(self).__name__.lower()} law has no probabilities of whole numbers; give a discrete one"
        )


@dataclass(frozen=True)
class Normal(Law):
    """The normal law; `sd` may be 0."""

    mu: float
    sd: float

    @property
    def mean(self) -> float:
        return self.mu

    @property
    def variance(self) -> float:
        return self.sd**2

    def total(self, count: int) -> Normal:
        return Normal(count * self.mu, math.sqrt(count) * self.sd)

    def surplus(self, level: float) -> float:
        return level - self.mu + self.shortage(level)

    def shortage(self, level: float) -> float:
        from scipy.special import ndtr

        if self.sd == 0:
            return max(0.0, self.mu - level)
        z = (level - self.mu) / self.sd
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return self.sd * (density - z * float(ndtr(-z)))

    def at_most(self, level: float) -> float:
        from scipy.special import ndtr

        if self.sd == 0:
            return float(level >= self.mu)
        return float(ndtr((level - self.mu) / self.sd))

    def quantile(self, probability: float) -> float:
        from scipy.special import ndtri

        return self.mu + self.sd * float(ndtri(probability))


class Lattice(Law):
    """A law of whole numbers given by its probabilities."""

    def __init__(self, mass: Floats) -> None:
        self._mass = mass

    @property
    def mass(self) -> Floats:
        return self._mass

    @property
    def mean(self) -> float:
        return lattice.mean(self._mass)

    @property
    def variance(self) -> float:
        import numpy as np

        return float((np.arange(len(self._mass)) - self.mean) ** 2 @ self._mass)

    def total(self, count: int) -> Lattice:
        return Lattice(lattice.total(self._mass, count))

    def surplus(self, level: float) -> float:
        return lattice.surplus(self._mass, level)

    def shortage(self, level: float) -> float:
        return lattice.shortage(self._mass, level)

    def at_most(self, level: float) -> float:
        return lattice.at_most(self._mass, level)

    def quantile(self, probability: float) -> float:
        import numpy as np

        # What rounding takes from a cumulative sum must not push the answer one unit up.
        return float(np.searchsorted(np.cumsum(self._mass), probability - 1e-12, side="left"))


def normal(mean: float, sd: float) -> Law:
    """Normal, not cut at 0."""
    not_negative(sd=sd)
    return Normal(mean, sd)


def poisson(mean: float) -> Law:
    """Poisson."""
    not_negative(mean=mean)
    return Lattice(lattice.poisson(mean))


def compound_poisson(count: float, size: Law) -> Law:
    """A Poisson number, with mean `count`, of independent sizes."""
    not_negative(count=count)
    return Lattice(lattice.compound_poisson(count, size.mass))


def negative_binomial(mean: float, sd: float) -> Law:
    """Negative binomial by its mean and standard deviation; the variance must exceed the mean."""
    import numpy as np
    from scipy import stats

    positive(mean=mean)
    variance = sd**2
    if not variance > mean:
        raise ValueError(f"the square of sd must be above the mean, got {variance:g} and {mean:g}")
    law = stats.nbinom(mean**2 / (variance - mean), mean / variance)
    upper = int(law.isf(lattice.TAIL / 10)) + 2
    return Lattice(lattice.trimmed(np.asarray(law.pmf(np.arange(upper)), dtype=np.float64)))


def geometric(mean: float) -> Law:
    """Geometric on 1, 2, ..."""
    import numpy as np

    if not mean >= 1:
        raise ValueError(f"mean must be >= 1, got {mean:g}")
    stay = 1 - 1 / mean
    upper = math.ceil(math.log(lattice.TAIL / 10) / math.log(stay)) if stay else 0
    return Lattice(np.concatenate([[0.0], stay ** np.arange(upper + 1) / mean]))


def constant(value: int) -> Law:
    """Always the same whole number."""
    not_negative(value=value)
    return discrete((value,), (1.0,))


def discrete(values: Numbers, probabilities: Numbers) -> Law:
    """Whole numbers >= 0 with given probabilities, which sum to 1."""
    import numpy as np

    same_length(values=values, probabilities=probabilities)
    if any(value < 0 or value != int(value) for value in values):
        raise ValueError(f"values must be whole numbers >= 0, got {list(values)}")
    if any(probability < 0 for probability in probabilities) or abs(sum(probabilities) - 1) > 1e-9:
        raise ValueError(f"probabilities must be >= 0 and sum to 1, got a sum of {sum(probabilities):g}")
    mass = np.zeros(int(max(values)) + 1)
    np.add.at(mass, [int(value) for value in values], probabilities)
    return Lattice(mass)


laws: dict[str, Callable[..., Law]] = {
    law.__name__: law for law in (normal, poisson, compound_poisson, negative_binomial, geometric, constant, discrete)
}
