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
        import numpy as np
        from scipy.special import ndtri

        variance = math.log1p((self.sd / self.mean) ** 2)
        location = math.log(self.mean) - variance / 2
        values: Floats = np.exp(location + math.sqrt(variance) * ndtri(uniforms))
        return values


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
        import numpy as np
        from scipy.special import gammaincinv

        shape = (self.mean / self.sd) ** 2
        values: Floats = np.asarray(gammaincinv(shape, uniforms), dtype=np.float64) * (self.mean / shape)
        return values
