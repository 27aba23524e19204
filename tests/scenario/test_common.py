"""What networks of one scenario have in common changes nothing in any of them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chainsim.model.terms import WHOLE_SHARE
from chainsim.scenario.build import build, build_all
from chainsim.scenario.compiling.common import Common
from chainsim.scenario.compiling.shares import whole_shares
from chainsim.scenario.load import load
from chainsim.scenario.network.blueprint import LaneKey


@pytest.mark.parametrize("levels", [True, False])
def test_every_policy_has_the_network_that_it_has_alone(levels: bool) -> None:
    loaded = load("scenarios/byd.yaml")
    runs = {name: (name,) for name in ("trade_in", "upgrade_loans", "battery_outage")} | {"none": ()}
    found = dict(build_all(loaded, runs, levels=levels))
    assert list(found) == list(runs)
    for name, policies in runs.items():
        assert found[name] == build(loaded, policies, levels=levels), name


def test_lines_that_ramp_up_or_wait_for_a_policy_have_their_own_tables() -> None:
    """Months go on between steps of a ramp, and a capacity "of plan" follows the plan of those who need it."""
    ramped = load("scenarios/byd.yaml", ["suppliers.battery.ramp_up={from: 2023-02-10, over: 90 days}"])
    for name, found in build_all(ramped, {"none": (), "trade_in": ("trade_in",), "more_stock": ("more_stock",)}):
        assert found == build(ramped, () if name == "none" else (name,)), name
    grown = load("scenarios/byd.yaml")
    idle = [line for line in build(grown).lines if line.servers == 0]
    assert idle
    for name, found in build_all(grown, {"none": (), "buy_local": ("buy_local",)}):
        assert found == build(grown, () if name == "none" else (name,)), name


def test_the_opening_tables_and_the_months_before_a_policy_are_the_baselines_own() -> None:
    loaded = load("scenarios/byd.yaml")
    common = Common(loaded.scenario)
    none, policy = (build(loaded, policies, common=common) for policies in ((), ("trade_in",)))
    assert none.lanes[0] is policy.lanes[0]
    assert none.stocks[0] is policy.stocks[0]
    turn = min(change.tick for change in set(policy.changes) - set(none.changes))
    before = [change for change in none.changes if change.tick < turn]
    assert before
    assert all(one is other for one, other in zip(before, policy.changes, strict=False))


def test_shares_are_whole_and_of_equal_remainders_the_first_by_name_rounds_up() -> None:
    def key(supplier: str, buyer: str = "p") -> LaneKey:
        return (buyer, "a", "bought"), (supplier, "a", "made")

    third = Fraction(1, 3)
    found = whole_shares({key("z"): third, key("y"): third, key("x"): third, key("x", "q"): Fraction(0)})
    assert found == {key("x"): 333_334, key("y"): 333_333, key("z"): 333_333, key("x", "q"): 0}
    two = whole_shares({key("x"): Fraction(1), key("y"): Fraction(2)})
    assert two == {key("x"): 333_333, key("y"): 666_667}
    assert sum(two.values()) == WHOLE_SHARE
