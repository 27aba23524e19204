"""Where two runs part, by hand: the first difference is where the policy acts, and its chain goes through two tiers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainsim.compare import settings
from chainsim.compare.causes import POLICY
from chainsim.compare.divergence import Divergence, Step, diverge, what_is_set
from chainsim.compare.places import Point, Way
from chainsim.compare.settings import moved
from chainsim.engine import simpy_engine
from chainsim.model import state
from chainsim.model.network import Network
from chainsim.results.frames import Run, frames
from chainsim.testing.sketch import Sketch

HORIZON = 100
CAR, MOTOR, STEEL = (
    Point(*row) for row in (("plant", "car", "made"), ("maker", "motor", "made"), ("mill", "steel", "made"))
)
BOUGHT = Point("plant", "motor", "bought")


def chain(*, mills: tuple[str, ...] = ("mill",)) -> Sketch:
    """buyers <- plant <- maker <- mill: one car every 5 ticks, stock for two, a lead time of 2 ticks on every lane."""
    sketch = Sketch(HORIZON).firm("plant", "chain_master")
    sketch.make("plant", "car").buy("plant", "motor", "car", 1, "maker", 2, time=2)
    sketch.make("maker", "motor", 2, time=1).buy(
        "maker", "steel", "motor", 1, dict.fromkeys(mills, 1_000_000 // len(mills)), 2, time=2
    )
    for mill in mills:
        sketch.make(mill, "steel", 2, time=1)
    return sketch.market("buyers", "car", "plant", every=5)


def simulated(network: Network) -> Run:
    return frames(network, simpy_engine.run(network, 0))


def parted(before: Sketch, after: Sketch) -> Divergence:
    return diverge(simulated(before.network()), simulated(after.network()))


def kinds(steps: list[Step]) -> list[tuple[int, str]]:
    return [(step.kind, step.firm) for step in steps]


def test_a_policy_and_itself_are_the_same() -> None:
    found = parted(chain(), chain())
    assert found.same
    assert (found.first, found.firms, found.path, found.settings, found.terms) == ([], [], [], [], None)


def kinds_set(found: Divergence, step: Step) -> list[str]:
    """The kinds of settings that a step answers to and that differ."""
    return list(dict.fromkeys(row.what for row in what_is_set(found, step)))


def test_the_first_difference_is_the_first_order_after_the_level_was_raised() -> None:
    """At tick 42 the plant's level rises from 2 to 3: one motor more is ordered at once, never before."""
    found = parted(chain(), chain().levels_at(42, "plant", "motor", "bought", 2, 3))
    (first,) = found.first
    assert (first.kind, first.firm, first.tick) == (state.PLACED, "plant", 42)
    assert first.before == (45, 1)
    assert first.after == (42, 1)
    assert first.cause == POLICY
    assert kinds_set(found, first) == [settings.LEVELS]
    assert found.settings == [settings.Moved(settings.LEVELS, BOUGHT, 42)]


def test_an_order_of_another_size_differs_in_its_quantity_alone() -> None:
    """A level that rises on a tick on which an order is placed anyway makes that order larger."""
    before = chain().review_at(0, "plant", "motor", "bought", 10)
    after = chain().review_at(0, "plant", "motor", "bought", 10).levels_at(31, "plant", "motor", "bought", 3, 4)
    found = parted(before, after)
    (first,) = found.first
    assert (first.kind, first.tick) == (state.PLACED, 40)
    assert first.before == (40, 2)
    assert first.after == (40, 4)


def test_the_difference_goes_through_two_tiers_in_the_order_of_the_flow() -> None:
    """The plant's order makes the maker send and produce, which makes the maker order, which makes the mill send."""
    found = parted(chain(), chain().levels_at(42, "plant", "motor", "bought", 2, 3))
    assert [step.firm for step in found.firms] == ["plant", "maker", "mill"]
    of = {step.firm: step for step in found.firms}
    assert isinstance(of["maker"].cause, Step)
    assert (of["maker"].cause.kind, of["maker"].cause.firm) == (state.PLACED, "plant")
    assert isinstance(of["mill"].cause, Step)
    assert (of["mill"].cause.kind, of["mill"].cause.firm) == (state.PLACED, "maker")
    assert not found.market, "one motor more in stock is nothing that the buyers see"
    assert found.total == 4


