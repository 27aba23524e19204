"""What networks of one scenario have in common changes nothing in any of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from chainsim.model.terms import WHOLE_SHARE
from chainsim.scenario.build import build, build_all
from chainsim.scenario.compiling.common import Common
from chainsim.scenario.compiling.shares import whole_shares
from chainsim.scenario.load import load
from chainsim.scenario.network.blueprint import LaneKey

CHAIN = """
chainsim: 1
study: {start: 2024-01-01, end: 2024-06-01}
parts:
  car: {price: 1_000 CNY, needs: {seat: 1}}
  seat: {price: 100 CNY}
plants:
  works: {makes: car, component_stock: 3 days}
suppliers:
  seats: {makes: seat, count: {city: 2, province: 2}, share: {city: 50%, province: 0%}, KEYScapacity: 130% of plan,
          finished_stock: 5 days}
outside:
  world: {}
markets:
  buyers: {buys: car, rate: 1_000/day, season: {2: 150%, 5: 150%}}
"""


@pytest.mark.parametrize("levels", [True, False])
def test_every_policy_has_the_network_that_it_has_alone(levels: bool) -> None:
    loaded = load("scenarios/byd.yaml")
    runs = {name: (name,) for name in ("trade_in", "upgrade_loans", "battery_outage")} | {"none": ()}
    found = dict(build_all(loaded, runs, levels=levels))
    assert list(found) == list(runs)
    for name, policies in runs.items():
        assert found[name] == build(loaded, policies, levels=levels), name


def alike(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    loaded = load(path)
    runs: dict[str, tuple[str, ...]] = {"none": (), **{name: (name,) for name in loaded.scenario.policies}, "again": ()}
    for name, found in build_all(loaded, runs):
        assert found == build(loaded, runs[name]), name


def test_months_between_steps_of_a_ramp_follow_the_plan(tmp_path: Path) -> None:
    """The plan of February returns at the end: who went on from there would take the levels to be set already."""
    ramp = "ramp_up: {from: 2024-01-11, over: 20 days}, "
    alike(tmp_path / "ramp.yaml", CHAIN.replace("KEYS", ramp))
    alike(tmp_path / "none.yaml", CHAIN.replace("KEYS", ""))


def test_capacities_of_firms_that_only_a_policy_needs_are_their_own(tmp_path: Path) -> None:
    idle = "lanes:\n  - {buyer: works, supplier: seats city 01, share: 0%}\n"
    policy = "policies:\n  used: {from: 2024-03-01, change: {lanes.0.share: 30%}}\n"
    alike(tmp_path / "used.yaml", CHAIN.replace("KEYS", "") + idle + policy)
    far = "policies:\n  far: {from: 2024-03-01, change: {suppliers.seats.share.province: 30%}}\n"
    alike(tmp_path / "far.yaml", CHAIN.replace("KEYS", "") + far)  # brings lanes


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
