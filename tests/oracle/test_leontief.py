"""Closed forms of input-output analysis that a network of firms in base stock must meet.

Firm i makes part i and needs A[j][i] units of part j for each; market i orders f[i] a day.  Lines are without
limits and in no time, stocks are ample, review is continuous unless said otherwise.  x = f + A x, L = (I -
A)^-1.

The integer bound.  Base stock passes demand on one for one, so that, cumulatively and after each day,
    released_j = demand_j + sum over buyers i of used_ij,    used_ij = floor(A_ji released_i),
because fractions are carried.  Each floor takes less than one quantum, so Q = F + A Q - e with 0 <= e_j <
n_j, where n_j is the number of bills that contain part j, and Q = L (F - e):
    0 <= L F - Q <= L n.
That is the resolution times the number of paths that end at j; it does not grow with time.  Every test
asserts this bound, or the one that follows from it in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.state import FINISHED, RECEIVED, RELEASED
from chainsim.testing import Sketch, economies, simulate
from chainsim.testing.input_output import (
    AMPLE,
    MILLER_BLAIR,
    Matrix,
    Reals,
    bound,
    draw_economy,
    economy,
    floats,
    leontief,
    output,
)

SLACK = 1e-6  # of floating-point algebra on the right-hand sides


def assert_output_is_leontief(a: Matrix, f: Sequence[int], days: int) -> None:
    network = economy(a, f, days)
    log = simulate(network).log
    for day in (1, days // 2, days):
        short = leontief(a) @ np.array(f) * day - output(network, log, RELEASED, day)
        assert (short >= -SLACK).all(), (day, short)
        assert (short <= bound(a) + SLACK).all(), (day, short)
    assert (output(network, log, RELEASED) == output(network, log, FINISHED)).all()


def test_miller_and_blair_s_two_sectors_make_1247_52_and_1841_58_a_day() -> None:
    """(a) with a declared cycle and self-supply: each firm buys its own product into a stock point of its
    own."""
    x = leontief(MILLER_BLAIR) @ np.array([600, 1500])
    assert x == pytest.approx([1247.52, 1841.58], abs=0.005)
    days = 200
    network = economy(MILLER_BLAIR, (600, 1500), days)
    log = simulate(network).log
    daily = output(network, log, RELEASED) / days
    assert np.abs(daily - x).max() <= bound(MILLER_BLAIR).max() / days < 0.03
    assert_output_is_leontief(MILLER_BLAIR, (600, 1500), days)


@given(economies())
def test_output_is_leontief_s_in_any_productive_economy_cycles_included(case: tuple[Matrix, list[int]]) -> None:
    assert_output_is_leontief(*case, days=12)


@given(economies(cyclic=False))
def test_output_is_leontief_s_in_any_productive_economy_without_cycles(case: tuple[Matrix, list[int]]) -> None:
    assert_output_is_leontief(*case, days=12)


def shortfall_forms(a: Matrix, f: Sequence[int], review: Matrix, lead: Matrix) -> tuple[Reals, Reals]:
    """L (A∘τ) L f with τ the review lags, and (A∘l) L f with l the lead times.

    A lag between a supplier's sale and its own orders is passed on tier by tier: it carries the L in front.
    A lead time delays one delivery and no order, since firms sell from stock: it counts once.
    """
    x = leontief(a) @ np.array(f)
    return leontief(a) @ (floats(a) * floats(review)) @ x, (floats(a) * floats(lead)) @ x


def assert_ramp_up_shortfall(a: Matrix, f: Sequence[int], period: int, review: Matrix, lead: Matrix) -> None:
    """Reviews every `period` days or continuous: on the mornings of reviews the lag is exactly `period` or 0,
    so with t_k = k period, Q(t_k) = F(t_k) + A_0 Q(t_k) + A_1 Q(t_k-1) - e, whence L F - Q tends to L (A∘τ) L
    f, within L n for the floors and (the powers of L_0 A_1) times the limit for the transient."""
    cycles = 60
    days = cycles * period
    network = economy(a, f, days, buying=lambda j, i: {"review": int(review[j][i]), "time": int(lead[j][i])})
    log = simulate(network).log
    produced, delivered = shortfall_forms(a, f, review, lead)
    full = leontief(a) @ np.array(f) * days
    numbers = floats(a)
    late = np.where(floats(review) > 0, numbers, 0.0)
    memory = np.linalg.inv(np.eye(len(a)) - (numbers - late)) @ late
    longest = int(floats(lead).max()) // period
    transient = np.linalg.matrix_power(memory, cycles - longest) @ produced
    room = bound(a) + transient + SLACK
    assert transient.max() < 2, "the transient has settled"
    assert (np.abs(full - output(network, log, RELEASED) - produced) <= room).all()
    assert (np.abs(full - output(network, log, RECEIVED) - produced - delivered) <= room).all()
    # (d) The multiplier over a horizon is the closed form less the shortfall per yuan of final demand.
    final = days * sum(f)
    multiplier = output(network, log, RECEIVED).sum() / final
    asymptote = full.sum() / final
    assert abs(multiplier - (asymptote - (produced + delivered).sum() / final)) <= room.sum() / final


def test_cumulative_ramp_up_shortfall_and_multiplier_over_a_horizon_in_miller_and_blair_s_economy() -> None:
    """(b) and (d), with daily reviews of every component and delivery in 3, 0, 1 and 2 days."""
    ones = [[Fraction(1)] * 2] * 2
    lead = [[Fraction(3), Fraction(0)], [Fraction(1), Fraction(2)]]
    assert_ramp_up_shortfall(MILLER_BLAIR, (600, 1500), 1, ones, lead)


@given(st.data(), economies(), st.integers(1, 3))
def test_cumulative_ramp_up_shortfall_and_multiplier_over_a_horizon(
    data: st.DataObject, case: tuple[Matrix, list[int]], period: int
) -> None:
    """(b) and (d) with any mixture of continuous and periodic reviews and of lead times."""
    a, f = case
    lags = st.lists(st.lists(st.booleans(), min_size=len(a), max_size=len(a)), min_size=len(a), max_size=len(a))
    review = [[Fraction(period * on) for on in row] for row in data.draw(lags)]
    lead = [[Fraction(2 * period * on) for on in row] for row in data.draw(lags)]
    a = [[x / 2 for x in row] for row in a]  # so that transients settle within the run
    assert_ramp_up_shortfall(a, f, period, review, lead)


@given(st.data(), economies(), st.integers(0, 9))
def test_extra_output_that_builds_a_base_stock_of_s_days(
    data: st.DataObject, case: tuple[Matrix, list[int]], day: int
) -> None:
    """(c) Levels rise by B_ji = round(S_ji A_ji x_i) on one day.  Against the same run without: Q' - Q =
    L (B 1 - (e' - e)), so it differs from L B 1 by less than L n, and from L (A∘S) L f by half a quantum a
    stock point more."""
    a, f = case
    days = st.lists(st.lists(st.integers(0, 20), min_size=len(a), max_size=len(a)), min_size=len(a), max_size=len(a))
    cover = np.array(data.draw(days), dtype=float)
    x = leontief(a) @ np.array(f)
    exact = floats(a) * cover * x
    build = np.rint(exact).astype(int)
    plain = economy(a, f, 12)
    sketch = draw_economy(a, f, 12)
    for j, i in zip(*build.nonzero(), strict=True):
        raised = AMPLE + int(build[j][i])
        sketch.levels_at(day, f"firm{i:02}", f"part{j:02}", "bought", raised - 1, raised)
    stocked = sketch.network()
    more = output(stocked, simulate(stocked).log, RELEASED) - output(plain, simulate(plain).log, RELEASED)
    assert (np.abs(more - leontief(a) @ build.sum(axis=1)) <= bound(a) + SLACK).all()
    closed_form = leontief(a) @ exact.sum(axis=1)
    assert (np.abs(more - closed_form) <= 1.5 * bound(a) + SLACK).all()


def test_in_make_to_order_lags_add_along_the_path() -> None:
    """No stock anywhere: a car waits for its seat, the seat for its frame.  The market at 4 a day receives
    the first car after 1 + 2 + 3 + 1 days and 4 a day from then on; the other part arrives long before and
    waits."""
    sketch = (
        Sketch(50)
        .make("plant", "car", time=1)
        .buy("plant", "seat", "car", 2, "seatmaker", time=2)
        .buy("plant", "wheel", "car", 4, "outside", time=1)
        .make("seatmaker", "seat", time=0)
        .buy("seatmaker", "frame", "seat", 1, "framemaker", time=3)
        .make("framemaker", "frame", time=1)
        .market("market", "car", "plant", every=1, quantity=4)
    )
    network = sketch.network()
    log = simulate(network).log
    received = {part.name: int(n) for part, n in zip(network.parts, output(network, log, RECEIVED), strict=True)}
    assert received == {"car": 4 * (50 - 7), "seat": 8 * (50 - 6), "frame": 8 * (50 - 4), "wheel": 16 * (50 - 1)}


@given(st.data(), st.integers(2, 4), st.integers(1, 5))
def test_make_to_order_shortfall_is_the_longest_path_of_lags_times_the_flow(
    data: st.DataObject, n: int, demand: int
) -> None:
    """Without stock or cycles, and with whole coefficients, production of i starts T_i = max over its
    components j of (T_j + p_j + l_ji) after the demand, to the day; whatever the number of orders that wait
    at once."""
    whole = st.lists(st.lists(st.integers(0, 2), min_size=n, max_size=n), min_size=n, max_size=n)
    raw, lead = data.draw(whole), data.draw(whole)
    process = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    a = [[Fraction(raw[j][i] if j > i else 0) for i in range(n)] for j in range(n)]
    sketch = Sketch(40)
    for i in range(n):
        sketch.make(f"firm{i}", f"part{i}", time=process[i])
        for j in range(i + 1, n):
            if a[j][i]:
                sketch.buy(f"firm{i}", f"part{j}", f"part{i}", a[j][i], f"firm{j}", time=lead[j][i])
    sketch.market("market", "part0", "firm0", every=1, quantity=demand)
    network = sketch.network()
    waits = [0] * n
    for i in reversed(range(n)):
        waits[i] = max((waits[j] + process[j] + lead[j][i] for j in range(i + 1, n) if a[j][i]), default=0)
    x = leontief(a) @ np.array([demand] + [0] * (n - 1))
    made = output(network, simulate(network).log, FINISHED)
    assert made.tolist() == [round(x[i]) * max(0, 40 - waits[i] - process[i]) for i in range(n)]
