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
    Exponential,
    Gamma,
    Lognormal,
    Uniform,
    distributions,
)

EXAMPLES: list[Distribution] = [
    Constant(3.0),
    Exponential(2.0),
    Uniform(1.0, 4.0),
    Lognormal(5.0, 2.0),
    Gamma(4.0, 1.5),
    Gamma(4.0, 6.0),
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


@pytest.mark.parametrize("law", [Exponential(0.0), Uniform(4.0, 1.0), Lognormal(0.0, 1.0), Gamma(1.0, 0.0)], ids=str)
def test_incoherent_parameters_are_named(law: Distribution) -> None:
    assert law.check()
