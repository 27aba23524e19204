"""The drawing of the network: firms apart, tiers outside one another, deliveries as they were."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest

from chainsim.report.html.network import SPACING, drawing, layout
from chainsim.report.html.source import Source


def firms(*counts: int) -> list[tuple[int, str, str]]:
    return [(level, "", "city") for level, count in enumerate(counts) for _ in range(count)]


@pytest.mark.parametrize("counts", [(1, 5, 9), (1, 183, 216, 1), (3, 40), (1, 1200, 2800, 1)])
def test_each_tier_stands_outside_the_one_before(counts: tuple[int, ...]) -> None:
    members = firms(*counts)
    far = [math.hypot(x, y) for x, y in layout(members)]
    reach = [[r for r, (own, _, _) in zip(far, members, strict=True) if own == level] for level in range(len(counts))]
    for inner, outer in pairwise(reach):
        assert max(inner) + SPACING < min(outer)


@pytest.mark.parametrize("counts", [(1, 183, 216, 1), (4, 60), (2, 3, 1)])
def test_no_two_firms_touch(counts: tuple[int, ...]) -> None:
    places = layout(firms(*counts))
    assert min(math.dist(one, other) for one, other in combinations(places, 2)) > SPACING / 2


def test_one_plant_stands_in_the_middle() -> None:
    assert layout(firms(1, 4))[0] == (0.0, 0.0)


def test_firms_come_once_and_lanes_name_them(small_source: Source) -> None:
    found = drawing(small_source)
    table = small_source.tables["firms"]
    expected = set(table.loc[table["kind"] != "market", "firm"])
    assert set(found["name"]) == expected
    assert len(found["name"]) == len(expected)
    assert found["name"][0] == "works"
    lanes = small_source.mean("lanes", ["buyer", "supplier"], ["revenue_cny"])
    lanes = lanes[lanes["revenue_cny"] > 0].set_index(["buyer", "supplier"])["revenue_cny"]
    drawn = {
        (found["name"][buyer], found["name"][supplier]): thousands
        for buyer, supplier, thousands in zip(*[iter(found["lanes"])] * 3, strict=True)
    }
    inside = {pair: cny for pair, cny in lanes.items() if set(pair) <= expected}
    assert drawn == {pair: max(1, round(cny / 1000)) for pair, cny in inside.items()}


def test_lost_hours_are_those_of_the_root(small_source: Source) -> None:
    found = drawing(small_source)
    at = found["policies"].index("motor_outage")
    hours = {found["name"][int(firm)]: hours for firm, hours, _ in found["lost"][at]}
    means = small_source.mean("bottlenecks", ["root"], ["hours"], policy=None)
    own = means[(means["policy"] == "motor_outage") & (means["hours"] > 0)].set_index("root")["hours"]
    assert hours
    assert hours == pytest.approx(dict(own), abs=0.006)
