"""Every registered distribution: its stated moments are those of its quantiles, one uniform gives one
value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.distributions import (
    Constant,
    Distribution,
    Erlang,
    Exponential,
    Gamma,
    Geometric,
    Lognormal,
    Normal,
    Triangular,
    TwoPoint,
    Uniform,
    Weibull,
    distributions,
)

EXAMPLES: list[Distribution] = [
    Constant(3.0),
    Exponential(2.0),
    Uniform(1.0, 4.0),
    Lognormal(5.0, 2.0),
    Gamma(4.0, 1.5),
    Gamma(4.0, 6.0),
    Erlang(4.0, 3.0),
    Weibull(3.0, 0.8),
    Weibull(3.0, 2.5),
    Triangular(1.0, 2.0, 6.0),
    Triangular(1.0, 1.0, 6.0),
    Triangular(2.0, 2.0, 2.0),
    Normal(5.0, 1.0),
    Normal(2.0, 3.0),
    Normal(2.0, 0.0),
    Geometric(3.0, 0.5),
    Geometric(2.0, 2.0),
    TwoPoint(1.0, 9.0, 0.05),
]
SMALLEST, LARGEST = 2.0**-54, 1.0 - 2.0**-53  # what a stream can give
each = pytest.mark.parametrize("law", EXAMPLES, ids=str)


def test_every_registered_distribution_has_an_example_here() -> None:
    assert {distributions.name_of(law) for law in EXAMPLES} == set(distributions)


@each
def test_mean_and_standard_deviation_are_those_of_the_quantiles(law: Distribution) -> None:
    """Midpoint rule on fine quantiles, finer still in the tails, where skewed laws keep their variance."""
    edges = np.concatenate([[0.0], np.logspace(-9, -3, 3000), np.linspace(1e-3, 1 - 1e-3, 20_001)[1:-1]])
    edges = np.concatenate([edges, 1 - np.logspace(-3, -9, 3000), [1.0]])
    weights = np.diff(edges)
    values = law.inverse((edges[1:] + edges[:-1]) / 2)
    mean = float((weights * values).sum())
    sd = float(np.sqrt(max(0.0, (weights * values**2).sum() - mean**2)))
    assert (mean, sd) == pytest.approx(law.moments, rel=1e-3, abs=1e-6)


@each
def test_quantiles_rise_and_are_finite_and_never_negative(law: Distribution) -> None:
    values = law.inverse(np.array([SMALLEST, 1e-9, 0.1, 0.5, 0.9, 1 - 1e-9, LARGEST]))
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values) >= 0).all()


@each
@given(uniforms=st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1, max_size=20))
def test_the_nth_value_depends_on_the_nth_uniform_alone(law: Distribution, uniforms: list[float]) -> None:
    together = law.inverse(np.array(uniforms))
    alone = [float(law.inverse(np.array([u]))[0]) for u in uniforms]
    assert together.tolist() == pytest.approx(alone, rel=1e-12)


@each
def test_sound_parameters_have_nothing_to_complain_about(law: Distribution) -> None:
    assert law.check() == ""


def test_an_erlang_law_is_the_gamma_law_of_its_moments_and_with_one_stage_exponential() -> None:
    uniforms = np.linspace(0.001, 0.999, 999)
    assert Erlang(4.0, 3.0).inverse(uniforms) == pytest.approx(Gamma(4.0, 4.0 / 3**0.5).inverse(uniforms), rel=1e-12)
    assert Erlang(4.0, 1.0).inverse(uniforms) == pytest.approx(Exponential(4.0).inverse(uniforms), rel=1e-9)


def test_a_weibull_law_of_shape_one_is_exponential() -> None:
    uniforms = np.linspace(0.001, 0.999, 999)
    assert Weibull(4.0, 1.0).inverse(uniforms) == pytest.approx(Exponential(4.0).inverse(uniforms), rel=1e-12)


def test_geometric_times_are_whole_steps_and_end_after_each_with_the_same_chance() -> None:
    """Mean 2 days in steps of half a day: 4 steps, so the chance to end is 1/4 and P(k steps) = 3^(k-1) / 4^k."""
    uniforms = (np.arange(100_000) + 0.5) / 100_000
    values, counts = np.unique(Geometric(2.0, 0.5).inverse(uniforms), return_counts=True)
    assert (values % 0.5 == 0).all()
    assert values[0] == 0.5
    assert counts[:4] / 100_000 == pytest.approx([1 / 4, 3 / 16, 9 / 64, 27 / 256], abs=2e-5)


INCOHERENT: list[Distribution] = [
    Exponential(0.0),
    Uniform(4.0, 1.0),
    Lognormal(0.0, 1.0),
    Gamma(1.0, 0.0),
    Erlang(1.0, 2.5),
    Erlang(0.0, 2.0),
    Weibull(0.0, 2.0),
    Triangular(1.0, 5.0, 4.0),
    Geometric(1.0, 2.0),
    Geometric(1.0, 0.0),
    TwoPoint(2.0, 1.0, 0.5),
]


@pytest.mark.parametrize("law", INCOHERENT, ids=str)
def test_incoherent_parameters_are_named(law: Distribution) -> None:
    assert law.check()
