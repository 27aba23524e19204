"""Final demand against closed forms, at fixed seeds: estimates lie within 4.5 standard errors of the formula.

Each test names its standard error.  Where a near miss is plausible (half the variance, independent orders, the
plan of the day before) the estimate lies further from it than that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chainsim.engine.base import exogenous, open_state
from chainsim.model.arrivals import Arrivals, NoiseLaw, Regular, Renewal
from chainsim.model.demand import orders
from chainsim.model.distributions import Constant, Distribution, Erlang, Gamma, TwoPoint, Weibull
from chainsim.model.network import Market, Network
from chainsim.model.quantities import Gamma as GammaSize
from chainsim.model.quantities import Geometric, NegativeBinomial, Normal, QuantityLaw, Uniform
from chainsim.model.state import FINAL
from chainsim.scenario.build import build
from chainsim.scenario.load import load
from chainsim.streams import Stream

DAY = 1000  # ticks
LIMIT = 4.5  # standard errors


def daily(process: Arrivals, per_day: float, days: int, replication: int = 0) -> NDArray[np.float64]:
    """Units demanded on each of `days` days at a constant plan."""
    horizon = days * DAY
    market = Market("m", 0, ((0, 0.0), (2 * horizon, 2 * per_day * days)), process)
    luck, sizes = (Stream(7, replication, purpose, "m") for purpose in ("demand", "order size"))
    ticks, quantities = orders(market, horizon, luck.take, sizes.take)
    return np.bincount(ticks // DAY, weights=quantities, minlength=days).astype(np.float64)


def agrees(values: NDArray[np.float64], mean: float, variance: float) -> None:
    """Mean and variance of independent values, with standard errors from the values' own moments."""
    n = len(values)
    assert abs(values.mean() - mean) <= LIMIT * math.sqrt(variance / n)
    fourth = ((values - values.mean()) ** 4).mean()
    error = math.sqrt((fourth - values.var() ** 2) / n)
    assert abs(values.var() - variance) <= LIMIT * error
    assert abs(values.var() - variance / 2) > LIMIT * error, "the test could not tell half the variance"


SIZES: list[QuantityLaw] = [Geometric(3.0), NegativeBinomial(4.0, 3.0), Uniform(1.0, 9.0), GammaSize(30.0, 20.0)]


@pytest.mark.parametrize("law", SIZES, ids=str)
def test_compound_poisson_demand_has_the_variance_of_squared_sizes(law: QuantityLaw) -> None:
    """With N orders a day on average: mean N E[X], variance N E[X^2] (Ross 2014, sec. 5.4.2)."""
    mean, sd = law.moments
    values = daily(Renewal(sizes=law), 5 * mean, 20_000)
    rounding = 5 / 12 if isinstance(law, GammaSize) else 0.0
    agrees(values, 5 * mean, 5 * (mean**2 + sd**2) + rounding)


@pytest.mark.parametrize("law", [*SIZES, Normal(30.0, 5.0)], ids=str)
def test_regular_orders_of_a_law_are_independent_values_of_it(law: QuantityLaw) -> None:
    mean, sd = law.moments
    rounding = 1 / 12 if isinstance(law, (GammaSize, Normal)) else 0.0
    values = daily(Regular(DAY, sizes=law), mean, 20_000)
    agrees(values, mean, sd**2 + rounding)
    correlation = np.corrcoef(values[1:], values[:-1])[0, 1]
    assert abs(correlation) <= LIMIT / math.sqrt(len(values))


@pytest.mark.parametrize("noise_law", ["normal", "lognormal", "gamma", "negative_binomial"])
def test_noise_of_any_law_keeps_the_mean_and_has_the_stated_variation(noise_law: NoiseLaw) -> None:
    """Planned orders of 400 with 25 %; a normal factor falls below 0 at four standard deviations, once in 30,000."""
    values = daily(Regular(DAY, 0.25, noise_law), 400.0, 20_000)
    agrees(values, 400.0, 100.0**2)


