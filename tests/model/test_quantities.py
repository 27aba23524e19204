"""Every law of order sizes: its stated moments are those of its quantiles, and counts are counts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.quantities import (
    Binomial,
    Discrete,
    Fixed,
    Gamma,
    Geometric,
    Lognormal,
    NegativeBinomial,
    Normal,
    Poisson,
    QuantityLaw,
    Uniform,
    counts,
    quantity_laws,
)

SIXTHS = Discrete(tuple((Fraction(size), Fraction(weight, 6)) for size, weight in ((1, 1), (2, 2), (3, 2), (4, 1))))
EXAMPLES: list[QuantityLaw] = [
    Fixed(7.0),
    Poisson(0.3),
    Poisson(20.0),
    Geometric(1.0),
    Geometric(3.5),
    NegativeBinomial(5.0, 4.0),
    NegativeBinomial(0.5, 2.0),
    Uniform(2.0, 9.0),
    Uniform(3.0, 3.0),
    Binomial(10.0, 0.3),
    Binomial(4.0, 1.0),
    Binomial(4.0, 0.0),
    Normal(20.0, 5.0),
    Normal(1.0, 3.0),
    Lognormal(10.0, 4.0),
    Gamma(10.0, 12.0),
    SIXTHS,
    Discrete(((Fraction(0), Fraction(3)), (Fraction(5, 2), Fraction(1)))),
]
WHOLE = [law for law in EXAMPLES if isinstance(law, (Poisson, Geometric, NegativeBinomial, Uniform, Binomial))]
SMALLEST, LARGEST = 2.0**-54, 1.0 - 2.0**-53  # what a stream can give
each = pytest.mark.parametrize("law", EXAMPLES, ids=str)


def test_every_registered_law_has_an_example_here() -> None:
    assert {quantity_laws.name_of(law) for law in EXAMPLES} == set(quantity_laws)


@each
def test_mean_and_standard_deviation_are_those_of_the_quantiles(law: QuantityLaw) -> None:
    """Midpoint rule on fine quantiles, finer still in the tails."""
    edges = np.concatenate([[0.0], np.logspace(-9, -3, 3000), np.linspace(1e-3, 1 - 1e-3, 20_001)[1:-1]])
    edges = np.concatenate([edges, 1 - np.logspace(-3, -9, 3000), [1.0]])
    weights = np.diff(edges)
    values = law.inverse((edges[1:] + edges[:-1]) / 2)
    mean = float((weights * values).sum())
    sd = float(np.sqrt(max(0.0, (weights * values**2).sum() - mean**2)))
    assert (mean, sd) == pytest.approx(law.moments, rel=1e-3, abs=1e-6)


@each
def test_quantiles_rise_and_are_finite_and_never_negative(law: QuantityLaw) -> None:
    values = law.inverse(np.array([SMALLEST, 1e-9, 0.1, 0.5, 0.9, 1 - 1e-9, LARGEST]))
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values) >= 0).all()


@each
@given(uniforms=st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1, max_size=20))
def test_the_nth_size_depends_on_the_nth_uniform_alone(law: QuantityLaw, uniforms: list[float]) -> None:
    together = law.inverse(np.array(uniforms))
    alone = [float(law.inverse(np.array([u]))[0]) for u in uniforms]
    assert together.tolist() == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("law", WHOLE, ids=str)
@given(uniforms=st.lists(st.floats(SMALLEST, LARGEST), min_size=1, max_size=20))
def test_laws_of_counts_give_whole_numbers(law: QuantityLaw, uniforms: list[float]) -> None:
    values = law.inverse(np.array(uniforms))
    assert (values == np.rint(values)).all()


def frequencies(law: QuantityLaw, sizes: int) -> list[float]:
    """Share of each size 0, 1, ... among evenly spaced quantiles."""
    values = law.inverse((np.arange(200_000) + 0.5) / 200_000)
    return [float((values == size).mean()) for size in range(sizes)]


def test_a_uniform_size_stays_within_its_bounds_at_both_ends_of_luck() -> None:
    assert Uniform(2.0, 9.0).inverse(np.array([0.0, 1 - 2**-53])).tolist() == [2.0, 9.0]


def test_chances_are_those_of_the_textbook() -> None:
    """Each probability function, size by size."""
    poisson = [math.exp(-2.5) * 2.5**k / math.factorial(k) for k in range(8)]
    binomial = [math.comb(5, k) * 0.3**k * 0.7 ** (5 - k) for k in range(6)]
    geometric = [0.0, *(0.25 * 0.75 ** (k - 1) for k in range(1, 8))]
    # Mean 3 and variance 6: two successes with chance 1/2 each, failures counted.
    negative = [(k + 2) * (k + 1) / 2 * 0.5**3 * 0.5**k for k in range(8)]
    assert frequencies(Poisson(2.5), 8) == pytest.approx(poisson, abs=1e-5)
    assert frequencies(Binomial(5.0, 0.3), 6) == pytest.approx(binomial, abs=1e-5)
    assert frequencies(Geometric(4.0), 8) == pytest.approx(geometric, abs=1e-5)
    assert frequencies(NegativeBinomial(3.0, math.sqrt(6.0)), 8) == pytest.approx(negative, abs=1e-5)
    assert frequencies(Uniform(2.0, 4.0), 6) == pytest.approx([0, 0, 1 / 3, 1 / 3, 1 / 3, 0], abs=1e-5)
    assert frequencies(SIXTHS, 6) == pytest.approx([0, 1 / 6, 1 / 3, 1 / 3, 1 / 6, 0], abs=1e-5)


def test_the_moments_of_stated_chances_are_exact() -> None:
    assert SIXTHS.moments == (2.5, math.sqrt(Fraction(11, 12)))


def test_weights_need_not_sum_to_one() -> None:
    doubled = Discrete(tuple((size, 12 * weight) for size, weight in SIXTHS.chances))
    uniforms = np.linspace(0.001, 0.999, 999)
    assert doubled.inverse(uniforms).tolist() == SIXTHS.inverse(uniforms).tolist()
    assert doubled.moments == pytest.approx(SIXTHS.moments)


@given(st.floats(0.1, 50), st.floats(0.1, 0.99))
def test_counts_that_would_vary_less_than_poisson_are_poisson(mean: float, part: float) -> None:
    uniforms = np.linspace(0.01, 0.99, 99)
    assert counts(uniforms, mean, part * mean).tolist() == Poisson(mean).inverse(uniforms).tolist()


def test_counts_of_no_mean_are_nought() -> None:
    assert counts(np.array([0.1, 0.9]), np.array([0.0, 2.0]), np.array([0.0, 5.0]))[0] == 0


@each
def test_sound_parameters_have_nothing_to_complain_about(law: QuantityLaw) -> None:
    assert law.check() == ""


INCOHERENT: list[QuantityLaw] = [
    NegativeBinomial(4.0, 2.0),
    NegativeBinomial(0.0, 2.0),
    Uniform(1.5, 3.0),
    Uniform(4.0, 3.0),
    Binomial(2.5, 0.5),
    Lognormal(0.0, 1.0),
    Gamma(1.0, 0.0),
    Discrete(((Fraction(1), Fraction(0)),)),
]


@pytest.mark.parametrize("law", INCOHERENT, ids=str)
def test_incoherent_parameters_are_named(law: QuantityLaw) -> None:
    assert law.check()
