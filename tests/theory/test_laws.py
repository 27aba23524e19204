"""Laws of demand and the arithmetic under them, against scipy, enumeration and moments."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from chainsim.theory import evaluate, lattice, laws


def test_losses_of_poisson_and_negative_binomial_are_sums_over_their_probabilities() -> None:
    k = np.arange(400)
    for law, mass in [
        (laws.poisson(12.5), stats.poisson(12.5).pmf(k)),
        (laws.negative_binomial(12.5, 30**0.5), stats.nbinom(12.5**2 / 17.5, 12.5 / 30).pmf(k)),
        (laws.geometric(4), stats.geom(0.25).pmf(k)),
    ]:
        assert law.mean == pytest.approx(k @ mass)
        assert law.variance == pytest.approx((k - k @ mass) ** 2 @ mass)
        assert law.shortage(15) == pytest.approx(np.maximum(k - 15, 0) @ mass)
        assert law.surplus(15) == pytest.approx(np.maximum(15 - k, 0) @ mass)
        assert law.at_most(15) == pytest.approx(mass[:16].sum())
        assert law.at_most(-1) == 0


def test_losses_of_the_normal_law_are_integrals() -> None:
    law, level = laws.normal(100, 20), 110
    x = np.linspace(-100, 300, 400_001)
    density = stats.norm(100, 20).pdf(x)
    assert law.shortage(level) == pytest.approx(np.trapezoid(np.maximum(x - level, 0) * density, x), rel=1e-6)
    assert law.surplus(level) == pytest.approx(np.trapezoid(np.maximum(level - x, 0) * density, x), rel=1e-6)
    assert law.at_most(law.quantile(0.9)) == pytest.approx(0.9)
    assert law.total(4).variance == pytest.approx(1600)
    with pytest.raises(ValueError, match="no probabilities of whole numbers"):
        _ = law.mass
    exact = laws.normal(5, 0)
    assert (exact.shortage(3), exact.surplus(3), exact.at_most(4.9), exact.at_most(5)) == (2, 0, 0, 1)


def test_sums_are_enumerated() -> None:
    size = laws.discrete([0, 1, 3], [0.2, 0.5, 0.3])
    counted: dict[int, float] = {}
    for values in itertools.product([(0, 0.2), (1, 0.5), (3, 0.3)], repeat=3):
        key = sum(value for value, _ in values)
        counted[key] = counted.get(key, 0.0) + math.prod(p for _, p in values)
    assert size.total(3).mass == pytest.approx([counted.get(k, 0.0) for k in range(10)])
    assert size.total(0).mass == pytest.approx([1.0])


@pytest.mark.parametrize("count", [0.7, 9.0, 180.0])
def test_compound_poisson_is_the_mixture_of_its_sums(count: float) -> None:
    size = laws.discrete([1, 2, 3, 4], [1 / 6, 1 / 3, 1 / 3, 1 / 6])
    mass = lattice.compound_poisson(count, size.mass)
    mixed = np.zeros(4 * 400)
    power = np.zeros(4 * 400)
    power[0] = 1.0
    for n in range(int(count + 12 * math.sqrt(count) + 20)):
        mixed += stats.poisson(count).pmf(n) * power
        power = np.convolve(power, size.mass)[: len(power)]
    assert mass == pytest.approx(mixed[: len(mass)], abs=1e-12)
    assert lattice.mean(mass) == pytest.approx(count * 2.5)


def test_compound_poisson_of_units_is_poisson_and_of_logarithmic_sizes_negative_binomial() -> None:
    assert laws.compound_poisson(6, laws.constant(1)).mass == pytest.approx(laws.poisson(6).mass)
    theta = 0.5
    k = np.arange(1, 60)
    sizes = theta**k / k / -math.log(1 - theta)
    mass = lattice.compound_poisson(-3 * math.log(1 - theta), np.concatenate([[0.0], sizes]))
    assert mass[:40] == pytest.approx(stats.nbinom(3, 1 - theta).pmf(np.arange(40)), abs=1e-12)


def test_zero_demands_count_as_visits() -> None:
    # Half of all demands are 0, the others 1: every state is visited twice.
    assert lattice.renewals(np.array([0.5, 0.5]), 4) == pytest.approx([2, 2, 2, 2])
    with pytest.raises(ValueError, match="always 0"):
        lattice.renewals(np.array([1.0]), 3)


def test_laws_are_written_as_calls() -> None:
    level, _ = evaluate("newsvendor_level(demand=poisson(4), holding_cost=1, backorder_cost=9)")
    assert level == stats.poisson(4).ppf(0.9)
    text = "newsvendor_level(demand=discrete([0, 10], [1/4, 3/4]), holding_cost=1, backorder_cost=4)"
    assert evaluate(text)[0] == 10


@pytest.mark.parametrize(
    ("law", "complaint"),
    [
        ("poison(4)", "unknown law 'poison' - did you mean 'poisson'"),
        ("normal(1)", "normal also needs sd"),
        ("normal(1, 2, 3)", "takes 2 arguments, got 3"),
        ("normal(1, sd=-1)", "normal: sd must be >= 0"),
        ("constant(1.5)", "value must be a whole number"),
        ("discrete([1, 2], [0.5])", "equally long"),
        ("discrete([1, 2], [0.5, 0.6])", "sum to 1"),
        ("discrete([-1, 2], [0.5, 0.5])", "whole numbers >= 0"),
        ("negative_binomial(4, 2)", "square of sd must be above the mean"),
        ("geometric(0.5)", "mean must be >= 1"),
        ("4", "must be a law"),
    ],
)
def test_what_is_wrong_with_a_law_is_said(law: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        evaluate(f"newsvendor_level(demand={law}, holding_cost=1, backorder_cost=9)")
