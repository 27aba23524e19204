"""What an outage costs final demand: less, never more, with buffers, a second source, or spare capacity.

A mill delivers steel to a works, one for each car, and the market takes a car every ten ticks.  The mill stands still
for the time of D cars; the works has steel for S.  In a fluid model the cars that wait grow to D - S and fall at the
mill's spare rate, sigma of demand, so that the waiting comes to
    W = (D - S)^2 / 2 x (1 + 1 / sigma)    car x time between cars,    0 where S >= D.
Whole cars differ from the fluid by up to two at any time (one in the mill, one on order), while cars wait: for (D - S)
(1 + 1 / sigma) intervals, and a few more at the ends.  These are the three ways in which losses are contained in ARIO
(Hallegatte 2014: inventories, substitution, overproduction); test_peers.py compares both models on one table.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chainsim.model.network import Network
from chainsim.testing import Sketch, simulate
from chainsim.testing.input_output import waiting

EVERY = 10  # ticks between cars
BEGIN = 20  # cars before the outage


def network(outage: int, stock: int, time: int, second: int = 0) -> Network:
    """outage, stock: in cars; time: ticks in which the mill makes the steel of one; second: the same of another mill.

    The other mill has no share; the works turns to it for what it orders during the outage.
    """
    sketch = Sketch(EVERY * (BEGIN + 12 * outage + 50))
    for name, ticks in (("mill", time), ("other", second)):
        if ticks:
            sketch.make(name, "steel", servers=1, batch=1, per_quantum=ticks)
    suppliers = {"mill": 1_000_000, "other": 0} if second else {"mill": 1_000_000}
    sketch.make("works", "car").buy("works", "steel", "car", 1, suppliers, stock, switches=second > 0)
    sketch.market("market", "car", "works", every=EVERY)
    return sketch.shock("outage", [("mill", "steel")], [(0, EVERY * outage)], wait=EVERY * BEGIN).network()


def loss(outage: int, stock: int, time: int, second: int = 0) -> Fraction:
    """Car x time between cars."""
    built = network(outage, stock, time, second)
    return Fraction(waiting(built, simulate(built).log), EVERY)


def fluid(outage: int, stock: int, time: int) -> tuple[Fraction, Fraction]:
    """W, and how far whole cars may be off."""
    missing = max(0, outage - stock)
    stretched = 1 + 1 / (Fraction(EVERY, time) - 1)
    return Fraction(missing**2, 2) * stretched, 2 * (missing + 4) * stretched


outages, stocks, spare = st.integers(1, 40), st.integers(2, 40), st.integers(1, 9)


@given(outages, stocks, spare)
def test_waiting_is_that_of_the_fluid_model(outage: int, stock: int, time: int) -> None:
    expected, room = fluid(outage, stock, time)
    found = loss(outage, stock, time)
    assert abs(found - expected) <= room, (float(found), float(expected), float(room))


@given(outages, stocks, stocks, spare)
def test_a_larger_buffer_never_costs_more(outage: int, stock: int, more: int, time: int) -> None:
    assert loss(outage, stock + more, time) <= loss(outage, stock, time)


@given(outages, stocks, spare, spare)
def test_spare_capacity_never_costs_more(outage: int, stock: int, time: int, other: int) -> None:
    slow, fast = max(time, other), min(time, other)
    assert loss(outage, stock, fast) <= loss(outage, stock, slow)


@given(outages, stocks, spare)
def test_a_second_source_never_costs_more(outage: int, stock: int, time: int) -> None:
    """Whoever keeps pace with demand leaves nobody waiting but for the steel that was ordered before the outage."""
    assert loss(outage, stock, time, time) <= loss(outage, stock, time)
    assert loss(outage, stock, time, time) <= 2


def test_each_of_them_is_worth_its_closed_form_and_near_misses_are_not() -> None:
    """An outage of 50 cars with 10 in stock and a quarter of the demand to spare; then one change at a time."""
    base, room = fluid(50, 10, 8)
    assert (base, fluid(50, 40, 8)[0], fluid(50, 10, 5)[0]) == (4000, 250, 1600)
    found = loss(50, 10, 8)
    assert abs(found - base) <= room
    for near_miss in (
        fluid(50, 0, 8)[0],  # no buffer
        fluid(50, 20, 8)[0],  # a buffer counted twice
        Fraction(40**2, 2),  # nothing to catch up with
        Fraction(40**2, 2) * 4,  # only that
    ):
        assert abs(found - near_miss) > room, near_miss
    assert loss(50, 40, 8) < found / 10
    assert loss(50, 10, 5) < found / 2
    assert loss(50, 10, 8, 8) == 0, "the other mill steps in at once"
    assert loss(50, 60, 8) == 0, "there is steel for longer than the outage"