def skewness(values: NDArray[np.float64]) -> float:
    return float((((values - values.mean()) / values.std()) ** 3).mean())


def test_the_laws_of_noise_differ_by_their_skewness() -> None:
    """With variation v: 0, v^3 + 3 v, 2 v, and for negative binomial counts a little less than 2 v."""
    v = 0.25
    expected: dict[NoiseLaw, float] = {"normal": 0.0, "lognormal": v**3 + 3 * v, "gamma": 2 * v}
    for noise_law, skew in expected.items():
        values = daily(Regular(DAY, v, noise_law), 400.0, 40_000)
        assert abs(skewness(values) - skew) <= LIMIT * math.sqrt(6 / 40_000) * (1 + 6 * skew)
    assert 0.4 < skewness(daily(Regular(DAY, v, "negative_binomial"), 400.0, 40_000)) < 0.6


@pytest.mark.parametrize("correlation", [0.7, -0.5])
@pytest.mark.parametrize("planned", [True, False], ids=["noise", "law"])
def test_correlated_orders_are_a_first_order_autoregression(correlation: float, planned: bool) -> None:
    """Autocorrelation rho^k at lag k, by Bartlett's formula with a standard error below sqrt((1 + r) / (1 - r) / n).

    r is rho^2; the law of each order is as without correlation, so the start is stationary.
    """
    n = 40_000
    process = Regular(DAY, 0.2, correlation=correlation)
    if not planned:
        process = Regular(DAY, correlation=correlation, sizes=Normal(500.0, 100.0))
    values = daily(process, 500.0, n)
    r = correlation**2
    error = math.sqrt((1 + r) / (1 - r) / n)
    for lag in (1, 2, 3):
        seen = np.corrcoef(values[lag:], values[:-lag])[0, 1]
        assert abs(seen - correlation**lag) <= LIMIT * error
    stretched = (1 + correlation) / (1 - correlation)  # variance of a mean against independent orders
    assert abs(values.mean() - 500) <= LIMIT * 100 * math.sqrt(stretched / n)
    assert abs(values.std() - 100) <= LIMIT * 100 * error


def test_correlated_orders_start_as_they_go_on() -> None:
    """First orders of 3,000 replications: the full standard deviation, not that of a single shock (0.71 of it)."""
    process = Regular(DAY, correlation=0.7, sizes=Normal(500.0, 100.0))
    first, second = np.array([daily(process, 500.0, 2, replication) for replication in range(3000)]).T
    for values in (first, second):
        assert abs(values.mean() - 500) <= LIMIT * 100 / math.sqrt(3000)
        assert abs(values.std() - 100) <= LIMIT * 100 / math.sqrt(6000)
    assert abs(np.corrcoef(first, second)[0, 1] - 0.7) <= LIMIT * (1 - 0.49) / math.sqrt(3000)


GAPS: list[Distribution] = [
    Gamma(2.0, 1.0),
    Gamma(2.0, 3.0),
    Erlang(5.0, 4.0),
    Weibull(3.0, 1.7),
    TwoPoint(0.0, 3.0, 0.5),
]


@pytest.mark.parametrize("law", GAPS, ids=str)
def test_the_count_of_a_renewal_process_has_the_dispersion_of_its_gaps(law: Distribution) -> None:
    """Variance over mean of the count in a long time tends to the squared variation of the gaps (Cox 1962, sec. 4.2).

    10,000 windows of 100 expected orders each; the remainder of the expansion is of the order of 1 in 100.
    """
    mean, sd = law.moments
    scv = (sd / mean) ** 2
    counts = daily(Renewal(law), 100.0, 10_000)
    dispersion = counts.var() / counts.mean()
    error = scv * math.sqrt(2 / len(counts))
    third = (1 + scv) ** 2 / 100  # bounds the remainder for these laws
    assert abs(dispersion - scv) <= LIMIT * error + third
    assert abs(counts.mean() - 100) <= LIMIT * math.sqrt(100 * scv / len(counts)) + 1e-2