def test_an_outage_two_tiers_up_reaches_the_market() -> None:
    """The mill stands still from tick 20 to 60: the maker, then the plant, starves, then the buyers wait."""
    after = chain().speed_at(20, "mill", "steel", 0).speed_at(60, "mill", "steel", 1_000_000_000)
    found = parted(chain(), after)
    assert found.market
    path = kinds(found.path)
    assert path[0][1] == "mill"
    assert found.path[0].cause == POLICY
    assert kinds_set(found, found.path[0]) == [settings.CAPACITY]
    assert path[-1] == (state.RECEIVED, "buyers")
    starved = [firm for kind, firm in path if kind == state.STARVED]
    assert starved == ["maker", "plant"]
    moments = [step.tick for step in found.path]
    assert moments == sorted(moments)
    assert {step.firm for step in found.firms} == {"mill", "maker", "plant", "buyers"}


def test_a_shortage_is_laid_to_the_supplier_that_owes_more_not_to_one_that_is_always_late() -> None:
    """The slow supplier has the oldest orders under way in both runs; only the maker, which stops, owes more."""

    def two_suppliers() -> Sketch:
        sketch = Sketch(HORIZON).firm("plant", "chain_master").make("plant", "car")
        sketch.buy("plant", "motor", "car", 1, {"maker": 500_000, "a slow one": 500_000}, 8, time=2)
        sketch.make("maker", "motor", 2, time=1).make("a slow one", "motor", 9, time=1)
        return sketch.lane("plant", "a slow one", "motor", time=30).market("buyers", "car", "plant", every=5)

    found = parted(two_suppliers(), two_suppliers().speed_at(20, "maker", "motor", 0))
    assert found.market
    assert found.path[0].firm == "maker"
    assert found.path[0].cause == POLICY
    assert "a slow one" not in {step.firm for step in found.path}


def test_a_change_of_terms_alone_leaves_every_event_and_says_which_orders_are_paid_otherwise() -> None:
    found = parted(chain(), chain().terms_at(50, "plant", "maker", "motor", 30, 1))
    assert found.same
    assert found.terms is not None
    assert found.terms.where == Way(BOUGHT, MOTOR)
    assert found.terms.tick == 50
    assert (found.terms.before[1], found.terms.after[1]) == (0, 30)
    assert found.terms.orders == len(range(50, HORIZON, 5))


def test_orders_that_go_elsewhere_are_two_differences_at_one_moment() -> None:
    """From tick 42 the maker buys from the other mill; the two channels part on the same tick."""
    two = chain(mills=("mill", "other mill"))
    after = chain(mills=("mill", "other mill")).share_at(42, "maker", "steel", {"mill": 0, "other mill": 1_000_000})
    found = parted(two, after)
    assert all(step.kind == state.PLACED and step.firm == "maker" for step in found.first)
    assert all(step.cause == POLICY for step in found.first)
    assert found.first[0].tick >= 42
    assert kinds_set(found, found.first[0]) == [settings.SHARES]


def test_settings_that_an_order_does_not_look_at_are_not_named_beside_its_cause() -> None:
    """With the shares the level of what the mill makes moves, too; the maker's order looks at its own levels only."""
    two = chain(mills=("mill", "other mill"))
    after = chain(mills=("mill", "other mill")).share_at(42, "maker", "steel", {"mill": 0, "other mill": 1_000_000})
    found = parted(two, after.levels_at(42, "mill", "steel", "made", 2, 9))
    (order,) = (step for step in found.firms if step.firm == "maker")
    assert (order.kind, order.cause) == (state.PLACED, POLICY)
    assert kinds_set(found, order) == [settings.SHARES]


def test_a_firm_that_only_one_network_has_renumbers_nobody() -> None:
    """An idle mill whose name sorts first shifts every index; no event differs."""
    more = chain().make("a mill", "steel")
    found = parted(chain(), more)
    assert found.same
    assert found.total == 5


def test_what_happens_over_another_time_cannot_be_compared() -> None:
    network = chain().network()
    with pytest.raises(ValueError, match="same time"):
        diverge(simulated(network), simulated(replace(network, horizon=HORIZON + 1)))


def test_a_change_after_the_end_sets_nothing() -> None:
    after = chain().levels_at(HORIZON, "plant", "motor", "bought", 9, 10).network()
    assert moved(chain().network(), after) == []


def test_a_change_that_is_taken_back_on_the_same_tick_sets_nothing() -> None:
    after = chain().levels_at(10, "plant", "motor", "bought", 9, 10).levels_at(10, "plant", "motor", "bought", 1, 2)
    assert moved(chain().network(), after.network()) == []


def test_each_value_of_a_change_is_a_setting_of_its_own() -> None:
    """Other terms at the same price are no other price."""
    found = moved(chain().network(), chain().terms_at(50, "plant", "maker", "motor", 30, 1).network())
    assert [(row.what, row.tick) for row in found] == [(settings.TERMS, 50)]
