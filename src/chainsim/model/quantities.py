"""Laws of order sizes: one uniform in, one size out, by the inverse distribution function.

In: uniforms in (0, 1), float64[N].  Out: sizes in units of the part, float64[N], never below 0; whole
numbers where the law counts units.  Who draws rounds them to quanta; a size of 0 is no order.
This module must not know when orders come.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from chainsim.model.distributions import (
    cut_normal_moments,
    cut_normal_quantiles,
    gamma_quantiles,
    geometric_quantiles,
    lognormal_quantiles,
)
from chainsim.registry import Registry, declared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class QuantityLaw(Protocol):
    """A law of order sizes with mean and standard deviation in closed form, units of the part."""

    def check(self) -> str:
        """Empty when the parameters are coherent, else what is wrong with them."""
        ...

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation, units."""
        ...

    def inverse(self, uniforms: Floats) -> Floats:
        """Quantiles of `uniforms`, float64[N] in (0, 1), units."""
        ...


quantity_laws: Registry[QuantityLaw] = Registry("order size")


@quantity_laws.register("fixed")
@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same size; a plain number is short for it."""

    size: float = declared("quantity", "the size", low=0)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return self.size, 0.0

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        return np.full_like(uniforms, self.size)


@quantity_laws.register("poisson")
@dataclass(frozen=True, slots=True)
class Poisson:
    """Whole units 0, 1, 2, ...; the variance equals the mean."""

    mean: float = declared("quantity", "mean", low=0)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, math.sqrt(self.mean)

    def inverse(self, uniforms: Floats) -> Floats:
        return counts(uniforms, self.mean, self.mean)


@quantity_laws.register("geometric")
@dataclass(frozen=True, slots=True)
class Geometric:
    """Whole units 1, 2, 3, ..., each number less likely than the one before by the same factor."""

    mean: float = declared("quantity", "mean", low=1)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, math.sqrt(self.mean * (self.mean - 1))

    def inverse(self, uniforms: Floats) -> Floats:
        return geometric_quantiles(uniforms, self.mean)


@quantity_laws.register("negative_binomial")
@dataclass(frozen=True, slots=True)
class NegativeBinomial:
    """Whole units 0, 1, 2, ..., more spread out than Poisson."""

    mean: float = declared("quantity", "mean", low=0)
    sd: float = declared("quantity", "standard deviation; its square is above the mean", low=0)

    def check(self) -> str:
        if self.mean <= 0:
            return "the mean must be above 0"
        return "" if self.sd**2 > self.mean else "the square of the standard deviation must be above the mean"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def inverse(self, uniforms: Floats) -> Floats:
        return counts(uniforms, self.mean, self.sd**2)


@quantity_laws.register("uniform")
@dataclass(frozen=True, slots=True)
class Uniform:
    """Whole units, equally likely from one number to another, both included."""

    low: float = declared("quantity", "smallest size", low=0)
    high: float = declared("quantity", "largest size", low=0)

    def check(self) -> str:
        if self.low != int(self.low) or self.high != int(self.high):
            return "both sizes must be whole numbers"
        return "" if self.low <= self.high else "the smallest size must not be above the largest"

    @property
    def moments(self) -> tuple[float, float]:
        sizes = self.high - self.low + 1
        return (self.low + self.high) / 2, math.sqrt((sizes**2 - 1) / 12)

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        sizes = self.high - self.low + 1
        values: Floats = self.low + np.minimum(np.maximum(np.ceil(uniforms * sizes), 1.0), sizes) - 1
        return values


@quantity_laws.register("binomial")
@dataclass(frozen=True, slots=True)
class Binomial:
    """How many of so many buyers buy one unit, each with the same chance."""

    trials: float = declared("quantity", "number of buyers", low=0)
    chance: float = declared("share", "chance of each", low=0, high=1)

    def check(self) -> str:
        return "" if self.trials == int(self.trials) else "the number of trials must be whole"

    @property
    def moments(self) -> tuple[float, float]:
        return self.trials * self.chance, math.sqrt(self.trials * self.chance * (1 - self.chance))

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np
        from scipy.special import betainc

        def chance(k: Floats) -> Floats:
            """P(X <= k) (Abramowitz & Stegun 1964, 26.5.24)."""
            rest = np.maximum(self.trials - k, 1.0)
            return np.where(k < self.trials, betainc(rest, k + 1, 1 - self.chance), 1.0)

        return smallest(chance, uniforms)


@quantity_laws.register("normal")
@dataclass(frozen=True, slots=True)
class Normal:
    """Symmetric; sizes below 0 count as 0, so its own mean is a little above `mean` where the spread is large."""

    mean: float = declared("quantity", "mean before the cut at 0", low=0)
    sd: float = declared("quantity", "standard deviation before the cut at 0", low=0)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return cut_normal_moments(self.mean, self.sd)

    def inverse(self, uniforms: Floats) -> Floats:
        return cut_normal_quantiles(uniforms, self.mean, self.sd)


@quantity_laws.register("lognormal")
@dataclass(frozen=True, slots=True)
class Lognormal:
    """Positive and skewed, given by its own mean and standard deviation (not those of its logarithm)."""

    mean: float = declared("quantity", "mean", low=0)
    sd: float = declared("quantity", "standard deviation", low=0)

    def check(self) -> str:
        return "" if self.mean > 0 else "the mean must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def inverse(self, uniforms: Floats) -> Floats:
        return lognormal_quantiles(uniforms, self.mean, self.sd)


@quantity_laws.register("gamma")
@dataclass(frozen=True, slots=True)
class Gamma:
    """Positive, less heavy in the tail than the lognormal."""

    mean: float = declared("quantity", "mean", low=0)
    sd: float = declared("quantity", "standard deviation", low=0)

    def check(self) -> str:
        return "" if self.mean > 0 and self.sd > 0 else "the mean and the standard deviation must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def inverse(self, uniforms: Floats) -> Floats:
        return gamma_quantiles(uniforms, self.mean, self.sd)


@quantity_laws.register("discrete")
@dataclass(frozen=True, slots=True)
class Discrete:
    """Stated sizes with stated chances, given as pairs; any weights, normalised to 100 %."""

    chances: tuple[tuple[Fraction, Fraction], ...] = declared("chances by size", "size and weight of each")

    def check(self) -> str:
        return "" if sum(weight for _, weight in self.chances) > 0 else "one of the chances must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        total = sum((weight for _, weight in self.chances), Fraction(0))
        mean = sum((size * weight for size, weight in self.chances), Fraction(0)) / total
        square = sum((size * size * weight for size, weight in self.chances), Fraction(0)) / total
        return float(mean), math.sqrt(square - mean * mean)

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        rows = sorted((size, weight) for size, weight in self.chances if weight > 0)
        total = sum((weight for _, weight in rows), Fraction(0))
        cumulative = np.array([float(part / total) for part in accumulate(weight for _, weight in rows)])
        sizes = np.array([float(size) for size, _ in rows])
        return sizes[np.searchsorted(cumulative, uniforms, side="left")]


def counts(uniforms: Floats, mean: float | Floats, variance: float | Floats) -> Floats:
    """Quantiles of negative binomial counts 0, 1, 2, ... with these moments, Poisson where variance <= mean.

    mean, variance: float or float64[N], one each for every uniform.
    The distribution function is a regularised incomplete beta function (Abramowitz & Stegun 1964, 26.5.26).
    """
    import numpy as np
    from scipy.special import betainc, pdtr

    means, variances = np.broadcast_arrays(np.maximum(mean, 0.0), variance, np.asarray(uniforms))[:2]
    wide = variances > means * (1 + 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        successes = np.where(wide, means / (variances / means - 1), 1.0)
        stop = np.where(wide & (means > 0), means / variances, 0.5)
    successes = np.where(successes > 0, successes, 1.0)

    def chance(k: Floats) -> Floats:
        values: Floats = np.where(wide & (means > 0), betainc(successes, k + 1, stop), pdtr(k, means))
        return values

    return smallest(chance, uniforms)


def smallest(chance: Callable[[Floats], Floats], uniforms: Floats) -> Floats:
    """Smallest whole k >= 0 whose distribution function is at least u, for each u, by bisection.

    chance: the distribution function at float64[N] of whole numbers, one for each uniform.
    """
    import numpy as np

    high = np.ones_like(uniforms)
    while (short := chance(high) < uniforms).any():
        high = np.where(short, 2 * high, high)
    low = np.full_like(high, -1.0)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = chance(middle) >= uniforms
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return high