@pytest.mark.parametrize("law", GAPS, ids=str)
def test_the_gaps_of_renewal_orders_are_the_law_itself(law: Distribution) -> None:
    """At the pace of its own mean gap, to the rounding of ticks, and the first order comes after a whole gap."""
    days = 2000
    scaled = law.inverse(Stream(7, 0, "demand", "m").take(1024)) / law.moments[0]
    market = Market("m", 0, ((0, 0.0), (days * DAY, 2.0 * days)), Renewal(law))
    luck, sizes = (Stream(7, 0, purpose, "m") for purpose in ("demand", "order size"))
    ticks, _ = orders(market, days * DAY, luck.take, sizes.take)
    expected = np.cumsum(scaled) * DAY / 2
    assert np.abs(ticks[:1024] - expected).max() <= 0.5 + 1e-6


def test_a_renewal_process_follows_a_plan_that_moves() -> None:
    """Gaps of 1 with a plan of t^2: the n-th order at the square root of n."""
    xs = np.arange(0, 10_001)
    plan = tuple((int(x), float(x * x) / 1e4) for x in xs)
    luck, sizes = (Stream(7, 0, purpose, "m") for purpose in ("demand", "order size"))
    ticks, _ = orders(Market("m", 0, plan, Renewal(Constant(5.0))), 10_000, luck.take, sizes.take)
    assert np.abs(ticks - np.sqrt(np.arange(1, len(ticks) + 1) * 1e4)).max() <= 1


def test_replications_are_independent_of_each_other() -> None:
    """Correlation of two replications' daily demand over 5,000 days: nought, with standard error 1/sqrt(n)."""
    process = Renewal(Gamma(2.0, 1.0), Geometric(3.0))
    one, other = (daily(process, 12.0, 5000, replication) for replication in (0, 1))
    assert abs(np.corrcoef(one, other)[0, 1]) <= LIMIT / math.sqrt(5000)
    assert (one == daily(process, 12.0, 5000)).all()


# From a scenario.

TEXT = """\
study: {{start: 2024-01-01, end: {end}, seed: 3, {study}}}
parts: {{car: {{price: 100_000 CNY, {part}}}}}
plants: {{works: {{makes: car}}}}
markets:
  buyers: {{buys: car, {market}}}
"""
Make = Callable[..., Network]


@pytest.fixture
def network(tmp_path: Path) -> Make:
    """The network of a plant and one market, from the text of its market."""

    def make(market: str, *, end: str, study: str = "", part: str = "", orders: str = "") -> Network:
        path = tmp_path / "case.yaml"
        path.write_text(TEXT.format(market=market, end=end, study=study, part=part), encoding="utf-8")
        (tmp_path / "orders.csv").write_text(orders, encoding="utf-8")
        return build(load(path))

    return make


def demanded(network: Network, replication: int = 0) -> list[tuple[int, int]]:
    """Tick and quantity of every order of final demand."""
    rows = exogenous(network, open_state(network), replication)
    return [(tick, quantity) for tick, phase, _, quantity, _ in rows.tolist() if phase == FINAL]


def days_of(network: Network) -> NDArray[np.float64]:
    """Planned units of each day."""
    return np.diff([quantity for _, quantity in network.markets[0].plan])


def total(network: Network) -> int:
    return sum(quantity for _, quantity in demanded(network))


def test_growth_is_compound_and_continuous(network: Make) -> None:
    """Four years at 10 %: the integral of 1.1^t is (1.1^t - 1) / ln 1.1, with years of 365 days."""
    plan = network("rate: 365/day, growth: 10%", end="2028-01-01").markets[0].plan
    for day in (1, 365, 1461):
        years = day / 365
        assert plan[day][1] == pytest.approx(365 * 365 * (1.1**years - 1) / math.log(1.1), rel=1e-12)


def test_a_plan_may_shrink(network: Make) -> None:
    plan = network("rate: 100/day, growth: -20%", end="2025-12-31").markets[0].plan
    assert plan[365][1] == pytest.approx(36_500 * 0.2 / -math.log(0.8), rel=1e-12)
    assert plan[730][1] / plan[365][1] == pytest.approx(1.8, rel=1e-12)


