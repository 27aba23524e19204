"""What is worked out once, by scenario and by text, never for another one; a month's levels as if made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import chainsim
from chainsim.scenario.build import _Builder
from chainsim.scenario.compiling.common import Common
from chainsim.scenario.compiling.differences import rows
from chainsim.scenario.language.fields import Value
from chainsim.scenario.network.demand import is_flat
from chainsim.scenario.network.remember import once_per_scenario

BYD = Path(__file__).parents[2] / "scenarios" / "byd.yaml"


@pytest.fixture(scope="module")
def byd():
    return chainsim.load(BYD)


def test_a_result_is_remembered_for_a_scenario_and_for_no_equal_one(byd):
    asked = []

    @once_per_scenario(kept=2)
    def parts(scenario, more=0):
        asked.append(more)
        return len(scenario.parts) + more

    twin = byd.scenario.model_copy()
    assert [parts(byd.scenario), parts(byd.scenario), parts(byd.scenario, 1), parts(twin)] == [13, 13, 14, 13]
    assert asked == [0, 1, 0]


def test_the_last_asked_for_is_the_last_forgotten(byd):
    asked = []

    @once_per_scenario(kept=2)
    def number(scenario, which):
        asked.append(which)
        return which

    for which in (1, 2, 1, 3, 1, 2):
        number(byd.scenario, which)
    assert asked == [1, 2, 3, 2]


def test_a_text_is_read_once_and_its_error_every_time():
    read = []

    def reader(value):
        read.append(value)
        return int(value)

    field = Value(reader)
    assert [field.validate("7"), field.validate("7"), field.validate(7), field.validate(True)] == [7, 7, 7, 1]
    assert read == ["7", 7, True]
    for _ in range(2):
        with pytest.raises(ValueError):
            field.validate("seven")


@pytest.mark.parametrize("policies", [(), ("more_stock",)])
def test_the_levels_of_a_month_are_those_of_stock_points_made_anew(byd, policies):
    builder = _Builder(byd, policies, True, Common(byd.scenario))
    version = builder.versions[-1]
    follower = builder.follower(version)
    found = rows(builder.stock_table(version, builder.plan.rates(version, version.day)), (), (), ())[0]
    moved = 0
    for day in [month for month in builder.plan.months[:-1] if month > version.day]:
        rates = builder.plan.rates(version, day)
        before, found = found, follower.follow(rates, found)
        moved += found is not before
        assert found == rows(builder.stock_table(version, rates), (), (), ())[0]
        assert follower.follow(rates, found) is found
    assert moved > 10


def test_months_that_plan_the_same_share_their_rates(byd):
    flat = chainsim.load(BYD.parent / "textbook" / "eoq.yaml")
    assert all(map(is_flat, flat.scenario.markets.values()))
    assert not is_flat(byd.scenario.markets["buyers"])
    builder = _Builder(flat, (), True, Common(flat.scenario))
    one, other = (builder.plan.rates(builder.versions[0], day) for day in builder.plan.months[:2])
    assert one is other
    assert builder.network().changes == ()
