"""Distributions of lead and processing times: one uniform in, one value out, by the inverse distribution function.

The one place where transcendental functions are evaluated.  In: uniforms in (0, 1), float64[N].  Out:
float64[N] in the unit of the parameters.  numpy and scipy are imported when values are wanted, so that
reading and validating a scenario stays quick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chainsim.registry import Registry, declared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Distribution(Protocol):
    """A law on the non-negative reals with closed-form mean and standard deviation (seconds for times)."""

    def check(self) -> str:
        """Empty when the parameters are coherent, else what is wrong with them."""
        ...

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        ...

    def inverse(self, uniforms: Floats) -> Floats:
        """Quantiles of `uniforms`, float64[N] in (0, 1)."""
        ...


distributions: Registry[Distribution] = Registry("distribution")


@distributions.register("constant")
@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same value."""

    always: float = declared("duration", "the value", low=0)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return self.always, 0.0

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        return np.full_like(uniforms, self.always)


@distributions.register("exponential")
@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless; standard deviation equals the mean."""

    mean: float = declared("duration", "mean", low=0)

    def check(self) -> str:
        return "" if self.mean > 0 else "the mean must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.mean

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        return -self.mean * np.log1p(-uniforms)


@distributions.register("uniform")
@dataclass(frozen=True, slots=True)
class Uniform:
    """Equally likely anywhere between two values."""

    low: float = declared("duration", "smallest value", low=0)
    high: float = declared("duration", "largest value", low=0)

    def check(self) -> str:
        return "" if self.low <= self.high else "the smallest value must not be above the largest"

    @property
    def moments(self) -> tuple[float, float]:
        return (self.low + self.high) / 2, (self.high - self.low) / math.sqrt(12)

    def inverse(self, uniforms: Floats) -> Floats:
        return self.low + (self.high - self.low) * uniforms


@distributions.register("lognormal")
@dataclass(frozen=True, slots=True)
class Lognormal:
    """Positive and skewed, given by its own mean and standard deviation (not those of its logarithm)."""

    mean: float = declared("duration", "mean", low=0)
    sd: float = declared("duration", "standard deviation", low=0)

    def check(self) -> str:
        return "" if self.mean > 0 else "the mean must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def inverse(self, uniforms: Floats) -> Floats:
        return lognormal_quantiles(uniforms, self.mean, self.sd)


@distributions.register("gamma")
@dataclass(frozen=True, slots=True)
class Gamma:
    """Sum of exponential stages generalised to any shape, given by mean and standard deviation."""

    mean: float = declared("duration", "mean", low=0)
    sd: float = declared("duration", "standard deviation", low=0)

    def check(self) -> str:
        return "" if self.mean > 0 and self.sd > 0 else "the mean and the standard deviation must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.sd

    def inverse(self, uniforms: Floats) -> Floats:
        return gamma_quantiles(uniforms, self.mean, self.sd)


@distributions.register("erlang")
@dataclass(frozen=True, slots=True)
class Erlang:
    """Sum of a whole number of equal exponential stages."""

    mean: float = declared("duration", "mean of the sum", low=0)
    stages: float = declared("number", "number of stages", low=1, high=10_000)

    def check(self) -> str:
        if self.stages != int(self.stages):
            return "the number of stages must be whole"
        return "" if self.mean > 0 else "the mean must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        return self.mean, self.mean / math.sqrt(self.stages)

    def inverse(self, uniforms: Floats) -> Floats:
        return gamma_quantiles(uniforms, *self.moments)


@distributions.register("weibull")
@dataclass(frozen=True, slots=True)
class Weibull:
    """Time to failure: the hazard falls with a shape below 1 and rises with one above 1."""

    mean: float = declared("duration", "mean", low=0)
    shape: float = declared("number", "shape; 1 is the exponential", low=0.1, high=100)

    def check(self) -> str:
        return "" if self.mean > 0 else "the mean must be above 0"

    @property
    def moments(self) -> tuple[float, float]:
        first, second = math.gamma(1 + 1 / self.shape), math.gamma(1 + 2 / self.shape)
        return self.mean, self.mean / first * math.sqrt(second - first**2)

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        scale = self.mean / math.gamma(1 + 1 / self.shape)
        values: Floats = scale * (-np.log1p(-uniforms)) ** (1 / self.shape)
        return values


@distributions.register("triangular")
@dataclass(frozen=True, slots=True)
class Triangular:
    """Between two values with a most likely one, the density straight on either side."""

    low: float = declared("duration", "smallest value", low=0)
    mode: float = declared("duration", "most likely value", low=0)
    high: float = declared("duration", "largest value", low=0)

    def check(self) -> str:
        ordered = self.low <= self.mode <= self.high
        return "" if ordered else "the most likely value must lie between the smallest and the largest"

    @property
    def moments(self) -> tuple[float, float]:
        a, c, b = self.low, self.mode, self.high
        variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        return (a + b + c) / 3, math.sqrt(max(0.0, variance))

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(uniforms * width * left)
        falling = self.high - np.sqrt((1 - uniforms) * width * right)
        return np.where(uniforms * width < left, rising, falling)


@distributions.register("normal")
@dataclass(frozen=True, slots=True)
class Normal:
    """Symmetric; values below 0 count as 0, so its own mean is a little above `mean` where the spread is large."""

    mean: float = declared("duration", "mean before the cut at 0", low=0)
    sd: float = declared("duration", "standard deviation before the cut at 0", low=0)

    def check(self) -> str:
        return ""

    @property
    def moments(self) -> tuple[float, float]:
        return cut_normal_moments(self.mean, self.sd)

    def inverse(self, uniforms: Floats) -> Floats:
        return cut_normal_quantiles(uniforms, self.mean, self.sd)


@distributions.register("geometric")
@dataclass(frozen=True, slots=True)
class Geometric:
    """Whole steps, one or more; after each step the chance to end is the same (the discrete exponential)."""

    mean: float = declared("duration", "mean, at least one step", low=0)
    step: float = declared("duration", "one step", low=0)

    def check(self) -> str:
        if self.step <= 0:
            return "the step must be above 0"
        return "" if self.mean >= self.step else "the mean must be at least one step"

    @property
    def moments(self) -> tuple[float, float]:
        steps = self.mean / self.step
        return self.mean, self.step * math.sqrt(steps * (steps - 1))

    def inverse(self, uniforms: Floats) -> Floats:
        return self.step * geometric_quantiles(uniforms, self.mean / self.step)


@distributions.register("two_point")
@dataclass(frozen=True, slots=True)
class TwoPoint:
    """One of two values, such as in time or late."""

    low: float = declared("duration", "the smaller value", low=0)
    high: float = declared("duration", "the larger value", low=0)
    chance: float = declared("share", "chance of the larger value", low=0, high=1)

    def check(self) -> str:
        return "" if self.low <= self.high else "the smaller value must not be above the larger"

    @property
    def moments(self) -> tuple[float, float]:
        width = self.high - self.low
        return self.low + width * self.chance, width * math.sqrt(self.chance * (1 - self.chance))

    def inverse(self, uniforms: Floats) -> Floats:
        import numpy as np

        return np.where(uniforms <= 1 - self.chance, self.low, self.high)


# Quantile functions that laws of times and laws of order sizes have in common; any unit.


def lognormal_quantiles(uniforms: Floats, mean: float, sd: float) -> Floats:
    """Quantiles of the lognormal law with this mean (above 0) and standard deviation."""
    import numpy as np
    from scipy.special import ndtri

    variance = math.log1p((sd / mean) ** 2)
    location = math.log(mean) - variance / 2
    values: Floats = np.exp(location + math.sqrt(variance) * ndtri(uniforms))
    return values


def gamma_quantiles(uniforms: Floats, mean: float, sd: float) -> Floats:
    """Quantiles of the gamma law with this mean and standard deviation, both above 0."""
    import numpy as np
    from scipy.special import gammaincinv

    shape = (mean / sd) ** 2
    values: Floats = np.asarray(gammaincinv(shape, uniforms), dtype=np.float64) * (mean / shape)
    return values


def geometric_quantiles(uniforms: Floats, mean: float) -> Floats:
    """Quantiles of the geometric law on 1, 2, ... with this mean, at least 1."""
    import numpy as np

    if mean == 1:
        return np.ones_like(uniforms)
    values: Floats = np.maximum(1.0, np.ceil(np.log1p(-uniforms) / math.log1p(-1 / mean)))
    return values


def cut_normal_quantiles(uniforms: Floats, mean: float, sd: float) -> Floats:
    """Quantiles of max(0, X) with X normal."""
    import numpy as np
    from scipy.special import ndtri

    values: Floats = np.maximum(0.0, mean + sd * ndtri(uniforms))
    return values


def cut_normal_moments(mean: float, sd: float) -> tuple[float, float]:
    """Mean and standard deviation of max(0, X) with X normal (the moments of a censored normal law)."""
    if sd == 0:
        return max(0.0, mean), 0.0
    a = mean / sd
    above = 0.5 * math.erfc(-a / math.sqrt(2))
    density = math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
    first = mean * above + sd * density
    second = (mean * mean + sd * sd) * above + mean * sd * density
    return first, math.sqrt(max(0.0, second - first * first))