def test_seasons_multiply_the_days_of_their_months(network: Make) -> None:
    days = days_of(network("rate: 10/day, season: {1: 120%, 2: 60%, 12: 0}", end="2025-01-01"))
    assert days.sum() == pytest.approx(10 * (31 * 1.2 + 29 * 0.6 + 366 - 31 - 29 - 31))
    assert days[[30, 31, 59, 60]].tolist() == pytest.approx([12, 6, 6, 10])
    assert days[-31:].max() == 0


def test_a_straight_ramp_averages_its_ends(network: Make) -> None:
    days = days_of(network("rate: 10/day, ramp: {from: 2024-02-01, until: 2024-04-01, start: 20%}", end="2024-06-01"))
    assert days[:31].tolist() == pytest.approx([2.0] * 31)
    assert days[31:91].sum() == pytest.approx(60 * 10 * 0.6)
    assert days[91:].tolist() == pytest.approx([10.0] * len(days[91:]))
    assert days[31] == pytest.approx(10 * (0.2 + 0.8 * 0.5 / 60))


def test_a_logistic_ramp_is_symmetric_and_steepest_in_the_middle(network: Make) -> None:
    days = days_of(
        network("rate: 10/day, ramp: {from: 2024-02-01, until: 2024-04-01, shape: logistic}", end="2024-06-01")
    )
    rise = days[31:91]
    assert rise + rise[::-1] == pytest.approx([10.0] * 60)
    steps = np.diff(rise)
    assert steps.argmax() in (28, 29, 30)
    assert days[:31].max() == 0
    assert days[91:].min() == pytest.approx(10)


@pytest.mark.parametrize("gains", ["30%", "100%"])
@pytest.mark.parametrize("every", ["1 day", "6 h"])
def test_sales_brought_forward_are_missing_later_to_the_last_unit(network: Make, gains: str, every: str) -> None:
    """Additional 0: more before, fewer after, and the same total; also of the orders themselves."""
    subsidy = f"pull_forward: {{from: 2024-03-01, until: 2024-05-01, gains: {gains}, payback: 122 days}}"
    without = network(f"rate: 100/day, every: {every}", end="2025-01-01")
    moved = network(f"rate: 100/day, every: {every}, {subsidy}", end="2025-01-01")
    days = days_of(moved)
    assert moved.markets[0].plan[-1][1] == pytest.approx(without.markets[0].plan[-1][1], rel=1e-12)
    assert total(moved) == total(without)
    gain = float(gains[:-1]) / 100
    assert days[60:121].tolist() == pytest.approx([100 * (1 + gain)] * 61)
    assert days[121:243].tolist() == pytest.approx([100 * (1 - gain / 2)] * 122)
    assert days[243:].tolist() == pytest.approx([100.0] * len(days[243:]))


def test_the_additional_share_of_a_subsidy_stays(network: Make) -> None:
    subsidy = "pull_forward: {from: 2024-03-01, until: 2024-05-01, gains: 30%, payback: 3 months, additional: 20%}"
    """Of 30 % in 61 days a fifth: 366 units; the orders of a plan in fractions are within one of it."""
    made = network(f"rate: 100/day, {subsidy}", end="2025-01-01")
    assert made.markets[0].plan[-1][1] == pytest.approx(36_600 + 366, rel=1e-12)
    assert total(made) in (36_965, 36_966)


def test_a_dip_beyond_the_study_is_not_seen_and_one_from_before_is(network: Make) -> None:
    """Half the payback after the end; and a subsidy of the December before, missing in January and February."""
    late = "pull_forward: {from: 2024-11-01, until: 2024-12-02, gains: 30%, payback: 60 days}"
    assert total(network(f"rate: 100/day, {late}", end="2025-01-01")) == 36_600 + 930 - 465
    early = "pull_forward: {from: 2023-12-01, until: 2024-01-01, gains: 30%, payback: 60 days}"
    assert total(network(f"rate: 100/day, {early}", end="2025-01-01")) == 36_600 - 930


def test_the_shape_of_a_plan_multiplies_and_is_then_moved(network: Make) -> None:
    shape = "season: {3: 150%}, growth: 10%, ramp: {until: 2024-02-01}"
    subsidy = "pull_forward: {from: 2024-03-01, until: 2024-04-01, gains: 20%, payback: 61 days}"
    plain = days_of(network(f"rate: 100/day, {shape}", end="2025-01-01"))
    moved = days_of(network(f"rate: 100/day, {shape}, {subsidy}", end="2025-01-01"))
    growth = 1.1 ** ((np.arange(366) + 0.5) / 365)
    assert plain[60:91] == pytest.approx(150 * growth[60:91], rel=1e-7)
    assert plain[:31] == pytest.approx(100 * growth[:31] * (np.arange(31) + 0.5) / 31, rel=1e-7)
    assert moved[60:91] == pytest.approx(1.2 * plain[60:91])
    assert (plain - moved)[91:152] == pytest.approx(0.2 * plain[60:91].sum() / 61)
    assert moved.sum() == pytest.approx(plain.sum(), rel=1e-12)


def test_yearly_totals_are_shaped_too(network: Make) -> None:
    plain = days_of(network("yearly: {2024: 36_600}", end="2025-01-01"))
    halved = days_of(network("yearly: {2024: 36_600}, season: {5: 50%}", end="2025-01-01"))
    assert halved[121:152] == pytest.approx(plain[121:152] / 2)
    assert halved[:121].tolist() == plain[:121].tolist()


def test_a_schedule_is_replayed_to_the_tick(network: Make) -> None:
    made = network("schedule: {2024-01-05: 20, 2024-01-05T08:00: 3, 2024-02-01T23:59:59: 35}", end="2024-03-01")
    day = 86_400
    assert demanded(made) == [(4 * day, 20), (4 * day + 8 * 3600, 3), (32 * day - 1, 35)]
    assert [quantity for _, quantity in made.markets[0].plan][3:7] == [0, 0, 23, 23]


def test_a_schedule_counts_in_the_ticks_and_quanta_of_the_scenario(network: Make) -> None:
    made = network(
        "schedule: {2024-01-02T06:00: 0.25}",
        end="2024-03-01",
        study="tick: 1 h",
        part="resolution: 0.01",
    )
    assert demanded(made) == [(30, 25)]


def test_a_trace_is_replayed_to_the_tick_and_order_by_order(network: Make) -> None:
    table = "日期,数量\n2024-01-05,20\n2024-01-05T08:00,3\n2023-12-31,9\n2024-01-05,4\n2024-03-01,7\n2024-01-02,0\n"
    made = network("trace: orders.csv", end="2024-03-01", orders=table)
    day = 86_400
    assert demanded(made) == [(4 * day, 20), (4 * day, 4), (4 * day + 8 * 3600, 3)]
    assert made.markets[0].plan[-1][1] == 27


def test_a_longer_study_begins_with_the_same_orders(network: Make) -> None:
    """All kinds of arrivals, with a plan that moves."""
    for market in (
        "rate: 33/day, noise: 30%, noise_law: gamma, growth: 10%, season: {2: 50%}",
        "rate: 33/day, noise: 30%, correlation: 0.6, ramp: {until: 2024-04-01}",
        'quantity: "negative_binomial(20, 9)", growth: 10%',
        'rate: 33/day, arrivals: poisson, quantity: "geometric(4)", growth: 10%',
        'arrivals: renewal, between: "gamma(2 h, 5 h)", quantity: {1: 1/3, 2: 2/3}',
        "schedule: {2024-01-05: 20, 2024-06-05: 4}",
    ):
        short = demanded(network(market, end="2024-03-01"), 2)
        long = demanded(network(market, end="2024-07-01"), 2)
        assert short
        assert long[: len(short)] == short
        horizon = (date(2024, 3, 1) - date(2024, 1, 1)).days * 86_400
        assert all(tick >= horizon for tick, _ in long[len(short) :])
